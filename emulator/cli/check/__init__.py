"""Judging: what somebody serves or sends, by what was promised; one module for each of those who are judged."""

from typing import Literal

import click

from offair.emulator.cli import Importing

JUDGED = {
    "server": "Judge a server by what its cloud documents.",
    "client": "Judge a client that is a program by what its cloud documents.",
    "receiver": "Judge a webhook receiver by what its cloud calls, and by what others might send.",
    "traffic": "Judge recorded traffic, the client and the server, by what its cloud documents.",
    "media": "Watch a live HLS or DASH stream for a while and judge it.",
}


@click.group(cls=Importing, modules=JUDGED, package=__name__)
def command() -> None:
    """Judge what somebody serves by what was promised of it."""


@command.command()
@click.option("--report", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
def rules(report: Literal["text", "json", "markdown"]) -> None:
    """List the rules, and who says so."""
    from offair.contracts.listing import write_rules
    from offair.contracts.rulebook import TITLES, every_rule

    click.echo(write_rules(report, every_rule(), TITLES), nl=False)
