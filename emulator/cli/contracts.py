"""What clouds document, as data: how two contracts differ."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from offair.emulator.cli.check.reporting import BROKEN, UnjudgedError

if TYPE_CHECKING:
    from offair.contracts.difference import Papers

FAIL_ON: dict[str, tuple[str, ...]] = {"breaking": ("breaking",), "any": ("breaking", "risky", "harmless")}


@click.group()
def command() -> None:
    """Look at what clouds document, as data."""


@command.command()
@click.argument("old")
@click.argument("new")
@click.option("--fail-on", type=click.Choice(tuple(FAIL_ON)), help="Exit with 1 where there is such a difference.")
@click.option("--report", type=click.Choice(("text", "json")), default="text", show_default=True)
def diff(old: str, new: str, fail_on: str | None, report: Literal["text", "json"]) -> None:
    """Say what is another way in the contract NEW than in OLD: breaking, risky or harmless.

    Each is a contract's folder, an OpenAPI document, or the name of a cloud. Exits with 2 where one cannot be read.
    """
    from offair.contracts.difference import compare
    from offair.contracts.difference.writing import write_differences

    found = compare(_papers(old), _papers(new))
    click.echo(write_differences(found, as_json=report == "json"), nl=False)
    if fail_on is not None and any(one.level in FAIL_ON[fail_on] for one in found):
        raise SystemExit(BROKEN)


def _papers(said: str) -> "Papers":
    from offair.contracts.difference import read_papers
    from offair.contracts.difference.papers import papers_of
    from offair.emulator.cli.check.promised import promise_of

    try:
        if Path(said).exists() or "." in said:
            return read_papers(said)
        return papers_of(promise_of(said)[1])
    except UnjudgedError as error:
        raise UnjudgedError(f"{said} is neither a file nor a folder, and {error.message}") from error
    except ValueError as error:
        raise UnjudgedError(str(error)) from error
