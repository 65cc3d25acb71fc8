"""Save the whole state of the running stand-in into a file, or put one in its place."""

import base64
from pathlib import Path

import click

from offair.emulator.cli import Suggesting
from offair.emulator.cli.answers import Anything, Saved
from offair.emulator.cli.files import FileName
from offair.emulator.cli.options import URL
from offair.emulator.cli.remote import ask, unlike
from offair.emulator.folder import write_private

TIMEOUT = 60.0  # real seconds; what is on air ends first


@click.group(cls=Suggesting)
def command() -> None:
    """Save the whole state of the running stand-in into a file, or put one in its place."""


@command.command()
@click.argument("file", type=FileName())
@URL
def save(file: Path, url: str) -> None:
    """Save tenants, streams, hooks and faults into FILE, which only you can read: it has credentials. No media."""
    try:
        content = base64.b64decode(ask(url, "/snapshot", Saved, timeout=TIMEOUT)["snapshot"], validate=True)
    except ValueError as error:
        raise unlike(url, error) from error
    write_snapshot(file, content)
    click.echo(f"{file}: {len(content)} bytes", err=True)


@command.command()
@click.argument("file", type=FileName())
@URL
def load(file: Path, url: str) -> None:
    """Put what FILE has in place of the state; what is on air ends, and printed credentials become the file's."""
    ask(url, "/restore", Anything, {"snapshot": base64.b64encode(read_snapshot(file)).decode()}, timeout=TIMEOUT)
    click.echo("The state is that of the file; 'offair env' prints its credentials.", err=True)


def read_snapshot(file: Path) -> bytes:
    """Read a snapshot; a file that cannot be read ends the command with a sentence."""
    try:
        if file.exists() and not file.is_file():
            raise click.ClickException(f"{file} is no file that has an end; 'offair snapshot save' writes one")
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}; 'offair snapshot save' writes one") from error


def write_snapshot(file: Path, content: bytes) -> None:
    """Write a snapshot, whole or not at all; where that cannot be, the command ends with a sentence."""
    try:
        write_private(file, content)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}; the state was not saved, choose another file") from error
