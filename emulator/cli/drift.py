"""Compare a real cloud with its contract and its stand-in, by reading alone."""

from pathlib import Path
from typing import Any

import click

from offair.contracts.server.target import Target, UnreachableError
from offair.emulator.cli import INTERRUPTED
from offair.emulator.cli.check.promised import WHOSE, promise_of
from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, host_of, reporting, write_text
from offair.emulator.cli.check.server import read_headers
from offair.emulator.cli.files import NewFile


@click.command("drift")
@WHOSE
@click.option("--url", required=True, help="Base URL of the real cloud's API.")
@click.option("--header", "headers", multiple=True, metavar="'N: V'", help="Credentials there; may be repeated.")
@click.option("--patch", type=NewFile(), help="File for a patch of the contract and its sources, as they could follow.")
@reporting
def command(cloud: str, url: str, headers: tuple[str, ...], patch: Path | None, **options: Any) -> None:
    """Read what the real cloud NAME answers, and compare it with the contract and with the stand-in's answers.

    Nothing is asked but GET. Exits with 0 where nothing has moved, 1 where something has, 2 if nothing could be read.
    """
    host_of(url, "give the base URL of the real cloud's API")
    provider, contract = promise_of(cloud)
    from offair.contracts.drift import check_drift, propose
    from offair.contracts.drift.judging import DRIFT_RULES
    from offair.emulator.cli.starting import running
    from offair.emulator.settings import from_python
    from offair.emulator.target import PASSTHROUGH, judged

    names = {rule.name for rule in chosen(DRIFT_RULES, options)}
    real = Target(base_url=url.rstrip("/"), headers=read_headers(headers), is_read_only=True)
    try:
        with running(from_python(PASSTHROUGH)) as emulator, judged(provider.name, emulator, contract.service) as played:
            drifted = check_drift(contract, real, played, only=names)
    except UnreachableError as error:
        raise UnjudgedError(str(error)) from error
    except ImportError as error:
        raise UnjudgedError(f"{error.name} is not installed; install offair[contracts]") from error
    proposed = propose(contract, drifted)
    if patch is not None:
        write_text(patch, proposed)
    elif proposed:
        click.echo("The contract could follow: --patch FILE writes how.", err=True)
    deliver(drifted.report, options, ends_with=INTERRUPTED if drifted.report.is_broken_off else None)
