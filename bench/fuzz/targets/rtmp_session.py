"""An RTMP session after its handshake: events or a ProtocolError, the same however the bytes are cut."""

from typing import Any

from cuts import outcome, pieces

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.messages import Command
from offair.emulator.media.ingest.rtmp.session import PublishRequested, Session, Unpublished

HELLO = b"\x03" + bytes(2 * 1536)
MOST_ANSWERS = 64  # bytes of answers to a byte that came, and two chunk sizes for the verdicts


def _said(*items: Command | Message) -> bytes:
    writer = ChunkWriter()
    return b"".join(writer.write(3, item.to_message() if isinstance(item, Command) else item) for item in items)


CONNECT = Command("connect", 1.0, {"app": "live", "fourCcList": ["hvc1"]})
PUBLISH = Command("publish", 5.0, None, ("key?a=b", "live"), 1)
PICTURE = messages.write_tag(Tag(TagKind.VIDEO, 40, b"\x17\x01\0\0\0"), 1)
SCRIPT = messages.write_tag(Tag(TagKind.SCRIPT, 0, amf0.encode("onMetaData", {"width": 2.0})), 1)
CALLS = [Command(name, 2.0, None, ("key",)) for name in ("releaseStream", "FCPublish", "createStream", "_checkbw")]
WINDOW = messages.number(messages.WINDOW_ACKNOWLEDGEMENT_SIZE, 1)
PING = messages.user_control(messages.PING_REQUEST, b"\0\0\0\1")
GOODBYE = Command("deleteStream", 0.0, None, (1.0,))
CLOSE = Message(messages.COMMAND_AMF3, 0, 1, b"\0" + amf0.encode("closeStream", 0.0))
SEEDS = (
    b"\x09" + _said(CONNECT, *CALLS, PUBLISH, SCRIPT, PICTURE, WINDOW, PING, GOODBYE),
    b"\x01" + _said(CONNECT, Command("play", 4.0, None, ("key",), 1)),
    b"\x80" + _said(CONNECT, Command("nonsense", 4.0), PUBLISH, CLOSE),
)


def consume(data: bytes) -> None:
    """The first byte says into what pieces the rest is cut."""
    step, said = data[0] + 1 if data else 1, data[1:]
    (whole, is_refused), (cut, is_cut_refused) = _talk(said, len(said) or 1), _talk(said, step)
    if is_refused == is_cut_refused:
        assert whole == cut
    else:  # what came behind a goodbye was nonsense, which is heard as long as the publish is not answered
        assert isinstance((whole or cut)[-1], Unpublished)


def _talk(said: bytes, length: int) -> tuple[list[Any], bool]:
    session = Session(bytes)
    session.receive(HELLO)
    greeting = len(session.outgoing())
    answers = 0

    def receive(piece: bytes) -> list[Any]:
        nonlocal answers
        events = session.receive(piece)
        if any(isinstance(event, PublishRequested) for event in events):
            events += session.accept()
        answers += len(session.outgoing())
        return events

    events, refusal = outcome(receive, pieces(said, length), ProtocolError)
    assert answers <= MOST_ANSWERS * len(said) + 2 * greeting
    if refusal is not None:
        return [], True  # how much was understood before depends on where the pieces end
    goodbyes = [number for number, event in enumerate(events) if isinstance(event, Unpublished)]
    assert goodbyes in ([], [len(events) - 1])
    return events, False
