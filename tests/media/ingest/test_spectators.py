"""Players at the edge: real sockets, a screen behind them, and nobody who stays for ever."""

import queue
import socket
import threading
from contextlib import ExitStack, closing, suppress

import pytest
from forging import Forge
from rtmp_caller import Caller

from offair.emulator.core.clock import Deadline
from offair.emulator.core.showing import Parting, Sight, Visible
from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest import judges, visit
from offair.emulator.media.ingest.rtmp import messages, transport
from offair.emulator.media.ingest.rtmp.chunks import ChunkReader, ChunkWriter
from offair.emulator.media.ingest.rtmp.client import Rejected
from offair.emulator.media.ingest.rtmp.messages import Command
from offair.emulator.media.listening.progressive.mux import place, write_init

PATIENCE = 30.0
FRAME = 200_000  # bytes
ROOM = 65_536  # bytes: what the system keeps for a player, which would be as much as it has
SHOWN = 60  # frames to a player that takes none: more than the system keeps for it, less than what cuts it off at once


class House:
    """A screen that hands whoever comes to the test."""

    def __init__(self):
        self.came, self.left = queue.Queue(), queue.Queue()

    def show(self, knock, onlooker):
        self.came.put((knock, onlooker))
        return lambda: self.left.put(knock)


class Hanging(House):
    """A screen that thinks about the name ``hangs`` until it ``goes_on``."""

    def __init__(self):
        super().__init__()
        self.goes_on = threading.Event()

    def show(self, knock, onlooker):
        if knock.name == "hangs":
            self.goes_on.wait(PATIENCE)
        return super().show(knock, onlooker)


class Player:
    """A player on a blocking socket."""

    def __init__(self, port, name="name"):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self._writer, self._reader = ChunkWriter(), ChunkReader()
        self.socket.sendall(b"\x03" + bytes(1536))
        self._skip(1 + 2 * 1536)
        self.socket.sendall(bytes(1536))
        self.say("connect", 1.0, {"app": "play"})
        self.say("play", 4.0, None, name)

    def _skip(self, count):
        while count:
            count -= len(self.socket.recv(count))

    def say(self, name, transaction=0.0, subject=None, *arguments):
        self.socket.sendall(self.written(name, transaction, subject, *arguments))

    def written(self, name, transaction=0.0, subject=None, *arguments):
        return self._writer.write(3, Command(name, transaction, subject, arguments, 1).to_message())

    def hear(self):
        """What is said and shown, until the server closes."""
        with suppress(ConnectionResetError):
            while data := self.socket.recv(65_536):
                yield from self._reader.receive(data)

    def hear_code(self, code):
        return next(message for message in self.hear() if code in message.payload)


@pytest.fixture(name="house")
def _house():
    return House()


@pytest.fixture(name="sight")
def _sight():
    init = write_init([Forge().track()])
    return Sight(init=init, picture=Visible(codec="avc1.42c01e", width=320, height=180, fps=25.0), sound=None)


@pytest.fixture(name="pictures")
def _pictures():
    """Fragments of one large key frame each."""
    forge = Forge()
    track, (sample,) = forge.track(), forge.samples([3600], keys=lambda _: True)
    large = sample._replace(content=memoryview(FRAME.to_bytes(4) + bytes(FRAME)))
    fragment = forge.fragment(track, [large])
    return [place(fragment, number=1, sequence=at + 1, time=at * 3600).pieces(0) for at in range(200)]


@pytest.fixture(name="play")
def _play(open_edge, house):
    def play(*, stale_after=PATIENCE, **wish):
        edge = open_edge(screen=house, stale_after=stale_after)
        player = Player(edge.port, **wish)
        return player, *house.came.get(timeout=PATIENCE)

    return play


def test_a_player_is_shown_what_it_asks_for(play, sight, pictures):
    player, knock, onlooker = play(name="name?token=1")
    with closing(player.socket):
        onlooker.begun(sight)
        onlooker.shown(pictures[:2])
        tags = _tags(player, 2)

    assert ("rtmp", "play", "name", "token=1") == (knock.protocol, knock.app, knock.name, knock.query)
    assert [(0, True, FRAME), (40, True, FRAME)] == [
        (tag.timestamp, tag.is_keyframe, len(tag.picture[1]) - 4) for tag in tags
    ]


def _tags(player, count):
    found: list[Tag] = []
    for message in player.hear():
        tag = messages.read_tag(message)
        if tag is not None and tag.is_picture:
            found.append(tag)
        if len(found) == count:
            break
    return found


def test_who_leaves_is_let_go(play, house, sight):
    player, knock, onlooker = play()
    onlooker.begun(sight)
    player.socket.close()

    assert knock == house.left.get(timeout=PATIENCE)


def test_a_player_that_says_nothing_stays_while_it_watches(play, house, sight, pictures):
    """Longer than an encoder may be silent."""
    player, _, onlooker = play(stale_after=0.2)
    with closing(player.socket):
        onlooker.begun(sight)
        player.hear_code(b"Play.Start")
        with pytest.raises(queue.Empty):
            house.left.get(timeout=0.6)
        onlooker.shown(pictures[:1])

        assert 1 == len(_tags(player, 1))


