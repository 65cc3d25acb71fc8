"""What every judging command shares: which rules, which report, what is known already, and the exit code."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from offair.contracts.baseline import leave_out_known, read_baseline, write_baseline
from offair.contracts.choosing import C, choose_rules
from offair.contracts.report import Report
from offair.contracts.writers import FORMS, write_report
from offair.emulator.cli.files import FileName, NewFile

F = TypeVar("F", bound=Callable[..., Any])

BROKEN, UNJUDGED = 1, 2  # exit codes: a rule is broken; there was nothing to judge


class UnjudgedError(click.ClickException):
    """There is nothing to judge, for a reason that is said."""

    exit_code = UNJUDGED


def reporting(function: F) -> F:
    """Give a command the options that every judge has."""
    for option in reversed(
        (
            click.option("--report", type=click.Choice(FORMS), default="text", show_default=True),
            click.option("--output", type=NewFile(), help="File for the report. [stdout]"),
            click.option("--only", multiple=True, metavar="RULE", help="A rule or subject to judge; may be repeated."),
            click.option("--ignore", multiple=True, metavar="RULE", help="One to leave out; may be repeated."),
            click.option("--strict", is_flag=True, help="Let warnings count: what should be, and what is our guess."),
            click.option("--seed", type=int, metavar="N", help="What is drawn begins with it; the report tells it."),
            click.option("--baseline", type=FileName(), help="Findings that are known, and do not count."),
            click.option("--baseline-update", is_flag=True, help="Write what is found into the --baseline."),
        )
    ):
        function = option(function)
    return function


def chosen(rules: Sequence[C], options: Mapping[str, Any]) -> tuple[C, ...]:
    """The rules that the options leave; a sentence names one that there is not, or says that none is left."""
    if options["baseline_update"] and options["baseline"] is None:
        raise UnjudgedError("--baseline-update writes into a file: name it with --baseline FILE")
    try:
        found = choose_rules(rules, only=options["only"], ignore=options["ignore"])
    except ValueError as error:
        raise UnjudgedError(str(error)) from error
    if not found:
        raise UnjudgedError("no rule is left: everything that --only names is ignored by --ignore")
    return found


def deliver(report: Report, options: Mapping[str, Any], *, ends_with: int | None = None) -> None:
    """Write the report, and end the command with what it says, or with ``ends_with``."""
    baseline: Path | None = options["baseline"]
    if baseline is not None and options["baseline_update"]:
        write_text(baseline, write_baseline(report))
    if baseline is not None:
        report = leave_out_known(report, _known(baseline))
    written = write_report(report, options["report"])
    if options["output"] is None:
        click.echo(written, nl=False)
    else:
        write_text(options["output"], written)
    if ends_with is not None:
        raise SystemExit(ends_with)
    if report.fails(strict=options["strict"]):
        raise SystemExit(BROKEN)
    if not report.upheld and not report.broken:
        raise SystemExit(UNJUDGED)


def host_of(url: str, step: str) -> str:
    """Give the host of an HTTP URL; what is none ends the command with a sentence and the next step."""
    with suppress(ValueError):  # half an address, a port that is none
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts.hostname
    raise UnjudgedError(f"{url} is no HTTP URL; {step}")


def _known(baseline: Path) -> Any:
    try:
        return read_baseline(baseline.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnjudgedError(f"{baseline}: {error.strerror}; write it with --baseline-update") from error
    except ValueError as error:
        raise UnjudgedError(f"{baseline} {error}") from error


def write_text(file: Path, text: str) -> None:
    """Write a file; where that cannot be, the command ends with a sentence."""
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UnjudgedError(f"{file} cannot be written: {error.strerror}") from error
