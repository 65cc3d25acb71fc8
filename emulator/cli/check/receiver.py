"""Judge a webhook receiver by what its cloud calls."""

from typing import Any

import click

from offair.emulator.cli import INTERRUPTED
from offair.emulator.cli.check.promised import WHOSE, promise_of
from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, reporting


@click.command("receiver")
@click.argument("url")
@WHOSE
@click.option("--secret", default="", metavar="S", help="What calls are signed with; forged ones are sent too then.")
@click.option("--event", "events", multiple=True, metavar="E", help="Only this event; may be repeated.")
@click.option("--within", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
              help="How long an answer may take. [3 for a question that the cloud asks, else 10]")  # fmt: skip
@reporting
def command(url: str, cloud: str, secret: str, events: tuple[str, ...], within: float | None, **options: Any) -> None:
    """Judge the webhook receiver at URL by what the cloud NAME calls, and by what others might send.

    Exits with 0 if every rule is kept, 1 if one is broken, 2 if nothing could be judged.
    """
    _, contract = promise_of(cloud)
    from offair.contracts.receiver import UnheardError, check_receiver
    from offair.contracts.receiver.rules import RECEIVER_RULES

    names = {rule.name for rule in chosen(RECEIVER_RULES, options)}
    try:
        report = check_receiver(url, contract, secret=secret, events=events, only=names, within=within)
    except UnheardError as error:
        raise UnjudgedError(str(error)) from error
    except ImportError as error:
        raise UnjudgedError(f"{error.name} is not installed; install offair[contracts]") from error
    deliver(report, options, ends_with=INTERRUPTED if report.is_broken_off else None)
