"""A session speaks to a publishing client as ffmpeg, OBS and GStreamer expect it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats import amf0, flv
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.client import Accepted, Rejected
from offair.emulator.media.ingest.rtmp.messages import Command
from offair.emulator.media.ingest.rtmp.session import PublishRequested, Session, Unpublished, resolve

HELLO = b"\x03" + bytes(2 * 1536)


class Encoder:
    """A client whose every word a test chooses; what the server answers is read back."""

    def __init__(self, **options) -> None:
        self.session = Session(bytes, **options)
        self.session.receive(HELLO)
        self.session.outgoing()
        self._writer = ChunkWriter()
        self._reader = ChunkReader()

    def send(self, message: Message) -> list:
        return self.session.receive(self._writer.write(3, message))

    def call(self, name, transaction=0.0, subject=None, *arguments, stream_id=0) -> list:
        return self.send(Command(name, transaction, subject, arguments, stream_id).to_message())

    def heard(self) -> list[Message]:
        return list(self._reader.receive(self.session.outgoing()))

    def heard_commands(self) -> list[Command]:
        return [messages.read_command(message) for message in self.heard() if message.kind == messages.COMMAND]

    def publish(self) -> None:
        self.call("connect", 1.0, {"app": "live"})
        self.call("publish", 5.0, None, "key", "live", stream_id=1)
        self.session.accept()
        self.heard()


def test_a_publication_arrives_tag_by_tag(talk, publication):
    pair = talk(name="key?x=1")
    pair.go_on()
    for tag in publication:
        pair.client.send(tag)
    pair.client.finish()
    pair.go_on()

    assert [Accepted()] == pair.verdicts
    assert [PublishRequested(app="live", name="key", query="x=1"), *publication, Unpublished()] == pair.events


def test_metadata_arrives_without_the_mark_that_is_for_the_server(talk):
    script = Tag(TagKind.SCRIPT, 0, amf0.encode("onMetaData", {"width": 2.0}))
    pair = talk()
    pair.go_on()
    pair.client.send(script)
    pair.go_on()

    assert script == pair.events[-1]


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=8))
def test_the_same_bytes_tell_the_same_however_they_are_cut(talk, publication, lengths):
    pair = talk()
    pair.go_on()
    for tag in publication:
        pair.client.send(tag)
    pair.client.finish()
    pair.go_on()
    data, session, events = b"".join(pair.said), Session(bytes), []

    at, turn = 0, 0
    while at < len(data):
        length = lengths[turn % len(lengths)]
        found = session.receive(data[at : at + length])
        events += found
        if any(isinstance(event, PublishRequested) for event in found):
            events += session.accept()
        at, turn = at + length, turn + 1

    assert pair.events == events


def test_a_refusal_reaches_the_client_in_words(talk):
    pair = talk()
    pair.go_on(lambda session: session.refuse("invalid stream key"))

    assert [Rejected("NetStream.Publish.BadName", "invalid stream key")] == pair.verdicts
    assert pair.session.wants_close


def test_a_revoked_client_is_told_why(talk, publication):
    pair = talk()
    pair.go_on()
    pair.session.refuse("the key was reset")
    pair.client.send(publication[0])
    pair.go_on()

    assert [Accepted(), Rejected("NetStream.Publish.BadName", "the key was reset")] == pair.verdicts
    assert 1 == len(pair.events)
    assert pair.session.wants_close


@pytest.mark.parametrize(
    ("app", "name", "query"),
    [
        ("live", "key", ""),
        ("live", "key?x=1", "x=1"),
        ("live/", "/key", ""),
        ("live/key", "", ""),
        ("live/key?x=1", "", "x=1"),
        ("live?a=1", "key?x=1", "a=1&x=1"),
        ("live/key/", "", ""),
        ("/live/key/", "/", ""),
        ("live", "key/?x=1", "x=1"),
        ("live/key/?x=1", "", "x=1"),
        ("", "live/key", ""),
        ("", "live/key?x=1", "x=1"),
        ("/", "/live/key", ""),
    ],
)
def test_the_key_is_found_wherever_an_encoder_puts_it(app, name, query):
    assert PublishRequested(app="live", name="key", query=query) == resolve(app, name)


@pytest.mark.parametrize(("app", "name"), [("key", ""), ("", "key"), ("key/", "/")])
def test_a_path_of_one_part_is_a_key_without_an_application(app, name):
    assert PublishRequested(app="", name="key", query="") == resolve(app, name)


def test_a_longer_path_belongs_to_the_name():
    assert PublishRequested(app="live", name="room/key", query="") == resolve("live/room", "key")


def test_connect_sets_windows_and_a_chunk_size_and_is_answered():
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})

    window, bandwidth, result = encoder.heard()
    assert [messages.WINDOW_ACKNOWLEDGEMENT_SIZE, messages.SET_PEER_BANDWIDTH] == [window.kind, bandwidth.kind]
    answer = messages.read_command(result)
    assert ("_result", 1.0) == (answer.name, answer.transaction)
    assert "NetConnection.Connect.Success" == answer.arguments[0]["code"]


@pytest.mark.parametrize(("offered", "told"), [(["hvc1", "xxxx"], ["hvc1", "av01", "vp09"]), (None, None)])
def test_enhanced_codecs_are_named_to_who_asks(offered, told):
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"} | ({"fourCcList": offered} if offered else {}))

    (answer,) = encoder.heard_commands()
    assert told == answer.arguments[0].get("fourCcList")


def test_the_usual_questions_are_answered_before_a_verdict():
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})
    encoder.heard()
    for transaction, name in enumerate(["releaseStream", "FCPublish", "createStream", "_checkbw"], start=2):
        encoder.call(name, float(transaction), None, "key")

    answers = encoder.heard_commands()
    assert [("_result", 2.0), ("_result", 3.0), ("_result", 4.0), ("_result", 5.0)] == [
        (answer.name, answer.transaction) for answer in answers
    ]
    assert (1.0,) == answers[2].arguments


@pytest.mark.parametrize("step", [1, 100, 65_536])
def test_an_encoder_need_not_wait_for_any_answer(publication, step):
    """OBS's order of commands, all of them and the first media at once."""
    writer = ChunkWriter()
    order = ["releaseStream", "FCPublish", "createStream", "_checkbw"]
    calls = [Command(name, float(number), None, ("key",)) for number, name in enumerate(order, start=2)]
    commands = [Command("connect", 1.0, {"app": "live"}), *calls, Command("publish", 6.0, None, ("key", "live"), 1)]
    said = HELLO + b"".join(writer.write(3, command.to_message()) for command in commands)
    said += b"".join(writer.write(4, messages.write_tag(tag, 1)) for tag in publication)
    session, events = Session(bytes), []
    for at in range(0, len(said), step):
        events += session.receive(said[at : at + step])

    assert [PublishRequested(app="live", name="key", query="")] == events
    assert list(publication) == session.accept()


