"""A synthetic encoder: tags from a source, sent by our own RTMP client, with what a test wants to go wrong."""

import select
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.media.formats import flv
from offair.emulator.media.ingest.rtmp.client import Accepted, Client, Decision, Rejected
from offair.emulator.media.testcard.disturbed import Disturbed
from offair.emulator.media.testcard.sources import SourceError, TagSource

TIMEOUT = 10.0
READ = 1 << 16
PORTS = {"rtmp": 1935, "rtmps": 443}
AVC_PICTURE = b"\x01"  # beside the packets that begin and end a sequence (FLV E.4.3.1); what we send is H.264


class PublishError(Exception):
    """The stream cannot be published; the message has the server's (or the system's) own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How far a publication is: media seconds, bytes and video frames that were sent."""

    seconds: float = 0.0
    sent: int = 0
    frames: int = 0

    def with_sent(self, tags: Sequence[flv.Tag], size: int) -> "Sent":
        """Add tags that were sent in so many bytes."""
        return Sent(
            seconds=max([self.seconds, *(tag.timestamp / 1000 for tag in tags)]),
            sent=self.sent + size,
            frames=self.frames + sum(map(_is_picture, tags)),
        )


class Publisher:
    """Publishes a source to an RTMP or RTMPS ``url`` until it ends or ``should_stop`` says so.

    ``faults`` count from its beginning; ``choose_ffmpeg`` is asked for the one that makes what they show. Over RTMPS
    the server has to prove who it is, to the CA in ``ca_file`` or, without one, to those of the system.
    """

    def __init__(
        self,
        url: str,
        source: TagSource,
        *,
        random_bytes: Callable[[int], bytes],
        faults: Sequence[EncoderFault] = (),
        choose_ffmpeg: Callable[[], Path],
        ca_file: Path | None = None,
    ) -> None:
        scheme, self._address, app, name = _read(url)
        self._trust = _trust(ca_file) if scheme == "rtmps" else None
        self._client = Client(app, name, random_bytes=random_bytes)
        self._source = Disturbed(source, faults, choose_ffmpeg=choose_ffmpeg)

    def run(self, on_progress: Callable[[Sent], None], should_stop: Callable[[], bool]) -> Sent:
        """Publish; back when all is sent. PublishError when the server refuses or sends us away."""
        with self._connect() as connection:
            try:
                self._knock(connection)
                progress = self._pump(connection, on_progress, should_stop)
                self._client.finish()
                connection.sendall(self._client.outgoing())
            except OSError as error:
                raise PublishError(f"the connection broke: {error}") from error
        return progress

    def _connect(self) -> socket.socket:
        host, port = self._address
        try:
            connection = socket.create_connection(self._address, TIMEOUT)
        except (OSError, UnicodeError) as error:  # a host's name may be one that there cannot be
            raise PublishError(f"nobody takes RTMP at {host}:{port} ({error}); is the stand-in running?") from error
        if self._trust is None:
            return connection
        try:
            return self._trust.wrap_socket(connection, server_hostname=host)
        except OSError as error:
            connection.close()
            step = (
                "name the file of its CA with --ca-file"
                if isinstance(error, ssl.SSLCertVerificationError)
                else "is it RTMPS?"
            )
            raise PublishError(f"no TLS with {host}:{port}: {error}; {step}") from error

    def _knock(self, connection: socket.socket) -> None:
        while True:
            connection.sendall(self._client.outgoing())
            for verdict in self._receive(connection):
                if isinstance(verdict, Accepted):
                    return

    def _receive(self, connection: socket.socket) -> list[Decision]:
        content = connection.recv(READ)
        if not content:
            raise PublishError("the server closed the connection")
        verdicts = self._client.receive(content)
        for verdict in verdicts:
            if isinstance(verdict, Rejected):
                raise PublishError(f"the server says {verdict.code}: {verdict.description}")
        return verdicts

    def _pump(
        self, connection: socket.socket, on_progress: Callable[[Sent], None], should_stop: Callable[[], bool]
    ) -> Sent:
        progress = Sent()
        words = select.poll()
        words.register(connection, select.POLLIN)
        try:
            with self._source as source:
                while not should_stop() and (tags := source.read()) is not None:
                    if words.poll(0):
                        self._receive(connection)
                    if tags:
                        progress = self._send(connection, tags, progress)
                        on_progress(progress)
        except (SourceError, CannotDisturb) as error:
            raise PublishError(str(error)) from error
        return progress

    def _send(self, connection: socket.socket, tags: list[flv.Tag], progress: Sent) -> Sent:
        for tag in tags:
            self._client.send(tag)
        content = self._client.outgoing()
        connection.sendall(content)
        return progress.with_sent(tags, len(content))


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise PublishError(
            f"the CA file {ca_file} cannot be used ({error}); name a PEM file with certificates"
        ) from error


def _is_picture(tag: flv.Tag) -> bool:
    return tag.kind is flv.TagKind.VIDEO and tag.payload[1:2] == AVC_PICTURE


def _read(url: str) -> tuple[str, tuple[str, int], str, str]:
    """Read scheme, host and port, app and name of where to publish to; PublishError when it is no such URL."""
    with suppress(ValueError):  # half an address, a port that is none
        parts = urlsplit(url)
        path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
        app, _, name = path.partition("/")
        if parts.scheme in PORTS and parts.hostname and app and name:
            return parts.scheme, (parts.hostname, parts.port or PORTS[parts.scheme]), app, name
    raise PublishError(f"{url} is no RTMP URL to publish to; it looks like rtmp://host:port/app/key")
