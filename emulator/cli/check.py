"""Judge a live origin: record what it serves for a while, then look at every rule."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from offair.emulator.cli import Suggesting

if TYPE_CHECKING:
    from offair.contracts.checks.media.fetch import Fetch
    from offair.contracts.checks.media.timeline import Timeline

REPORTS = ("text", "json", "junit", "html")
BROKEN, UNJUDGED = 1, 2  # exit codes: a rule is broken; there was nothing to judge


class UnjudgedError(click.ClickException):
    """There is nothing to judge, for a reason that is said."""

    exit_code = UNJUDGED


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


@click.group(cls=Suggesting)
def command() -> None:
    """Judge what somebody serves by the standard that it claims to follow."""


@command.command()
@click.option("--report", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
def rules(report: Literal["text", "json", "markdown"]) -> None:
    """List the rules, and the sections that they come from."""
    from offair.contracts.checks.media.listing import write_rules

    click.echo(write_rules(report), nl=False)


@command.command()
@click.argument("url")
@click.option("--for", "seconds", type=Duration(), default="30s", show_default=True, help="How long to watch.")
@click.option("--report", type=click.Choice(REPORTS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File for the report. [stdout]")
@click.option("--ignore", multiple=True, metavar="RULE", help="A rule to leave out; may be repeated.")
@click.option("--must", is_flag=True, help="Judge only what the standards say must be, not what should.")
def media(url: str, seconds: float, ignore: tuple[str, ...], must: bool, **report: Any) -> None:
    """Watch the live HLS or DASH stream at URL for a while and judge it.

    Exits with 0 if every rule is kept, 1 if one is broken, 2 if there was nothing to judge.
    """
    from offair.contracts.checks.media.report import write_report
    from offair.contracts.checks.media.rulebook import choose, verdicts

    try:
        chosen = choose(ignore=ignore, musts_only=must)
    except ValueError as error:
        raise UnjudgedError(str(error)) from error
    if not url.startswith(("http://", "https://")):
        raise UnjudgedError(f"{url} is no HTTP URL; give that of a master or media playlist, or of an MPD")
    timeline = record(url, seconds)
    judged = verdicts(timeline, chosen)
    written = write_report(timeline, judged, report["report"])
    if report["output"] is None:
        click.echo(written, nl=False)
    else:
        try:
            report["output"].write_text(written, encoding="utf-8")
        except OSError as error:
            raise UnjudgedError(f"{report['output']} cannot be written: {error.strerror}") from error
    if any(verdict.outcome == "broken" for verdict in judged):
        raise SystemExit(BROKEN)


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
    if not any(fetch.is_good for fetch in timeline.fetches):
        raise UnjudgedError(
            f"{url} answers {timeline.fetches[0].status or 'nothing'}" if seen else f"{url} was not asked"
        )
    if not timeline.renditions and not timeline.manifests:
        raise UnjudgedError(f"{url} is neither an HLS playlist nor a DASH manifest, or lists nothing that answers")
    return timeline