def test_nothing_sounds_like_a_yes_before_the_verdict():
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})
    encoder.call("FCPublish", 3.0, None, "key")
    encoder.heard()
    encoder.call("publish", 5.0, None, "key", "live", stream_id=1)

    assert [] == encoder.heard()
    encoder.session.accept()
    assert ["onFCPublish", "onStatus"] == [command.name for command in encoder.heard_commands()]


def test_media_that_comes_before_the_verdict_waits_for_it(publication):
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})
    encoder.call("publish", 5.0, None, "key", "live", stream_id=1)

    early = [event for tag in publication for event in encoder.send(messages.write_tag(tag, 1))]

    assert [] == early
    assert list(publication) == encoder.session.accept()


def test_what_waits_for_a_verdict_is_bounded():
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})
    encoder.call("publish", 5.0, None, "key", "live", stream_id=1)
    tag = Tag(TagKind.VIDEO, 0, bytes(1 << 20))

    with pytest.raises(ProtocolError, match="before the publish was answered"):
        for _ in range(9):
            encoder.send(messages.write_tag(tag, 1))


@pytest.mark.parametrize("goodbye", ["FCUnpublish", "deleteStream", "closeStream"])
def test_a_goodbye_is_heard_and_not_answered(goodbye):
    """A client that is leaving reads no more, and unread bytes would turn its close into a reset."""
    encoder = Encoder()
    encoder.publish()

    assert [Unpublished()] == encoder.call(goodbye, 6.0, None, "key")
    assert [] == encoder.call("deleteStream", 7.0, None, 1.0)
    assert [] == encoder.heard()


def test_nonsense_behind_a_goodbye_does_not_undo_it():
    encoder = Encoder()
    encoder.publish()
    goodbye = Command("deleteStream", 0.0, None, (1.0,)).to_message()

    assert [Unpublished()] == encoder.session.receive(ChunkWriter().write(3, goodbye) + b"\xc9" * 20)


def test_a_picture_larger_than_a_stranger_may_send_may_come_with_the_publish():
    """An encoder that waits for no answer sends both at once."""
    encoder = Encoder()
    encoder.call("connect", 1.0, {"app": "live"})
    publish = Command("publish", 5.0, None, ("key", "live"), 1).to_message()
    picture = Tag(TagKind.VIDEO, 0, b"\x17\x01" + bytes(100_000))
    writer = ChunkWriter()

    encoder.session.receive(writer.write(3, publish) + writer.write(6, messages.write_tag(picture, 1)))

    assert [picture] == encoder.session.accept()


