"""The door and the port: publishers over real UDP, who is let in, and how each comes to its end."""

import os
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import webrtc
from streams import rung, stream

from offair.emulator.core.clock import Deadline
from offair.emulator.core.ports import Answered, Reason, Refused
from offair.emulator.core.problems import Problem
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.whip.door import reachable
from offair.emulator.media.ingest.whip.stun import COOKIE

PATIENCE = 30.0
STREAM = replace(stream(rung()), app="live", key="key")


class Dialled(webrtc.Publisher):
    """A publisher on a UDP socket."""

    def __init__(self, port, identity, answered) -> None:
        super().__init__(identity, answered.sdp)
        self.session = answered.session
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))

    def listen(self, seconds=0.0) -> None:
        """Hear what has come, and answer as a publisher does."""
        while select.select([self.socket], [], [], seconds)[0]:
            for answer in self.hear(self.socket.recv(2048), 0.0):
                self.socket.send(answer)
            seconds = 0.0

    def until(self, condition) -> None:
        deadline = Deadline(PATIENCE)
        while not condition():
            assert not deadline.is_over
            self.listen(0.01)

    def ask(self) -> None:
        """Knock, and wait for the answer."""
        bound = self.bound
        self.socket.send(self.knock())
        self.until(lambda: self.bound > bound)

    def connect(self) -> "Dialled":
        self.ask()
        self.until(lambda: self.is_open)
        return self

    def publish(self, number, *, is_key) -> None:
        for datagram in self.say(number * 3000, webrtc.picture(number, is_key=is_key)):
            self.socket.send(datagram)
        self.listen()


@pytest.fixture(name="edge")
def _edge(open_edge):
    return open_edge(whip_port=0, random_bytes=os.urandom)


@pytest.fixture(name="dialled")
def _dialled(their_identity):
    """Let a publisher in, and connect it."""
    opened = []

    def dialled(edge) -> Dialled:
        answered = edge.whip.open(STREAM, webrtc.offer(their_identity))
        opened.append(Dialled(edge.whip_port, their_identity, answered))
        return opened[-1].connect()

    yield dialled
    for one in opened:
        one.socket.close()


def desk_of(door):
    return door.desks.get(timeout=PATIENCE)


def picture_of(desk):
    """The next picture that a desk hears."""
    while not (isinstance(heard := desk.next(), Tag) and heard.is_picture):
        assert isinstance(heard, Tag)
    return heard


def _take_turn(edge) -> None:
    """Wait until the loop has done what was asked of it."""
    turn = threading.Event()
    edge._loop.call_soon_threadsafe(turn.set)
    assert turn.wait(PATIENCE)


