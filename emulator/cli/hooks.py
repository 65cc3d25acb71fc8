"""List the hooks that were sent and that wait; send one again, or out of turn."""

import json
from collections.abc import Callable
from typing import TextIO
from urllib.parse import quote, urlencode

import click

from offair.contracts.terminal import harmless
from offair.emulator.cli import Suggesting
from offair.emulator.cli.answers import Delivered, Deliveries, Entered, Entries, Tried
from offair.emulator.cli.options import URL
from offair.emulator.cli.remote import RefusedError, ask
from offair.emulator.cli.telling import has_colours, lines
from offair.emulator.core.clock import Clock

STATES = ("waiting", "delivered", "given_up")
PATIENCE = 15.0  # real seconds; an attempt may take ten
SLACK = 10.0  # real seconds that an answer may come later than it was asked for
NOTHING_YET = 404
REFUSED = 1


def _same_url(context: click.Context, _parameter: click.Parameter, url: str | None) -> str:
    """Take what was said before the subcommand, where nothing is said behind it."""
    group = context.parent or context
    return url or str(group.params["url"])


_URL = click.option("--url", callback=_same_url, help="Root of the running stand-in. [OFFAIR_URL, or the usual port]")


@click.group(cls=Suggesting, invoke_without_command=True)
@click.option("--state", type=click.Choice(STATES), help="Only those that are in this state.")
@click.option("--tenant", help="Only those of this organization.")
@click.option("--stream", help="Only those about the stream with this id.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects, with bodies and every attempt.")
@URL
@click.pass_context
def command(context: click.Context, /, *, url: str, as_json: bool, **filters: str | None) -> None:
    """List the hooks that were sent and that wait, oldest first, each with its id and what came of it."""
    wanted = {name: value for name, value in filters.items() if value is not None}
    if context.invoked_subcommand is not None:
        if wanted or as_json:
            raise click.UsageError(
                f"what is chosen before {context.invoked_subcommand!r} is for the list; leave it out"
            )
        return
    found = ask(url, f"/deliveries?{urlencode(wanted)}", Deliveries)["deliveries"]
    if as_json:
        click.echo(json.dumps(found))
    elif found:
        click.echo("\n".join(row(one) for one in found))
    else:
        click.echo("No hook was sent, and none waits.", err=True)


@command.command()
@click.argument("delivery", metavar="ID")
@click.option("--body", type=click.File(encoding="utf-8"), help="File with another body, - for the standard input.")
@click.option("--to", help="Send it to this URL instead.")
@_URL
@click.pass_context
def resend(context: click.Context, delivery: str, url: str, body: TextIO | None, to: str | None) -> None:
    """Try the hook ID once more now: the same bytes, with the same signature. The exit code is 1 without a 2xx.

    With another body or URL it is a delivery of its own, signed anew.
    """
    edited = {"url": to, "body": body.read() if body else None}
    wanted = {name: value for name, value in edited.items() if value is not None}
    _send(context, url, lambda: [ask(url, f"/deliveries/{quote(delivery, safe='')}/resend", Delivered, wanted)])


@command.command()
@click.argument("event")
@click.argument("stream")
@click.option("--to", help="Send it to this URL, and not to where the stream's hooks go.")
@_URL
@click.pass_context
def trigger(context: click.Context, event: str, stream: str, url: str, to: str | None) -> None:
    """Send the cloud's own hook EVENT for STREAM (an id), signed as always. The exit code is 1 without a 2xx.

    Nothing else happens: the stream stays as it is, and what a question is answered has no effect.
    """
    wanted = {"event": event, **({"url": to} if to else {})}
    path = f"/streams/{quote(stream, safe='')}/trigger"
    _send(context, url, lambda: ask(url, path, Deliveries, wanted)["deliveries"])


def row(delivery: Delivered) -> str:
    """Write a delivery as a line: its id, its state, the event, what came of it, and where it goes."""
    shown = f"{delivery['id']}  {delivery['state']:<9}  {delivery['event']}  {_outcome(delivery['attempts'])}"
    return harmless(f"{shown}  {delivery['url']}")


def _outcome(attempts: list[Tried]) -> str:
    if not attempts:
        return "not tried yet"
    latest = attempts[-1]["error"] or str(attempts[-1]["status"])
    return latest if len(attempts) == 1 else f"{latest} (attempt {len(attempts)})"


def _send(context: click.Context, url: str, order: Callable[[], list[Delivered]]) -> None:
    """Order hooks, and tell of the next attempt of each."""
    latest = ask(url, "/journal?limit=1", Entries)["entries"]
    seen = latest[-1]["number"] if latest else 0
    are_taken = [_tell(url, delivery, seen) for delivery in order()]
    if not all(are_taken):
        context.exit(REFUSED)


def _tell(url: str, delivery: Delivered, seen: int) -> bool:
    entry = _await_attempt(url, delivery["id"], seen)
    if entry is None:
        click.echo(f"{row(delivery)}\nit has not been tried within {PATIENCE:g} s: others wait before it", err=True)
        return False
    click.echo(lines(entry, is_verbose=False, has_colours=has_colours()), nl=False)
    return entry["details"].get("status") in range(200, 300)


def _await_attempt(url: str, delivery: str, seen: int) -> Entered | None:
    """Wait for what the journal says of a delivery after the entry ``seen``; None when that takes too long."""
    deadline = Clock().deadline(PATIENCE)
    while not deadline.is_over:
        query = urlencode({"kind": "hook", "after": seen, "timeout": f"{deadline.remaining:.3f}"})
        try:
            entry = ask(url, f"/journal/wait?{query}", Entered, timeout=PATIENCE + SLACK)
        except RefusedError as error:
            if error.status != NOTHING_YET:
                raise
            return None
        if entry["details"].get("delivery") == delivery:
            return entry
        seen = entry["number"]
    return None
