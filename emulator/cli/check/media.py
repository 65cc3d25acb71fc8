"""Judge a live origin: record what it serves for a while, then look at every rule."""

from typing import TYPE_CHECKING, Any

import click

from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, host_of, reporting

if TYPE_CHECKING:
    from offair.contracts.checks.media.fetch import Fetch
    from offair.contracts.checks.media.timeline import Timeline


class Duration(click.ParamType[float]):
    """A time like ``30s``, ``2m`` or ``20``."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it as seconds."""
        if not isinstance(value, str):
            return float(value)
        unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(value[-1:], 0.0)
        try:
            seconds = float(value[:-1]) * unit if unit else float(value)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < 1_000_000:
            self.fail(f"{value!r} is no time; write 30s or 2m", param, ctx)
        return seconds


@click.command("media")
@click.argument("url")
@click.option("--for", "seconds", type=Duration(), default="30s", show_default=True, help="How long to watch.")
@click.option("--must", is_flag=True, help="Judge only what the standards say must be, not what should.")
@reporting
def command(url: str, seconds: float, must: bool, **options: Any) -> None:
    """Watch the live HLS or DASH stream at URL for a while and judge it.

    Exits with 0 if every rule is kept, 1 if one is broken, 2 if there was nothing to judge. What only should be is a
    warning, and counts with --strict.
    """
    from offair.contracts.checks.media.report import report_on
    from offair.contracts.checks.media.rulebook import RULES, verdicts

    rules = tuple(rule for rule in chosen(RULES, options) if rule.strength == "must" or not must)
    host_of(url, "give that of a master or media playlist, or of an MPD")
    timeline = record(url, seconds)
    deliver(report_on(timeline, verdicts(timeline, rules)), options)


def record(url: str, seconds: float) -> "Timeline":
    """Watch an origin, and tell on stderr how far it is."""
    from rich.console import Console

    from offair.emulator.watching import watch

    seen: list[float] = []
    with Console(stderr=True).status("watching") as status:

        def tell(fetch: "Fetch") -> None:
            seen.append(fetch.at)
            status.update(
                f"{fetch.at - seen[0]:.0f} of {seconds:g} s, {len(seen)} answers  (Ctrl-C ends it, and judges)"
            )

        timeline = watch(url, seconds, on_fetch=tell)
    if timeline.flaw:
        raise UnjudgedError(f"{url} {timeline.flaw}")
    return timeline
