"""A session speaks to a client that plays as ffmpeg, VLC and Flash expect it."""

import pytest

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.errors import ProtocolError
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter
from offair.emulator.media.ingest.rtmp.messages import Command
from offair.emulator.media.ingest.rtmp.session import PlayRequested, Session, Unpublished

HEADS = [
    Tag(TagKind.SCRIPT, 0, amf0.encode("onMetaData", {})),
    Tag(TagKind.VIDEO, 0, b"\x17\0\0\0\0avcC"),
    Tag(TagKind.AUDIO, 0, b"\xaf\0\x11\x90"),
]
KEY, OTHER = Tag(TagKind.VIDEO, 40, b"\x17\1\0\0\0k"), Tag(TagKind.VIDEO, 80, b"\x27\1\0\0\0o")
SOUND = Tag(TagKind.AUDIO, 50, b"\xaf\1s")


class Player:
    """A client whose every word a test chooses; what the server answers is read back."""

    def __init__(self, app="play", **fields):
        self.session = Session(bytes)
        self.session.receive(b"\x03" + bytes(2 * 1536))
        self.session.outgoing()
        self._writer, self._reader = ChunkWriter(), ChunkReader()
        self.call("connect", 1.0, {"app": app, **fields})
        self.heard()

    def call(self, name, transaction=0.0, subject=None, *arguments):
        message = Command(name, transaction, subject, arguments, 1).to_message()
        return self.session.receive(self._writer.write(3, message))

    def play(self, name="name"):
        return self.call("play", 4.0, None, name, -2000.0)

    def heard(self):
        return list(self._reader.receive(self.session.outgoing()))

    def told(self):
        """The codes of what is said, and the media, in order."""
        return [_read(message) for message in self.heard() if message.kind not in {messages.USER_CONTROL}]


def _read(message):
    if message.kind == messages.COMMAND:
        return messages.read_command(message).arguments[0]["code"].removeprefix("NetStream.")
    return messages.read_tag(message)


@pytest.fixture(name="player")
def _player():
    player = Player()
    player.play()
    player.session.show(HEADS)
    player.heard()
    return player


def test_who_plays_is_asked_about_with_all_that_it_said():
    player = Player("play?a=1", pageUrl="http://page.example/watch")

    assert [PlayRequested(app="play", name="n", query="a=1&b=2", page="http://page.example/watch")] == player.play(
        "n?b=2"
    )
    assert [] == player.heard()


def test_playing_begins_with_the_first_tags():
    player = Player()
    player.play()
    player.session.show([*HEADS, KEY])
    *said, access, _, _, _, key = player.told()

    assert ["Play.Reset", "Play.Start"] == said
    assert (b"|RtmpSampleAccess", KEY) == (access.payload[3:20], key)


def test_tags_are_told_as_they_are(player):
    player.session.show([KEY, SOUND, OTHER])

    assert [KEY, SOUND, OTHER] == player.told()


def test_what_is_not_there_is_said_to_be_not_found():
    player = Player()
    player.play()
    player.session.refuse("there is none", code="NetStream.Play.StreamNotFound")

    assert ["Play.StreamNotFound"] == player.told()
    assert player.session.wants_close


def test_who_is_sent_away_while_it_plays_hears_that_playing_failed(player):
    player.session.refuse("the server is closing")

    assert ["Play.Failed"] == player.told()


def test_the_end_is_told_in_every_word_that_players_listen_to(player):
    player.session.finish()
    messages_heard = player.heard()
    eof = messages_heard.pop()

    assert ["Play.UnpublishNotify", "Play.Stop"] == list(map(_read, messages_heard))
    assert (messages.USER_CONTROL, b"\0\1\0\0\0\1") == (eof.kind, eof.payload)
    assert player.session.wants_close


def test_nothing_is_shown_while_it_is_paused_and_then_from_a_key_frame_on(player):
    player.call("pause", 0.0, None, True, 40.0)  # noqa: FBT003 - RTMP's own form
    player.session.show([KEY, SOUND])
    player.call("pause", 0.0, None, False, 40.0)  # noqa: FBT003
    player.session.show([OTHER, SOUND])
    player.session.show([KEY, SOUND, OTHER])

    assert ["Pause.Notify", "Unpause.Notify", KEY, SOUND, OTHER] == player.told()


def test_sound_alone_goes_on_at_once():
    player = Player()
    player.play()
    player.session.show(HEADS[::2])
    player.call("pause", 0.0, None, True, 0.0)  # noqa: FBT003
    player.call("pause", 0.0, None, False, 0.0)  # noqa: FBT003
    player.heard()
    player.session.show([SOUND])

    assert [SOUND] == player.told()


def test_what_is_of_another_make_is_described_even_while_it_is_paused(player):
    player.call("pause", 0.0, None, True, 40.0)  # noqa: FBT003
    player.session.show([*HEADS, KEY])

    assert ["Pause.Notify", *HEADS] == player.told()


@pytest.mark.parametrize("word", ["deleteStream", "closeStream"])
def test_a_goodbye_ends_it(player, word):
    assert [Unpublished()] == player.call(word, 0.0, None, 1.0)
    player.session.show([KEY])
    assert [] == player.heard()


@pytest.mark.parametrize(("name", "answer"), [("getStreamLength", 0.0), ("createStream", 1.0)])
def test_what_players_ask_before_is_answered(name, answer):
    player = Player()
    player.call(name, 3.0, None, "name")
    (said,) = [messages.read_command(message) for message in player.heard()]

    assert ("_result", 3.0, (answer,)) == (said.name, said.transaction, said.arguments)


def test_who_subscribes_first_is_answered():
    player = Player()
    player.call("FCSubscribe", 0.0, None, "name")
    (said,) = [messages.read_command(message) for message in player.heard()]

    assert ("onFCSubscribe", "NetStream.Play.Start") == (said.name, said.arguments[0]["code"])


@pytest.mark.parametrize("name", ["play", "publish"])
def test_one_connection_plays_one_stream(player, name):
    with pytest.raises(ProtocolError, match=f"{name} came twice"):
        player.call(name, 5.0, None, "another")


def test_who_plays_may_send_no_media(player):
    with pytest.raises(ProtocolError, match="media came before a publish"):
        player.session.receive(ChunkWriter().write(6, messages.write_tag(KEY, 1)))