def test_an_unknown_procedure_fails_and_an_unknown_notice_is_ignored():
    encoder = Encoder()
    encoder.publish()
    encoder.call("inventSomething", 9.0)
    encoder.call("justSaying", 0.0)

    (answer,) = encoder.heard_commands()
    assert ("_error", 9.0) == (answer.name, answer.transaction)


def test_a_ping_is_answered():
    encoder = Encoder()
    encoder.publish()
    encoder.send(messages.user_control(messages.PING_REQUEST, b"\x00\x00\x00\x2a"))

    assert [messages.user_control(messages.PING_RESPONSE, b"\x00\x00\x00\x2a")] == encoder.heard()


def test_bytes_are_acknowledged_once_a_window_to_who_asks_for_it():
    encoder = Encoder()
    encoder.publish()
    encoder.send(messages.number(messages.WINDOW_ACKNOWLEDGEMENT_SIZE, 2_500_000))
    for _ in range(6):
        encoder.send(messages.write_tag(Tag(TagKind.VIDEO, 0, bytes(1 << 20)), 1))

    assert [messages.ACKNOWLEDGEMENT] * 2 == [message.kind for message in encoder.heard()]


def test_nobody_is_acknowledged_unasked():
    """What a flooding client has not read when it closes makes a reset of its close, and loses its last tags."""
    encoder = Encoder()
    encoder.publish()
    for _ in range(6):
        encoder.send(messages.write_tag(Tag(TagKind.VIDEO, 0, bytes(1 << 20)), 1))

    assert [] == encoder.heard()


def test_amf3_commands_and_data_are_amf0_behind_a_byte():
    encoder = Encoder()
    encoder.publish()
    script = amf0.encode("onMetaData", {})

    (tag,) = encoder.send(Message(messages.DATA_AMF3, 0, 1, b"\x00" + script))
    gone = encoder.send(Message(messages.COMMAND_AMF3, 0, 1, b"\x00" + amf0.encode("deleteStream", 0.0, None, 1.0)))

    assert (Tag(TagKind.SCRIPT, 0, script), [Unpublished()]) == (tag, gone)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        pytest.param(Message(9, 0, 1, b"\x17\x01"), "media came before a publish", id="media"),
        pytest.param(Command("publish", 5.0).to_message(), "before connect", id="publish"),
        pytest.param(Message(20, 0, 0, b"\x05"), "must start with its name", id="no-name"),
        pytest.param(Message(20, 0, 0, amf0.encode("connect", "1")), "number as its transaction", id="no-number"),
        pytest.param(Message(20, 0, 0, bytes(65_537)), "a message of 65537 bytes", id="a-huge-first-word"),
    ],
)
def test_what_a_stranger_may_not_say(message, words):
    with pytest.raises(ProtocolError, match=words):
        Encoder().send(message)


@pytest.mark.parametrize("name", ["connect", "publish"])
def test_nobody_connects_or_publishes_twice(name):
    encoder = Encoder()
    encoder.publish()

    with pytest.raises(ProtocolError, match=f"{name} came twice"):
        encoder.call(name, 8.0, {"app": "live"}, "key")


def test_a_huge_command_is_refused_even_from_a_publisher():
    encoder = Encoder()
    encoder.publish()

    with pytest.raises(ProtocolError, match="a command of 70000 bytes"):
        encoder.send(Message(messages.COMMAND, 0, 0, bytes(70_000)))


def aggregate(tags, *, at):
    content = b"".join(flv.pack(tag) for tag in tags)
    return Message(messages.AGGREGATE, at, 1, content)


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(0, 5000), min_size=1, max_size=6), st.integers(0, 0xFFFFFFFF))
def test_an_aggregate_is_its_parts_counted_from_its_own_time(at, steps, base):
    encoder = Encoder()
    encoder.publish()
    times = [sum(steps[:count]) for count in range(len(steps))]
    tags = [Tag(TagKind.VIDEO, (base + time) & 0xFFFFFFFF, bytes([0x17, 1, time & 255])) for time in times]
    events = encoder.send(aggregate(tags, at=at))

    assert [(at + time) & 0xFFFFFFFF for time in times] == [tag.timestamp for tag in events]
    assert [tag.payload for tag in tags] == [tag.payload for tag in events]


@pytest.mark.parametrize("cut", [5, 12, 20])
def test_an_aggregate_that_ends_within_a_part_is_refused(cut):
    encoder = Encoder()
    encoder.publish()
    whole = aggregate([Tag(TagKind.VIDEO, 0, bytes(20))], at=0)

    with pytest.raises(ProtocolError, match="aggregate"):
        encoder.send(whole._replace(payload=whole.payload[:cut]))