def test_who_takes_nothing_is_counted_and_can_be_cut_off(play, house, sight, pictures):
    player, knock, onlooker = play()
    with closing(player.socket):
        onlooker.begun(sight)
        waiting, deadline = 0, Deadline(PATIENCE)
        for batch in (pictures[at : at + 10] for at in range(0, SHOWN, 10)):
            onlooker.shown(batch)
        while waiting < 1 << 22 and not deadline.is_over:
            waiting = onlooker.shown(())
        onlooker.over(Parting.SLOW, "too slow")
        left = house.left.get(timeout=PATIENCE)

    assert knock == left
    assert 1 << 22 <= waiting <= (SHOWN + 1) * FRAME


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Parting.ABSENT, b"NetStream.Play.StreamNotFound"),
        (Parting.REFUSED, b"NetStream.Play.Failed"),
        (Parting.OVER, b"NetStream.Play.StreamNotFound"),  # before it began
    ],
)
def test_a_player_hears_why_there_is_nothing(play, house, ending, code):
    player, _, onlooker = play()
    with closing(player.socket):
        onlooker.over(ending, "no")
        said = list(player.hear())

    assert code in said[-1].payload
    assert house.left.get(timeout=PATIENCE)


def test_a_player_that_was_told_why_is_told_nothing_more(play, house, door):
    """Whoever shows a stream and whoever closes the door may both have something to say."""
    player, _, onlooker = play()
    with closing(player.socket):
        onlooker.over(Parting.REFUSED, "no")
        onlooker.over(Parting.ABSENT, "nor anything else")
        said = b"".join(message.payload for message in player.hear())
    assert house.left.get(timeout=PATIENCE)

    assert (True, False, True) == (b"Failed" in said, b"StreamNotFound" in said, door.problems.empty())


def test_a_stream_that_ends_is_said_to_have_ended(play, sight):
    player, _, onlooker = play()
    with closing(player.socket):
        onlooker.begun(sight)
        onlooker.over(Parting.OVER, "over")
        said = b"".join(message.payload for message in player.hear())

    assert b"NetStream.Play.UnpublishNotify" in said
    assert b"NetStream.Play.Stop" in said


def test_who_asks_and_asks_and_never_reads_is_cut_off(play, house, door, monkeypatch):
    monkeypatch.setattr(transport, "MOST_UNSEEN", 1 << 20)  # answers are small, and to fill it takes long
    player, _, _ = play()
    with closing(player.socket), suppress(OSError):
        questions = b"".join(player.written("noSuchThing", 1.0, None, "x" * 500) for _ in range(100))
        for _ in range(4_000):
            player.socket.sendall(questions)

    assert house.left.get(timeout=PATIENCE)
    assert "never reads" in door.problems.get(timeout=PATIENCE)[1]


def test_an_edge_without_a_screen_shows_nothing(open_edge):
    player = Player(open_edge().port)
    with closing(player.socket):
        assert b"NetStream.Play.StreamNotFound" in list(player.hear())[-1].payload


@pytest.fixture(name="hanging")
def _hanging():
    house = Hanging()
    yield house
    house.goes_on.set()


@pytest.fixture(name="crowd")
def _crowd(open_edge, hanging, monkeypatch):
    """Give the port of an edge where as many players as there are judges want what its screen thinks about."""
    monkeypatch.setattr(judges, "MOST", 4)
    monkeypatch.setattr(judges, "MOST_ALIKE", 2)
    edge = open_edge(screen=hanging)
    with ExitStack() as opened:
        for _ in range(judges.MOST):
            opened.enter_context(closing(Player(edge.port, "hangs").socket))
        yield edge.port


def test_players_of_what_hangs_keep_no_other_from_being_shown_what_it_asks_for(crowd, hanging):
    with closing(Player(crowd, "other").socket):
        assert "other" == hanging.came.get(timeout=PATIENCE)[0].name


def test_players_of_what_hangs_keep_no_encoder_of_it_from_being_judged(crowd):
    with Caller(crowd, "hangs", "play") as encoder:
        assert Rejected("NetStream.Publish.BadName", "invalid stream key") == encoder.ask()


def test_all_that_want_to_see_the_same_have_their_turn(crowd, hanging):
    hanging.goes_on.set()

    assert ["hangs"] * judges.MOST == [hanging.came.get(timeout=PATIENCE)[0].name for _ in range(judges.MOST)]


def test_a_player_about_whom_nobody_says_anything_is_told_so(open_edge, hanging, door, monkeypatch):
    monkeypatch.setattr(visit, "VERDICT", 0.1)
    player = Player(open_edge(screen=hanging).port, "hangs")
    with closing(player.socket):
        words = "nobody could say within 0.1 s whether this may be watched"

        assert player.hear_code(words.encode())
    assert f"{words}; the player is refused" == door.problems.get(timeout=PATIENCE)[1]
