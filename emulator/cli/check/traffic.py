"""Judge recorded traffic by what its cloud documents: an HTTP archive, a VCR cassette, or a journal."""

from pathlib import Path
from typing import Any

import click

from offair.emulator.cli import INTERRUPTED
from offair.emulator.cli.check.promised import WHOSE, promise_of
from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, reporting
from offair.emulator.cli.check.server import read_limit_option
from offair.emulator.cli.files import FileName

DASH, STDIN = Path("-"), Path("/dev/stdin")


@click.command("traffic")
@click.argument("file", type=FileName())
@WHOSE
@click.option("--url", help="Base URL of the API in the recording, if it is neither the cloud's nor a stand-in's.")
@click.option("--limit", "limits", multiple=True, metavar="OPERATION=CALLS/SECONDS", help="A rate that is binding.")
@reporting
def command(file: Path, cloud: str, url: str | None, limits: tuple[str, ...], **options: Any) -> None:
    """Judge what FILE (- is stdin) recorded, the client and the server, by what the cloud NAME documents.

    Exits with 0 if every rule is kept, 1 if one is broken, 2 if nothing could be judged.
    """
    if file.is_char_device():
        raise UnjudgedError(f"{file} is no file that has an end")
    _, contract = promise_of(cloud)
    from offair.contracts.traffic import UnreadError, check_traffic, read_traffic
    from offair.contracts.traffic.judging import TRAFFIC_RULES

    names = {rule.name for rule in chosen(TRAFFIC_RULES, options)}
    terms = [read_limit_option(said, contract) for said in limits]
    try:
        exchanges = read_traffic(STDIN if file == DASH else file)
    except UnreadError as error:
        raise UnjudgedError(str(error)) from error
    try:
        report = check_traffic(contract, exchanges, name=str(file), url=url, only=names, limits=terms)
    except UnreadError as error:
        raise UnjudgedError(f"{file} {error}") from error
    deliver(report, options, ends_with=INTERRUPTED if report.is_broken_off else None)
