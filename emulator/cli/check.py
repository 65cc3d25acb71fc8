"""Judge a live origin: record what it serves for a while, then look at every rule."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.emulator.core.clock import Clock

if TYPE_CHECKING:
    from understudy.contracts.checks.media.fetch import Fetch
    from understudy.contracts.checks.media.itinerary import Itinerary
    from understudy.contracts.checks.media.timeline import Timeline

TIMEOUT = 10.0  # real seconds that an answer may take; a blocking reload takes three target durations at most
PAUSE = 0.5  # real seconds after which Ctrl-C and the end are looked for
MOST = 64 * 1024 * 1024  # bytes of one answer that are read
REPORTS = ("text", "json", "junit", "html")
HEADERS = {
    "User-Agent": "understudy-check",
    "Accept-Encoding": "identity",
    "Origin": "https://player.example",  # without it, some origins leave out what CORS is judged by
}


class Span(click.ParamType[float]):
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


@click.group()
def command() -> None:
    """Judge what somebody serves by the standard that it claims to follow."""


@command.command()
def rules() -> None:
    """List the rules, and the sections that they come from."""
    from understudy.contracts.checks.media.rulebook import RULES

    for rule in RULES:
        click.echo(f"{rule.name} ({rule.strength}): {rule.claim}\n    {rule.source}")


@command.command()
@click.argument("url")
@click.option("--for", "seconds", type=Span(), default="30s", show_default=True, help="How long to watch.")
@click.option("--report", type=click.Choice(REPORTS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File for the report. [stdout]")
@click.option("--ignore", multiple=True, metavar="RULE", help="A rule to leave out; may be repeated.")
@click.option("--must", is_flag=True, help="Judge only what the standards say must be, not what should.")
def media(url: str, seconds: float, ignore: tuple[str, ...], must: bool, **report: Any) -> None:
    """Watch the live HLS or DASH stream at URL for a while and judge it; exit with 1 if a rule is broken."""
    from understudy.contracts.checks.media.report import write_report
    from understudy.contracts.checks.media.rulebook import RULES, verdicts

    unknown = set(ignore) - {rule.name for rule in RULES}
    if unknown:
        raise click.ClickException(f"there is no rule {min(unknown)}; 'understudy check rules' lists them")
    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{url} is no HTTP URL; give that of a master or media playlist, or of an MPD")
    chosen = [rule for rule in RULES if rule.name not in ignore and (rule.strength == "must" or not must)]
    timeline = record(url, seconds)
    judged = verdicts(timeline, chosen)
    written = write_report(timeline, judged, report["report"])
    if report["output"] is None:
        click.echo(written, nl=False)
    else:
        report["output"].write_text(written, encoding="utf-8")
    if any(verdict.outcome == "broken" for verdict in judged):
        raise SystemExit(1)


def record(url: str, seconds: float) -> "Timeline":
    """Fetch what a judge needs for so many real seconds, one request at a time; Ctrl-C ends it early."""
    from rich.console import Console

    from understudy.contracts.checks.media.itinerary import Itinerary
    from understudy.contracts.checks.media.timeline import Timeline

    clock = Clock()
    fetches: list[Fetch] = []
    with Console(stderr=True).status("watching") as status:
        try:
            for fetch in _tour(Itinerary(url), clock, seconds):
                fetches.append(fetch)
                if not fetches[0].is_good:
                    break
                status.update(
                    f"{fetch.at - fetches[0].asked:.0f} of {seconds:g} s, {len(fetches)} answers  (Ctrl-C ends it)"
                )
        except KeyboardInterrupt:
            click.echo("judging what was seen so far", err=True)
    if not any(fetch.is_good for fetch in fetches):
        raise click.ClickException(
            f"{url} answers {fetches[0].status or 'nothing'}" if fetches else f"{url} was not asked"
        )
    return Timeline(url, tuple(fetches))


def _tour(itinerary: "Itinerary", clock: Clock, seconds: float) -> "Iterator[Fetch]":
    deadline = clock.deadline(seconds)
    while not deadline.is_over and itinerary.next_at is not None:
        url = itinerary.take(clock.wall())
        if url is None:
            clock.sleep(min(max(itinerary.next_at - clock.wall(), 0.0), PAUSE, deadline.remaining))
            continue
        fetch = get(url, clock)
        itinerary.note(fetch)
        yield fetch


def get(url: str, clock: Clock) -> "Fetch":
    """Fetch a URL; whatever goes wrong is an answer too, with the status 0 where there is none."""
    from understudy.contracts.checks.media.fetch import Fetch

    asked = clock.wall()
    status, headers, body, landed = 0, dict[str, str](), b"", None
    try:
        request = urllib.request.Request(url, headers=HEADERS)  # noqa: S310 - the user's own URL, and what it lists
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - as above
            status, headers, landed = answer.status, dict(answer.headers), answer.url
            body = answer.read(MOST)
    except urllib.error.HTTPError as error:
        status, headers = error.code, dict(error.headers)
        error.close()
    except (OSError, HTTPException, ValueError):  # no answer, half an answer, no URL
        status = 0
    return Fetch(asked=asked, at=clock.wall(), url=url, status=status, headers=headers, body=body, landed=landed)
