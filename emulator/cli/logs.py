"""Show what happened in the running stand-in, and what happens."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlencode

import click

from offair.emulator.cli.answers import Anything, Entered, Entries
from offair.emulator.cli.hearing import hear
from offair.emulator.cli.options import URL
from offair.emulator.cli.remote import GoneError, ask
from offair.emulator.cli.telling import has_colours, lines
from offair.emulator.core.clock import Clock

KINDS = ("request", "move", "publication", "recording", "hook", "frame", "mail", "fault", "trouble")
PATIENCE = 5.0  # real seconds in which a stand-in that is gone may come back, as after a restart
PAUSE = 0.2  # real seconds before it is looked whether it is there: one that closes still answers
LARGEST = 999_999_999


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("-n", "--limit", type=click.IntRange(0, LARGEST), default=200, show_default=True,
              help="At most so many of the latest.")  # fmt: skip
@click.option("--kind", type=click.Choice(KINDS), help="Only entries of this kind.")
@click.option("--cloud", help="Only what is about this cloud.")
@click.option("--tenant", help="Only what is about this organization.")
@click.option("--stream", help="Only what is about the stream with this id.")
@click.option("--operation", help="Only calls of this operation of a cloud.")
@click.option("--status", help="Only what was answered with this status (404), or with one of its class (4xx).")
@click.option("--refused", is_flag=True, help="Only what was refused: callers and encoders.")
@click.option("--text", help="Only what has this in its line, in capitals or not.")
@click.option("-v", "--verbose", is_flag=True, help="Show the bodies of requests, answers and hooks too.")
@click.option("--json", "as_json", is_flag=True, help="Print each entry as a line of JSON.")
@URL
def command(*, url: str, follow: bool, limit: int, verbose: bool, as_json: bool, refused: bool,
            **filters: str | None) -> None:  # fmt: skip
    """Show what happened in the running stand-in: requests, moves, encoders, hooks, what was refused and why."""
    wanted = {name: value for name, value in filters.items() if value is not None}
    if refused:
        wanted["refused"] = "yes"
    is_coloured = has_colours()

    def show(entry: Entered) -> None:
        click.echo(
            json.dumps(entry) if as_json else lines(entry, is_verbose=verbose, has_colours=is_coloured), nl=as_json
        )
        sys.stdout.flush()

    try:
        for entry in entries(url, wanted, limit=limit, follows=follow):
            show(entry)
    except KeyboardInterrupt:
        click.echo("\nStopped.", err=True)


def entries(url: str, wanted: Mapping[str, str], *, limit: int, follows: bool) -> Iterator[Entered]:
    """Give the latest entries, and when it ``follows``, each that comes, until the stand-in is gone and stays so."""
    if not follows:
        yield from _kept(url, wanted, limit=limit)
        return
    ask(url, "/health", Anything)
    clock, seen = Clock(), ""
    while True:
        with suppress(GoneError):
            for told in hear(url, wanted, after=seen):
                if told.event == "entry":
                    yield told.data
                elif not seen:
                    yield from _kept(url, wanted, limit=limit, until=told.data["number"])
                elif told.event == "reset":
                    click.echo(f"The stand-in at {url} was started anew, or forgot what happened before.", err=True)
                    yield from _kept(url, wanted, limit=LARGEST, until=told.data["number"])
                seen = told.id
        clock.sleep(PAUSE)
        try:
            ask(url, "/health", Anything, patience=PATIENCE)
        except GoneError:
            click.echo(f"The stand-in at {url} has stopped.", err=True)
            return


def _kept(url: str, wanted: Mapping[str, str], *, limit: int, until: int = LARGEST) -> list[Entered]:
    """Ask for the latest entries up to a number."""
    if not limit:
        return []
    query = {**wanted, "limit": limit, "before": min(until + 1, LARGEST)}
    return ask(url, f"/journal?{urlencode(query)}", Entries)["entries"]
