"""The server's side of one RTMP connection that publishes or plays: bytes in, events and bytes out, no socket.

Commands come as ffmpeg, OBS and GStreamer send them: connect, releaseStream, FCPublish, createStream, publish,
media, FCUnpublish, deleteStream (Adobe RTMP 1.0, 7.2; the FC commands are Flash Media Live Encoder's). Players say
connect, createStream, FCSubscribe, play, pause and deleteStream.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import LONGEST_MESSAGE, ChunkReader, ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.handshake import ServerHandshake
from offair.emulator.media.ingest.rtmp.messages import Command
from offair.emulator.media.ingest.rtmp.playing import PLAY_FAILED, Playing

STRANGERS_MESSAGE = 65_536  # bytes, before somebody has asked to publish
MOST_HELD = 8 << 20  # bytes that may come before a publish is answered
SMALLEST_WINDOW = 65_536
# Each message costs those who publish a moment of the thread that reads them all, however few bytes it has.
MOST_SAID = 256  # messages of who does not publish, and one more for each that it is shown
MOST_SAID_BYTES = 131_072  # in these, and SHORTEST for each more
SHORTEST = 8  # bytes that the messages of who publishes have, on average; silence in Opus has 11 with its headers
BAD_NAME = "NetStream.Publish.BadName"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequested:
    """The client asks to publish; answer with ``accept`` or ``refuse``. Media waits until then."""

    app: str
    name: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRequested:
    """The client asks to see something, on a page's behalf where it says so; answer with ``show`` or ``refuse``."""

    app: str
    name: str
    query: str
    page: str


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The client said goodbye: what follows on this connection means nothing."""


SessionEvent = PublishRequested | PlayRequested | Tag | Unpublished


_State = Literal[
    "greeting",
    "connected",
    "asking",  # publish came and is not answered
    "publishing",
    "playing",  # or about to: nothing is said about it before there is something to show
    "over",
]


class Session:
    """Answers one client, which publishes or plays."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._handshake = ServerHandshake(random_bytes)
        self._reader = ChunkReader(longest=STRANGERS_MESSAGE)
        self._writer = ChunkWriter()
        self._out: list[bytes] = []
        self._state: _State = "greeting"
        self._app = ""
        self._page = ""
        self._name = ""
        self._stream_id = 0
        self._wants_fc_answer = False
        self._held: list[Message] = []
        self._held_bytes = 0
        self._received = 0
        self._said = self._said_bytes = 0  # messages, and what is in them
        self._shown = 0  # tags, to who plays
        self._acknowledged = 0
        self._playing: Playing | None = None
        self._window: int | None = None  # bytes between acknowledgements, once the client has asked for them
        self.wants_close = False  # everything is said: send what is outgoing, then close

    def receive(self, data: bytes) -> list[SessionEvent]:
        """Take the client's bytes, cut anywhere, and tell what happened.

        ProtocolError when they are hostile or not RTMP; then the connection is to be closed without a word.
        """
        events: list[SessionEvent] = []
        if self._is_over:
            return events
        self._received += len(data)
        if not self._handshake.is_over:
            answer, data = self._handshake.receive(data)
            self._out.append(answer)
        for message in self._reader.receive(data) if data else ():
            self._measure(message)
            self._take(message, events)
            if self._state == "over":  # what follows means nothing, and by being nonsense must not undo a goodbye
                break
        self._acknowledge()
        return events

    def outgoing(self) -> bytes:
        """Give the bytes to send, once."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def accept(self) -> list[SessionEvent]:
        """Say yes to the publish; gives what came while the question was open."""
        self._state = "publishing"
        if self._wants_fc_answer:
            words: dict[str, amf0.Value] = {"code": "NetStream.Publish.Start", "description": self._name}
            self._call(Command("onFCPublish", 0.0, None, (words,)))
        self._send(messages.user_control(messages.STREAM_BEGIN, self._stream_id.to_bytes(4, "big")))
        self._say("status", "NetStream.Publish.Start", "the stream is published")
        held, self._held = self._held, []
        events: list[SessionEvent] = []
        for message in held:
            self._take(message, events)
        return events

    def show(self, tags: Sequence[Tag]) -> None:
        """Send tags to a client that plays, the first of which say yes to it; nothing to one that has gone."""
        if self._playing is not None and not self._is_over:
            self._shown += len(tags)
            self._out += self._playing.show(tags)

    def finish(self) -> None:
        """Tell a client that plays that nothing follows; then the connection is over."""
        if self._playing is not None and not self._is_over:
            self._out += self._playing.finish()
            self._end()

    def refuse(self, description: str, *, code: str | None = None) -> None:
        """Say no, to what is asked for or (a key was revoked) goes on; then the connection is over."""
        usual = BAD_NAME if self._playing is None else PLAY_FAILED
        self._say("error", code or usual, description)
        self._end()

    @property
    def _is_over(self) -> bool:
        return self._state == "over"

    def _measure(self, message: Message) -> None:
        """Send away who says more than anybody has to say, in many small pieces or in all."""
        self._said += 1
        if self._state in {"asking", "publishing"}:
            if self._said > MOST_SAID + self._received // SHORTEST:
                raise ProtocolError(f"{self._said} messages in {self._received} bytes: nobody's media is cut so small")
            return
        self._said_bytes += len(message.payload)
        if self._said > MOST_SAID + self._shown or self._said_bytes > MOST_SAID_BYTES + self._shown * SHORTEST:
            raise ProtocolError(f"{self._said} messages of {self._said_bytes} bytes, and none of them publishes")

    def _take(self, message: Message, events: list[SessionEvent]) -> None:
        if self._state == "over":
            return
        if self._state == "asking":
            self._hold(message)
            return
        if message.kind == messages.AGGREGATE:
            for part in messages.split_aggregate(message):
                self._take(part, events)
            return
        tag = messages.read_tag(message)
        if tag is not None:
            if self._state != "publishing":
                raise ProtocolError("media came before a publish")
            events.append(tag)
        elif message.kind in {messages.COMMAND, messages.COMMAND_AMF3}:
            self._obey(messages.read_command(message), events)
        elif message.kind == messages.WINDOW_ACKNOWLEDGEMENT_SIZE:
            self._window = max(SMALLEST_WINDOW, int.from_bytes(message.payload[:4], "big"))
        elif message.kind == messages.USER_CONTROL and message.payload[:2] == b"\x00\x06":
            self._send(messages.user_control(messages.PING_RESPONSE, message.payload[2:6]))

    def _acknowledge(self) -> None:
        """Acknowledge as often as the client asked to (5.4.4), and never unasked.

        An acknowledgement that is unread when the client closes turns its close into a reset, which costs us
        what it sent last.
        """
        if self._is_over or self._window is None or self._received - self._acknowledged < self._window:
            return
        self._acknowledged = self._received
        self._send(messages.number(messages.ACKNOWLEDGEMENT, self._received))

    def _hold(self, message: Message) -> None:
        self._held.append(message)
        self._held_bytes += len(message.payload) + 64  # and what a message weighs by itself
        if self._held_bytes > MOST_HELD:
            raise ProtocolError(f"more than {MOST_HELD} bytes came before the publish was answered")

    def _obey(self, command: Command, events: list[SessionEvent]) -> None:
        name = command.name
        if name == "connect":
            self._connect(command)
        elif self._state == "greeting":
            raise ProtocolError(f"the command {name[:40]!r} came before connect")
        elif name in {"releaseStream", "FCPublish", "_checkbw"}:
            self._wants_fc_answer = self._wants_fc_answer or name == "FCPublish"
            self._answer(command, None)
        elif name == "getStreamLength":
            self._answer(command, 0.0)  # it is live
        elif name == "FCSubscribe":
            words: dict[str, amf0.Value] = {"code": "NetStream.Play.Start", "description": command.text(0)}
            self._call(Command("onFCSubscribe", 0.0, None, (words,)))
        elif name == "createStream":
            self._answer(command, 1.0)
        elif name == "publish":
            self._publish(command, events)
        elif name in {"FCUnpublish", "deleteStream", "closeStream"}:
            if self._state in {"publishing", "playing"}:
                # No answer: nobody reads it any more, and unread bytes would turn the client's close into a reset.
                self._state = "over"
                events.append(Unpublished())
        elif name == "play":
            self._play(command, events)
        elif name == "pause" and self._playing is not None:
            self._out += self._playing.pause(is_paused=command.arguments[:1] == (True,))
        elif command.transaction:
            self._refuse_call(command, "NetConnection.Call.Failed", f"no such procedure: {name[:40]}")

    def _connect(self, command: Command) -> None:
        if self._state != "greeting":
            raise ProtocolError("connect came twice")
        fields = command.subject if isinstance(command.subject, dict) else {}
        app = fields.get("app")
        self._app = app if isinstance(app, str) else ""
        page = fields.get("pageUrl")
        self._page = page if isinstance(page, str) else ""
        self._state = "connected"
        self._send(messages.number(messages.WINDOW_ACKNOWLEDGEMENT_SIZE, messages.WINDOW))
        self._send(messages.peer_bandwidth(messages.WINDOW))
        self._out.append(self._writer.set_chunk_size(messages.CHUNK_SIZE))
        result: dict[str, amf0.Value] = {
            "level": "status",
            "code": "NetConnection.Connect.Success",
            "description": "Connection succeeded.",
            "objectEncoding": 0.0,
        }
        if "fourCcList" in fields:
            result["fourCcList"] = list(messages.FOURCCS)
        server: dict[str, amf0.Value] = {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31.0, "mode": 1.0}
        self._call(Command("_result", command.transaction, server, (result,)))

    def _publish(self, command: Command, events: list[SessionEvent]) -> None:
        if self._state != "connected":
            raise ProtocolError("publish came twice on one connection, or behind a play")
        self._state = "asking"
        self._stream_id = command.stream_id
        self._name = command.text(0)
        self._reader.longest = LONGEST_MESSAGE
        events.append(resolve(self._app, self._name))

    def _play(self, command: Command, events: list[SessionEvent]) -> None:
        if self._state != "connected":
            raise ProtocolError("play came twice on one connection, or behind a publish")
        self._state = "playing"
        self._stream_id = command.stream_id
        self._playing = Playing(self._writer, command.stream_id, command.text(0))
        wanted = resolve(self._app, command.text(0))
        events.append(PlayRequested(app=wanted.app, name=wanted.name, query=wanted.query, page=self._page))

    def _answer(self, command: Command, value: amf0.Value) -> None:
        if command.transaction:
            self._call(Command("_result", command.transaction, None, (value,)))

    def _refuse_call(self, command: Command, code: str, description: str) -> None:
        words: dict[str, amf0.Value] = {"level": "error", "code": code, "description": description}
        self._call(Command("_error", command.transaction, None, (words,)))

    def _say(self, level: str, code: str, description: str) -> None:
        self._call(messages.status(self._stream_id, level, code, description))

    def _call(self, command: Command) -> None:
        number = messages.STATUS_STREAM if command.stream_id else messages.COMMAND_STREAM
        self._out.append(self._writer.write(number, command.to_message()))

    def _send(self, message: Message) -> None:
        self._out.append(self._writer.write(messages.CONTROL_STREAM, message))

    def _end(self) -> None:
        self._state = "over"
        self._held.clear()
        self.wants_close = True


def resolve(app: str, name: str) -> PublishRequested:
    """Split what connect and publish said, wherever the key stands: the first part of the path is the application.

    ``live`` and ``KEY?x=1``, ``live/KEY?x=1`` and nothing, nothing and ``live/KEY?x=1``, ``live?x=1`` and ``KEY``:
    all mean the same. A path of one part is a key whose application is missing.
    """
    paths, queries = zip(*(part.partition("?")[::2] for part in (app, name)), strict=True)
    whole = "/".join(path.strip("/") for path in paths if path.strip("/"))
    first, slash, rest = whole.partition("/")
    if not slash:
        first, rest = "", whole
    return PublishRequested(app=first, name=rest, query="&".join(filter(None, queries)))
