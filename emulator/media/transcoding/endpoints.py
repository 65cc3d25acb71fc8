"""Endpoints elsewhere, to read from or to send to: which ones there are, and how ffmpeg is told. Pure.

Only the documented schemes are spoken, and for each only what it is made of: no file, no playlist and no page can be
reached through a URL that somebody configured (``protocol_whitelist``), and nothing is guessed from what comes (``f``).
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from offair.emulator.media.transcoding.needs import BASE

MICRO = 1_000_000
MILLI = 1_000


class UnusableEndpointError(ValueError):
    """An endpoint cannot be read, or sent to, here; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a scheme is spoken: ffmpeg's ``container`` and ``options``, and the protocols that it may open for it.

    ``demuxer`` is what ffmpeg needs besides them.
    """

    container: str
    protocols: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    demuxer: str | None = None

    @property
    def needs(self) -> frozenset[str]:
        """What an ffmpeg must be able to for it."""
        return BASE | self._own

    @property
    def _own(self) -> frozenset[str]:
        protocols = {f"protocol {name}" for name in self.protocols}
        return frozenset(protocols | ({f"demuxer {self.demuxer}"} if self.demuxer else set()))

    def lacking(self, abilities: Set[str]) -> list[str]:
        """Tell what of it an ffmpeg of these abilities does not have."""
        return sorted(self._own - abilities, key=lambda need: (need.startswith("demuxer"), need))


def reading(url: str, patience: float) -> Manner:
    """Tell how a source is read, which may be silent for ``patience`` seconds; UnusableEndpointError for no source."""
    _check_mode(url, "a source")
    return _manner(url, READING, patience, "pulled from")


def sending(url: str, patience: float) -> Manner:
    """Tell how a target is sent to, which may take nothing for ``patience`` seconds; UnusableEndpointError for none."""
    _check_mode(url, "a target")
    return _manner(url, SENDING, patience, "sent to")


def address(url: str) -> str:
    """Give the ``host:port`` of a URL, which no secret is in."""
    return urlsplit(url).netloc.rpartition("@")[2]


def check_abilities(url: str, manner: Manner, abilities: Set[str]) -> None:
    """Let a manner pass that an ffmpeg is able to; UnusableEndpointError says what to install for another."""
    lacking = manner.lacking(abilities)
    if lacking:
        scheme = url.partition(":")[0]
        raise UnusableEndpointError(
            f"the ffmpeg in use cannot speak {scheme}, it lacks the {' and the '.join(lacking)}: "
            "'pip install imageio-ffmpeg' brings one that can; name it with OFFAIR_FFMPEG=/path/to/ffmpeg"
        )


def _check_mode(url: str, what: str) -> None:
    """See that nobody is listened for: a port that ffmpeg opens is open to every machine around."""
    query = url.partition("?")[2]  # as text: the stream id of an SRT URL may have a # in it
    modes = {pair.removeprefix("mode=") for pair in query.split("&") if pair.startswith("mode=")} - {"caller"}
    if url.lower().startswith("srt:") and modes:
        raise UnusableEndpointError(f"mode={modes.pop()}: {what} is called; let it listen, and leave the mode out")


def _manner(url: str, manners: Mapping[str, Callable[[float], Manner]], patience: float, verb: str) -> Manner:
    scheme = url.partition(":")[0].lower()
    if scheme not in manners:
        known = ", ".join(f"{name}://" for name in manners)
        raise UnusableEndpointError(f"{scheme or 'an empty URL'} is nothing that can be {verb}; that is {known}")
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (scheme not in {"srt", "udp"} or parts.port is not None)
    except ValueError:  # a port that is no number, or half an IPv6 address
        is_whole = False
    if not is_whole:
        raise UnusableEndpointError(f"the URL has no host, or no port where {scheme} needs one")
    return manners[scheme](patience)


def _rtmp(patience: float) -> Manner:
    return Manner(container="flv", protocols=("rtmp", "tcp"), options={"rw_timeout": round(patience * MICRO)})


def _rtmps(patience: float) -> Manner:
    """Speak TLS with anybody, as ffmpeg did before 8.0: who is stood in for has no CA of the public's."""
    options = {"rw_timeout": round(patience * MICRO), "tls_verify": 0}
    return Manner(container="flv", protocols=("rtmps", "tls", "tcp"), options=options)


def _rtsp(patience: float) -> Manner:
    options = {"timeout": round(patience * MICRO), "rtsp_flags": "prefer_tcp"}
    return Manner(container="rtsp", protocols=("tcp", "udp", "rtp"), options=options, demuxer="rtsp")


def _srt(patience: float) -> Manner:
    options = {"timeout": round(patience * MICRO), "connect_timeout": round(patience * MILLI)}
    return Manner(container="mpegts", protocols=("srt",), options=options)


def _udp(patience: float) -> Manner:
    options = {"timeout": round(patience * MICRO), "overrun_nonfatal": 1}
    return Manner(container="mpegts", protocols=("udp",), options=options)


READING = {"rtmp": _rtmp, "rtmps": _rtmps, "rtsp": _rtsp, "srt": _srt, "udp": _udp}
SENDING = {"rtmp": _rtmp, "rtmps": _rtmps, "srt": _srt}
