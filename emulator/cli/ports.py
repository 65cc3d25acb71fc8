"""The ports that a start needs: which option chooses each, is it free, and who has it."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import click

from offair.emulator.cli.answers import Listening
from offair.emulator.cli.remote import ask
from offair.emulator.media.ingest.edge import is_port_free
from offair.emulator.media.room import RTMPS_PORT, SRT_PORT, WHIP_PORT
from offair.emulator.settings import Settings
from offair.emulator.settings.setting import described
from offair.emulator.settings.surroundings import running_url

SHORT = 1.0  # seconds in which another stand-in says who it is


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPort:
    """A port that a start opens; one that ``is_wished`` must be had, where another is taken in place of the usual."""

    protocol: str
    port: int
    setting: str
    is_wished: bool

    @property
    def option(self) -> str:
        """The option that chooses it."""
        return described(Settings)[self.setting].option

    @property
    def is_tcp(self) -> bool:
        """The others are UDP."""
        return self.protocol not in {"SRT", "WHIP"}

    def is_free(self, host: str) -> bool:
        """Say whether we could listen there now."""
        transport = {"HTTP": "RTMP", "HTTPS": "RTMPS"}.get(self.protocol, self.protocol)  # all of these are TCP
        return is_port_free(host, self.port, transport)


def wanted_ports(settings: Settings) -> Iterator[WantedPort]:
    """Name every port that a start with these settings opens."""
    usual = {"rtmps_port": RTMPS_PORT, "srt_port": SRT_PORT, "whip_port": WHIP_PORT}
    for protocol in ("HTTP", "HTTPS", "RTMP", "RTMPS", "SRT", "WHIP"):
        name = "port" if protocol == "HTTP" else f"{protocol.lower()}_port"
        wished = getattr(settings, name)
        port = usual.get(name) if wished is None else wished
        if port is not None:
            yield WantedPort(protocol=protocol, port=port, setting=name, is_wished=wished is not None)


def explain_taken(error: Exception, settings: Settings) -> str | None:
    """Say which port is taken, by whom, and what to do; None when that is not what went wrong."""
    if not isinstance(error, OSError) or error.errno != errno.EADDRINUSE:
        return None
    if words := clashing(settings):
        return words
    for wanted in wanted_ports(settings):
        if wanted.port and wanted.is_wished and not wanted.is_free(settings.host):
            return taken(wanted, settings)
    return None


def clashing(settings: Settings) -> str | None:
    """Say that two of the wished ports are the same, and what to do; None where each is another."""
    first: dict[tuple[int, bool], WantedPort] = {}
    for wanted in wanted_ports(settings):
        if wanted.port and wanted.is_wished:
            other = first.setdefault((wanted.port, wanted.is_tcp), wanted)
            if other is not wanted:
                return f"{other.option} and {wanted.option} are both {wanted.port}; choose another for one of them"
    return None


def taken(wanted: WantedPort, settings: Settings) -> str:
    """Say that a port is taken, by whom, and what to do."""
    where = f"{settings.host}:{wanted.port}"
    step = f"choose another port with {wanted.option} (0 takes a free one)"
    pid = _owner(wanted, settings)
    who = (
        "another program listens there; stop it"
        if pid is None
        else f"another stand-in (pid {pid}) does; use or stop it"
    )
    return f"cannot listen on {where} for {wanted.protocol}: {who}, or {step}"


def _owner(wanted: WantedPort, settings: Settings) -> int | None:
    """Find the process of the stand-in that has a port, where it is one and tells us."""
    asked = [f"http://{settings.shown_host}:{settings.port}", running_url(), f"http://127.0.0.1:{Settings().port}"]
    if wanted.protocol == "HTTP":
        asked = asked[:1]
    for url in dict.fromkeys(asked):
        try:
            ready = ask(url, "/ready", Listening, timeout=SHORT)
            if wanted.port in {urlsplit(one).port for one in _urls(ready)}:
                return ready["pid"]
        except (click.ClickException, ValueError):
            continue
    return None


def _urls(ready: Listening) -> list[str]:
    return [url for name, url in ready.items() if name.endswith("_url") and isinstance(url, str)]
