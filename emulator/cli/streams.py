"""List the streams of the running stand-in, and how each is doing."""

import json
from collections.abc import Mapping

import click

from offair.contracts.terminal import harmless
from offair.emulator.cli.answers import Doing, States
from offair.emulator.cli.options import CLOUD, URL
from offair.emulator.cli.remote import ask
from offair.emulator.core.streams import State

KILO = 1000


@click.command()
@click.option("--cloud", type=CLOUD, help="Only those of this cloud.")
@click.option("--tenant", help="Only those of this organization.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only those in this state.")
@click.option("--text", help="Only those whose name, id or organization has this in it.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
@URL
def command(*, url: str, text: str | None, as_json: bool, **filters: str | None) -> None:
    """List every cloud's streams: id, cloud, state, bitrate, viewers and name, and who was refused last."""
    wanted = {name: value for name, value in filters.items() if value is not None}
    streams = ask(url, "/state", States)["streams"]
    found = [one for one in streams if _fits(one, wanted, text or "")]
    if as_json:
        click.echo(json.dumps(found))
    elif found:
        click.echo("\n".join(map(row, found)))
    elif streams:
        click.echo(f"None of {len(streams)} is such a stream; 'offair streams' lists all.", err=True)
    else:
        click.echo(
            "No stream is there; make one with a cloud's own call, as 'offair env' has its credentials.", err=True
        )


def row(stream: Doing) -> str:
    """Write a stream as a line."""
    numbers = stream["numbers"]
    told = f"{numbers['bitrate'] / KILO:.0f} kbit/s  {numbers['viewers']} watching" if numbers else "-"
    refused = f"  refused: {stream['last_refusal']}" if stream["last_refusal"] else ""
    line = f"{stream['id']}  {stream['cloud']:<9}  {stream['state']:<12}  {told:<26}  {stream['name']}{refused}"
    return harmless(line.rstrip())


def _fits(stream: Doing, wanted: Mapping[str, str], text: str) -> bool:
    told = f"{stream['name']} {stream['id']} {stream['tenant']}".casefold()  # as the console's search does
    return text.casefold() in told and all(stream.get(name) == value for name, value in wanted.items())
