"""Start the stand-in and print its URLs and credentials."""

import gc
import json
from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from offair.emulator.cli.files import FileName, NewFile
from offair.emulator.cli.interrupting import stop_signal
from offair.emulator.cli.options import read_settings, starting_options
from offair.emulator.cli.snapshot import read_snapshot, write_snapshot
from offair.emulator.cli.starting import mint_apart, running
from offair.emulator.folder import write_private

if TYPE_CHECKING:
    from offair.emulator.emulator import Emulator


YOUNG = 10_000  # objects that are made before the collector looks: most of a stream's are gone by then


@click.command()
@starting_options()
@click.option("--ready-file", type=NewFile(),
              help="File that appears, with the JSON of --json, once everything is ready.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for scripts, and nothing more.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing of what happens.")
@click.option("-v", "--verbose", is_flag=True, help="Show the bodies of requests, answers and hooks too.")
@click.option("--import", "imported", type=FileName(),
              help="Begin with the state that 'offair snapshot save' or --export-on-exit wrote.")  # fmt: skip
@click.option("--export-on-exit", "exported", type=NewFile(),
              help="Save the state there at the end; --import may name the same file, missing at first.")  # fmt: skip
def command(
    *, ready_file: Path | None, as_json: bool, quiet: bool, verbose: bool, imported: Path | None,
    exported: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Start the stand-in and print its URLs and credentials, then a line for each thing that happens.

    Ctrl-C stops it and leaves nothing behind. 'offair logs -f' tells the same in another terminal.
    """
    from offair.emulator.cli.telling import Teller

    stopped = stop_signal()
    with ExitStack() as afterwards, running(read_settings(options), mint=mint_apart) as emulator:
        if imported is not None and (imported != exported or imported.exists()):
            begin_with(emulator, imported)
        ready = emulator.ready(waits=False)
        if not ready["ffmpeg"]["usable"]:
            click.echo(f"Nothing can be transcoded: {ready['ffmpeg']['words']}", err=True)
        if as_json:
            click.echo(json.dumps(ready))
        else:
            show(ready)
        emulator.ready()  # by now everything answers but RTMPS, whose certificate takes as long as a third of a start
        gc.freeze()  # a start's 70,000 objects stay: to look through them again stops all media for a tenth of a second
        gc.set_threshold(YOUNG)
        if ready_file is not None:
            write_ready(ready_file, ready)
        if not (as_json or quiet):
            afterwards.callback(Teller(emulator.journal, is_verbose=verbose).close)  # what closing does is told too
        try:
            stopped.wait()
            if not as_json:
                click.echo("\nStopping.")
        finally:
            if ready_file is not None:
                ready_file.unlink(missing_ok=True)
            if exported is not None:
                write_snapshot(exported, emulator.world.snapshot())


def begin_with(emulator: "Emulator", file: Path) -> None:
    """Put a file's snapshot in place of the state; what is none ends the command with a sentence."""
    try:
        emulator.restore(read_snapshot(file))
    except ValueError as error:
        raise click.ClickException(f"{file} is no snapshot ({error}); 'offair snapshot save' writes one") from error


def write_ready(path: Path, ready: dict[str, Any]) -> None:
    """Write the ready object so that nobody ever reads half of it, and nobody else at all: it has credentials."""
    try:
        write_private(path, json.dumps(ready) + "\n")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}; choose another file with --ready-file") from error


def show(ready: dict[str, Any]) -> None:
    """Print what a person needs to begin."""
    click.echo(f"Offair is ready (pid {ready['pid']}). Ctrl-C stops it.\n")
    click.echo(f"  {'console':<10} {ready['console_url']}")
    for cloud, shown in ready["clouds"].items():
        click.echo(f"  {cloud:<10} {shown['base_url']}")
        for header, value in shown["headers"].items():
            click.echo(f"  {'':<10} {header}: {value}")
    click.echo(f"\n  {'rtmp':<10} {ready['rtmp_url']}")
    click.echo(f"  {'rtmps':<10} {ready['rtmps_url']}")
    click.echo(f"  {'srt':<10} {ready['srt_url']}")
    click.echo(f"  {'control':<10} {ready['control_url']}/openapi.json")
    if ready["ffmpeg"]["usable"]:
        click.echo(f"  {'ffmpeg':<10} {ready['ffmpeg']['words'].removeprefix('ffmpeg ')}")
    if ready["ca_file"]:
        click.echo(f"\nRTMPS encoders must trust the CA in {ready['ca_file']}:")
        click.echo(f"  ffmpeg ... -f flv -tls_verify 1 -ca_file {quote(ready['ca_file'])} {ready['rtmps_url']}/APP/KEY")
        click.echo("  OBS takes CAs from the system's store only: add the file there, or publish to the rtmp address.")
    click.echo("\nNext: 'offair open' shows what happens in a browser, 'offair env' prints these as exports, and")
    click.echo("'offair publish <stream id>' sends pictures.\n")
