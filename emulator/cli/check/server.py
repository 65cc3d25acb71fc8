"""Judge a server by what its cloud documents: a stand-in of its own, or whatever is at a URL."""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

import click

from offair.contracts.choosing import nearest_of
from offair.contracts.limit import LimitTerm
from offair.contracts.server.depth import Depth
from offair.contracts.server.target import Target, UnreachableError
from offair.emulator.cli import INTERRUPTED
from offair.emulator.cli.check.promised import WHOSE, promise_of
from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, host_of, reporting
from offair.emulator.core.clock import Clock

if TYPE_CHECKING:
    from offair.contracts.contract import Contract
    from offair.emulator.provider.provider import Provider
    from offair.emulator.settings import Settings

EXTRA = "offair[contracts]"
LIMIT = re.compile(r"(?P<operation>[^=]+)=(?P<calls>\d+)/(?P<seconds>\d+(?:\.\d+)?)")


@click.command("server")
@WHOSE
@click.option("--url", help="Base URL of the API that is judged. [a stand-in of its own, in this process]")
@click.option("--header", "headers", multiple=True, metavar="'N: V'", help="Credentials for --url; may be repeated.")
@click.option("--other-header", "others", multiple=True, metavar="'N: V'", help="Those of another tenant.")
@click.option("--control", help="Root of the stand-in that serves --url: its clock and broadcasts are used.")
@click.option("--hooks-at", metavar="URL", help="Where the server reaches what leads to --hooks-port. [loopback]")
@click.option("--hooks-port", type=click.IntRange(0, 65535), default=0, metavar="N",
              help="Port on loopback at which what the server calls is heard. [a free one]")  # fmt: skip
@click.option("--limit", "limits", multiple=True, metavar="OPERATION=CALLS/SECONDS", help="A rate that is binding.")
@click.option("--depth", type=click.Choice(get_args(Depth)), default="quick", show_default=True, help="How thoroughly.")
@click.option("--safe", is_flag=True, help="Only read. [for every URL that is not loopback]")
@click.option("--write", is_flag=True, help="Make things at a URL that is not loopback, and remove them again.")
@click.option("--hostile", is_flag=True, help="Send malformed input to a URL that is not loopback.")
@click.option(
    "--media",
    type=click.Choice(("simulated", "real")),
    default="simulated",
    show_default=True,
    help="Whether the stand-in of its own is sent the built-in clip, and what plays is judged too.",
)
@reporting
def command(cloud: str, **options: Any) -> None:
    """Judge a server by what the cloud NAME documents.

    Exits with 0 if every rule is kept, 1 if one is broken, 2 if nothing could be judged.
    """
    provider, contract = promise_of(cloud)
    from offair.contracts.rulebook import SERVER_RULES
    from offair.contracts.server.judging import check_server

    names = {one.name for one in chosen(SERVER_RULES, options)}
    limits = [read_limit_option(said, contract) for said in options["limits"]]
    try:
        with _elsewhere_for_hypothesis(), _target(provider, contract, options) as target:
            report = check_server(
                contract, target, depth=options["depth"], seed=options["seed"], only=names, limits=limits
            )
    except ImportError as error:
        raise UnjudgedError(f"{error.name} is not installed; install {EXTRA}") from error
    except UnreachableError as error:
        raise UnjudgedError(str(error)) from error
    deliver(report, options, ends_with=INTERRUPTED if report.is_broken_off else None)


def read_limit_option(said: str, contract: "Contract") -> LimitTerm:
    """Read ``getStream=10/60``: ten calls in any sixty seconds, of each tenant; ``*`` is every operation."""
    found = LIMIT.fullmatch(said)
    if found is None or not float(found["seconds"]):
        raise UnjudgedError(f"--limit {said!r} is no limit; write OPERATION=CALLS/SECONDS, as in getStream=10/60")
    subject = found["operation"].strip()
    ids = [one.operation_id for one in contract.operations.values()]
    if subject not in {"*", *ids, *contract.operations}:
        raise UnjudgedError(
            f"--limit {said!r}: {contract.name} documents no operation {subject}{nearest_of(subject, ids)}"
        )
    return LimitTerm(
        kind="rate",
        subject=subject,
        allowed=int(found["calls"]),
        unit="requests",
        seconds=float(found["seconds"]),
        grade="documented",
        source=f"--limit {said}",
    )