def test_a_publisher_that_is_let_in_is_heard(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    publisher.publish(0, is_key=True)
    knock = door.knocks.get(timeout=PATIENCE)

    assert ("whip", "live", "key") == (knock.protocol, knock.app, knock.name)
    assert (TagKind.SCRIPT, True) == (desk.next().kind, picture_of(desk).is_keyframe)


def test_what_came_with_the_offer_is_known_at_the_door(edge, door, their_identity):
    edge.whip.open(STREAM, webrtc.offer(their_identity), peer="192.0.2.7", query="name=a%20b")
    knock = door.knocks.get(timeout=PATIENCE)

    assert ("192.0.2.7", "name=a%20b") == (knock.peer, knock.query)


def test_a_refused_offer_is_answered_with_the_words(edge, their_identity):
    refused = edge.whip.open(replace(STREAM, key="wrong"), webrtc.offer(their_identity))

    assert Refused(Reason.UNKNOWN_KEY, "invalid stream key") == refused


def test_nobody_is_asked_about_an_offer_that_cannot_be_taken(edge, door, their_identity):
    for text in ("nonsense", webrtc.offer(their_identity, codec="VP8")):
        with pytest.raises(Problem):
            edge.whip.open(STREAM, text)

    assert door.knocks.empty()


def test_the_answer_names_the_port_that_is_listened_on(edge, their_identity):
    answered = edge.whip.open(STREAM, webrtc.offer(their_identity))

    assert isinstance(answered, Answered)
    assert f"127.0.0.1 {edge.whip_port} typ host" in answered.sdp


def test_whoever_knows_the_session_ends_it_once(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    ended = [edge.whip.end(publisher.session) for _ in range(2)]
    publisher.until(lambda: publisher.dtls.is_over)

    assert ([True, False], True) == (ended, desk.rest()[-1])


def test_a_session_can_be_ended_before_its_publisher_came(edge, door, their_identity):
    answered = edge.whip.open(STREAM, webrtc.offer(their_identity))

    assert (True, True) == (edge.whip.end(answered.session), desk_of(door).rest()[-1])


def test_nobody_else_knows_the_session(edge):
    assert not edge.whip.end("guessed")


def test_a_publishers_goodbye_is_its_end(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    for datagram in publisher.dtls.close():
        publisher.socket.send(datagram)

    assert (True, False) == (desk.rest()[-1], edge.whip.end(publisher.session))


def test_a_publisher_that_falls_silent_is_ended_without_a_goodbye(open_edge, door, dialled):
    edge = open_edge(whip_port=0, random_bytes=os.urandom, stale_after=2.0)
    publisher, desk = dialled(edge), desk_of(door)

    assert (False, False) == (desk.rest()[-1], edge.whip.end(publisher.session))
    assert "no media for 2 s" in door.problems.get(timeout=PATIENCE)[1]


def test_a_publisher_that_says_no_more_than_that_it_is_there_stays(open_edge, door, dialled, leap):
    edge = open_edge(whip_port=0, random_bytes=os.urandom, stale_after=PATIENCE)
    publisher, desk = dialled(edge), desk_of(door)
    for _ in range(3):
        leap(0.8 * PATIENCE)
        publisher.ask()
    publisher.publish(0, is_key=True)

    assert picture_of(desk).is_keyframe


def test_what_is_wrong_with_its_media_is_told(edge, door, dialled):
    publisher = dialled(edge)
    for group in range(9):
        for number in (3, 1, 2):
            publisher.publish(3 * group + number, is_key=not group and number == 3)

    assert "B frames" in door.problems.get(timeout=PATIENCE)[1]


def test_many_publish_over_one_socket(edge, door, dialled):
    publishers = [dialled(edge) for _ in range(3)]
    for number, publisher in enumerate(publishers):
        publisher.publish(number, is_key=True)
    desks = [desk_of(door) for _ in publishers]

    assert [0, 1, 2] == sorted(int.from_bytes(bytes(picture_of(desk).picture[1])[5:9]) for desk in desks)
    assert {edge.whip_port} == {publisher.socket.getpeername()[1] for publisher in publishers}


def test_a_wrong_certificate_ends_it_and_is_told(edge, door, identity, their_identity):
    answered = edge.whip.open(STREAM, webrtc.offer(their_identity))
    stranger = Dialled(edge.whip_port, identity, answered)
    stranger.socket.send(stranger.knock())
    stranger.until(lambda: not door.problems.empty())
    stranger.socket.close()

    assert ("another certificate" in door.problems.get()[1], False) == (True, desk_of(door).rest()[-1])


def test_what_belongs_to_nobody_hurts_nobody(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    forged = [webrtc.request(publisher.ufrag, "guessed"), webrtc.request("nobody", publisher.password)]
    cut = [b"\0\1\0\4" + COOKIE.to_bytes(4) + bytes(12), b"", b"\x80", b"\x16" * 40, bytes(2000)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in (*forged, *cut, publisher.say(0, [b"\x41"])[0]) * 50:
            stranger.sendto(datagram, ("127.0.0.1", edge.whip_port))
    publisher.publish(1, is_key=True)

    assert (True, True) == (picture_of(desk).is_keyframe, door.problems.empty())


def test_a_held_publisher_goes_on_at_a_key_frame_that_is_asked_for(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    publisher.publish(0, is_key=True)
    picture_of(desk)
    desk.connection.pause()
    _take_turn(edge)
    publisher.reports.clear()
    publisher.publish(1, is_key=False)
    publisher.ask()  # what was sent before is heard by now
    desk.connection.resume()
    _take_turn(edge)
    publisher.publish(2, is_key=False)
    publisher.until(lambda: (206, 1) in webrtc.kinds(publisher.reports))
    publisher.publish(3, is_key=True)

    assert (True, 3) == ((heard := picture_of(desk)).is_keyframe, int.from_bytes(bytes(heard.picture[1])[5:9]))


def test_an_intake_that_closes_is_a_goodbye_to_the_publisher(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    desk.connection.close("the stream is over")
    publisher.until(lambda: publisher.dtls.is_over)

    assert desk.rest()[-1] is False


def test_more_than_there_is_room_for_are_refused(open_edge, their_identity):
    edge = open_edge(whip_port=0, random_bytes=os.urandom, most=1)
    edge.whip.open(STREAM, webrtc.offer(their_identity))
    refused = edge.whip.open(STREAM, webrtc.offer(their_identity))

    assert Reason.OUT_OF_ROOM == refused.reason


def test_closing_answers_whoever_still_waits(open_edge, door, their_identity):
    edge = open_edge(whip_port=0, random_bytes=os.urandom)
    asked, answer = threading.Event(), threading.Event()
    door.judge = lambda: (asked.set(), answer.wait(PATIENCE))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(edge.whip.open, STREAM, webrtc.offer(their_identity))
        assert asked.wait(PATIENCE)
        edge.close()
        refused = waiting.result(PATIENCE)
        answer.set()

    assert (Reason.NOT_ACCEPTING, Reason.NOT_ACCEPTING) == (
        refused.reason, edge.whip.open(STREAM, webrtc.offer(their_identity)).reason,
    )  # fmt: skip


def test_closing_says_goodbye_to_publishers(edge, door, dialled):
    publisher, desk = dialled(edge), desk_of(door)
    edge.close()
    publisher.until(lambda: publisher.dtls.is_over)

    assert desk.rest()[-1] is False


def test_an_edge_that_takes_no_whip_says_so(open_edge, their_identity):
    refused = open_edge().whip.open(STREAM, webrtc.offer(their_identity))

    assert Reason.NOT_ACCEPTING == refused.reason


def test_it_opens_again_after_it_was_closed(edge, door, dialled):
    dialled(edge)
    desk_of(door)
    edge.close()
    edge.start()
    publisher, desk = dialled(edge), desk_of(door)
    publisher.publish(0, is_key=True)

    assert picture_of(desk).is_keyframe


def test_where_all_addresses_are_listened_on_the_shown_one_comes_first():
    everywhere = reachable("0.0.0.0", "127.0.0.2")

    assert ["127.0.0.2", "127.0.0.1"] == list(everywhere[:2])
    assert (["127.0.0.1"], ["::1"]) == (reachable("127.0.0.1", "x.invalid"), reachable("::1", ""))
