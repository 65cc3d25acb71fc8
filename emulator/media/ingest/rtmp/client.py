"""The publishing client's side of RTMP, without a socket: what the synthetic encoder and the tests speak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.handshake import ClientHandshake
from offair.emulator.media.ingest.rtmp.messages import Command

CONNECT, RELEASE, FC_PUBLISH, CREATE, PUBLISH, FC_UNPUBLISH, DELETE = map(float, range(1, 8))  # transactions
MEDIA_STREAM = 1


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server takes the stream; tags may follow."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server refuses, or sends away what it had accepted."""

    code: str
    description: str


Decision = Accepted | Rejected


class Client:
    """Publishes to ``app``/``name``. The handshake is outgoing at once; connect and publish follow the answers."""

    def __init__(
        self, app: str, name: str, *, random_bytes: Callable[[int], bytes], fourccs: Sequence[str] = ()
    ) -> None:
        self._app = app
        self._name = name
        self._fourccs = fourccs
        self._handshake = ClientHandshake(random_bytes)
        self._reader = ChunkReader()
        self._writer = ChunkWriter()
        self._out = [self._handshake.hello]

    def receive(self, data: bytes) -> list[Decision]:
        """Take the server's bytes and tell what it decided; ProtocolError when they are no RTMP."""
        if not self._handshake.is_over:
            answer, data = self._handshake.receive(data)
            if self._handshake.is_over:
                self._out.append(answer)
                self._connect()
        verdicts = [self._take(message) for message in self._reader.receive(data)]
        return [verdict for verdict in verdicts if verdict is not None]

    def outgoing(self) -> bytes:
        """Give the bytes to send, once."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def send(self, tag: Tag) -> None:
        """Send a tag; only after Accepted."""
        self._out.append(self._writer.write(messages.MEDIA_STREAMS[tag.kind], messages.write_tag(tag, MEDIA_STREAM)))

    def finish(self) -> None:
        """Say goodbye, so that the server knows that this is the end and not an accident."""
        self._call("FCUnpublish", FC_UNPUBLISH, None, self._name)
        self._call("deleteStream", DELETE, None, float(MEDIA_STREAM))

    def _connect(self) -> None:
        fields: dict[str, amf0.Value] = {"app": self._app, "type": "nonprivate", "flashVer": "FMLE/3.0 (offair)"}
        if self._fourccs:
            fields["fourCcList"] = list(self._fourccs)
        self._call("connect", CONNECT, fields)
        self._out.append(self._writer.set_chunk_size(messages.CHUNK_SIZE))

    def _take(self, message: Message) -> Decision | None:
        if message.kind == messages.USER_CONTROL and message.payload[:2] == b"\x00\x06":
            pong = messages.user_control(messages.PING_RESPONSE, message.payload[2:6])
            self._out.append(self._writer.write(messages.CONTROL_STREAM, pong))
        if message.kind != messages.COMMAND:
            return None
        command = messages.read_command(message)
        words = command.arguments[0] if command.arguments else None
        told = words if isinstance(words, dict) else {}
        if command.name == "_result":
            self._go_on(command.transaction)
        elif command.name == "onStatus" and told.get("level") == "status":
            return Accepted() if told.get("code") == "NetStream.Publish.Start" else None
        elif command.name == "onStatus" or (command.name == "_error" and command.transaction in {CONNECT, CREATE}):
            return Rejected(str(told.get("code")), str(told.get("description")))
        return None

    def _go_on(self, transaction: float) -> None:
        if transaction == CONNECT:
            self._call("releaseStream", RELEASE, None, self._name)
            self._call("FCPublish", FC_PUBLISH, None, self._name)
            self._call("createStream", CREATE, None)
        elif transaction == CREATE:
            self._call("publish", PUBLISH, None, self._name, "live", stream_id=MEDIA_STREAM)

    def _call(
        self, name: str, transaction: float, subject: amf0.Value, *arguments: amf0.Value, stream_id: int = 0
    ) -> None:
        command = Command(name, transaction, subject, arguments, stream_id)
        self._out.append(self._writer.write(messages.COMMAND_STREAM, command.to_message()))