@contextmanager
def _elsewhere_for_hypothesis() -> Iterator[None]:
    """Let Hypothesis keep what it learns in a folder that goes away, and not where the command was called."""
    from hypothesis import strategies
    from hypothesis.configuration import set_hypothesis_home_dir

    with TemporaryDirectory() as home:
        set_hypothesis_home_dir(home)
        try:
            # a table of a million characters is made of 200 MB: now, while nothing else is in memory
            strategies.characters(codec="utf-8").validate()
            yield
        finally:
            set_hypothesis_home_dir(None)


@contextmanager
def _target(provider: "Provider", contract: "Contract", options: dict[str, Any]) -> Iterator[Target]:
    if options["url"] is not None:
        if options["media"] == "real":
            raise UnjudgedError("--media real publishes to a stand-in of the check's own; leave --url out")
        with elsewhere(provider.name, contract, options) as target:
            yield target
        return
    if any(options[name] for name in ("headers", "others", "control", "hooks_at")):
        raise UnjudgedError("--header, --other-header, --control and --hooks-at are for a server at --url; name one")
    is_real = options["media"] == "real"
    from offair.contracts.server.judging import SEED
    from offair.emulator.cli.starting import running
    from offair.emulator.settings import from_python
    from offair.emulator.target import LIGHT, PASSTHROUGH, judged

    said = {**(LIGHT if is_real else PASSTHROUGH), "seed": SEED if options["seed"] is None else options["seed"]}
    settings = from_python(said)
    if is_real:
        _need_ffmpeg(settings)
    with (
        running(settings) as emulator,
        judged(provider.name, emulator, contract.service, is_real=is_real) as target,
    ):
        yield target


def _need_ffmpeg(settings: "Settings") -> None:
    from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError, choose

    try:
        choose(settings.ffmpeg)
    except FfmpegMissingError as error:
        raise UnjudgedError(str(error)) from error


@contextmanager
def elsewhere(cloud: str, contract: "Contract", options: dict[str, Any]) -> Iterator[Target]:
    """Give the server at a URL as a target: one that is not loopback is only read, and spared what is malformed.

    Its rates are kept as real time goes by, unless it is a stand-in with a control surface.
    """
    url = options["url"].rstrip("/")
    is_ours = is_loopback(host_of(url, f"give the base URL of the API, as in https://host{contract.base_path}"))
    others = read_headers(options["others"])
    clock = Clock()
    from offair.contracts.server.dialling import dialling

    with ExitStack() as stack:
        can: dict[str, Any] = {"now": clock.wall, "wait": clock.sleep}
        if options["control"] is not None:
            from offair.emulator.cli.check.controlled import controlled, known_by_control
            from offair.emulator.postbox import Postbox

            try:
                can = stack.enter_context(controlled(options["control"], cloud, contract))
            except click.ClickException as error:
                raise UnjudgedError(f"--control: {error.message}") from error
            if contract.registrations and (is_ours or options["hooks_at"]):
                known = known_by_control(options["control"])
                inbox = Postbox(can["now"], known, port=options["hooks_port"], url=options["hooks_at"])
                can["hooks"] = stack.enter_context(inbox)
        yield Target(
            base_url=url,
            headers=read_headers(options["headers"]),
            others=(others,) if others else (),
            dial=dialling(clock.deadline),
            is_read_only=options["safe"] or not (is_ours or options["write"]),
            is_spared=not (is_ours or options["hostile"]),
            **can,
        )


def read_headers(lines: tuple[str, ...]) -> dict[str, str]:
    """Read headers as they are written: ``Name: value``."""
    read: dict[str, str] = {}
    for said in lines:
        name, colon, value = said.partition(":")
        if not colon or not name.strip():
            raise UnjudgedError(f"{said.split(':')[0]!r} is no header; write 'NAME: VALUE'")
        read[name.strip()] = value.strip()
    return read


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine and nobody else's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
