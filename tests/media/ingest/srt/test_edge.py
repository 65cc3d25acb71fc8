"""SRT at the edge: real datagrams, one port, and an intake that hears of the end exactly once."""

import os
import socket
import threading

import pytest
from rtmp_caller import Caller

from offair.emulator.core.clock import Deadline
from offair.emulator.core.ports import Knock, Reason, Refused
from offair.emulator.media.ingest.edge import CannotListenError, Edge
from offair.emulator.media.ingest.reception import Chunk
from offair.emulator.media.ingest.srt.packets import ControlType
from offair.emulator.media.ingest.srt.session import IDLE

PATIENCE = 30.0
WORDS = "a good passphrase"
MEDIA = [b"\x47" + bytes((number,)) * 187 for number in range(200)]


def desk_of(door):
    return door.desks.get(timeout=PATIENCE)


def chunks(contents) -> list[Chunk]:
    return [Chunk(content) for content in contents]


def test_a_publication_goes_from_the_socket_to_the_intake(door, dial):
    call = dial(b"#!::r=live/key?token=1,m=publish").ask()
    call.publish(*MEDIA)
    call.hang_up()

    assert [*chunks(MEDIA), True] == desk_of(door).rest()
    assert Knock(protocol="srt", app="live", name="key", peer=call.name, query="token=1") == door.knocks.get_nowait()
    assert door.problems.empty()


def test_numbers_that_wrap_around_lose_nothing(door, dial):
    call = dial(first=0x7FFF_FFFF - 20).ask()
    call.publish(*MEDIA)
    call.hang_up()

    assert [*chunks(MEDIA), True] == desk_of(door).rest()


def test_both_protocols_share_the_house(door, edge, dial):
    assert edge.port
    assert edge.srt_port
    call = dial().ask()
    socket.create_connection(("127.0.0.1", edge.port), timeout=PATIENCE).close()
    call.publish(MEDIA[0])

    assert Chunk(MEDIA[0]) == desk_of(door).next()


def test_without_an_srt_port_there_is_none(open_edge):
    assert open_edge().srt_port is None


@pytest.mark.parametrize(
    ("stream_id", "code"),
    [
        (b"#!::r=live/nobody,m=publish", 1401),
        (b"#!::r=live/key", 1405),
        (b"#!::r=live/key,m=request", 1405),
        (b"", 1400),
    ],
)
def test_who_may_not_publish_hears_the_code(door, dial, stream_id, code):
    assert code == dial(stream_id).ask().code
    assert door.desks.empty()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.UNKNOWN_APP, 1404),
        (Reason.KEY_IN_USE, 1409),
        (Reason.WRONG_PROTOCOL, 1403),
        (Reason.NOT_ACCEPTING, 1503),
        (Reason.OUT_OF_ROOM, 1507),
    ],
)
def test_a_refusal_reaches_the_caller_as_a_code(door, dial, monkeypatch, reason, code):
    monkeypatch.setattr(door, "receive", lambda *_: Refused(reason, "no"))

    assert code == dial().ask().code


def test_a_stream_id_that_is_not_understood_is_reported(door, dial):
    call = dial(b"#!::r=live/key,m=request").ask()

    peer, words = door.problems.get(timeout=PATIENCE)
    assert call.name == peer
    assert "only m=publish is served" in words


def test_a_conclusion_that_comes_again_gets_the_same_answer(door, dial):
    call = dial()
    call.socket.send(call.induction())
    conclusion = call.conclude(call.socket.recv(2048))
    answers = []
    for _ in range(3):
        call.socket.send(conclusion)
        answers.append(call.socket.recv(2048))

    assert 1 == len(set(answers))
    assert 1 == door.knocks.qsize()


def test_a_conclusion_that_is_refused_gets_the_same_answer(door, dial):
    call = dial(b"#!::r=live/nobody,m=publish")
    call.socket.send(call.induction())
    conclusion = call.conclude(call.socket.recv(2048))
    answers = []
    for _ in range(3):
        call.socket.send(conclusion)
        answers.append(call.socket.recv(2048))

    assert 1 == len(set(answers))
    assert 1 == door.knocks.qsize()


def test_the_conclusion_is_answered_when_the_verdict_is_reached(door, dial):
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    call = dial()
    call.socket.send(call.induction())
    conclusion = call.conclude(call.socket.recv(2048))
    for _ in range(3):
        call.socket.send(conclusion)
    door.knocks.get(timeout=PATIENCE)
    call.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        call.socket.recv(2048)
    may_go_on.set()
    call.socket.settimeout(PATIENCE)
    call.listen()

    assert call.peer
    assert door.knocks.empty()


def test_a_passphrase_is_asked_for(door, open_edge, dial, locksmith):
    edge = open_edge(srt_port=0, srt_passphrase=WORDS)
    good = dial(to=edge.srt_port, locksmith=locksmith(WORDS)).ask()
    good.publish(*MEDIA)
    good.hang_up()

    assert [*chunks(MEDIA), True] == desk_of(door).rest()
    assert 10 == dial(to=edge.srt_port, locksmith=locksmith("a bad passphrase")).ask().code
    assert 11 == dial(to=edge.srt_port).ask().code


def test_a_lost_packet_is_asked_for_and_put_in_its_place(door, dial):
    call = dial(latency=10_000).ask()  # it may be long on its way
    call.publish(*MEDIA[:10])
    call.send(MEDIA[10])  # into the void
    call.publish(*MEDIA[11:20])
    call.listen_for(ControlType.NAK)
    call.publish(*MEDIA[20:])
    while call.unacknowledged:
        call.listen()
    call.hang_up()

    assert [*chunks(MEDIA), True] == desk_of(door).rest()


def test_two_callers_do_not_meet(door, dial):
    """Not even when their sockets have the same number."""
    one = dial().ask()
    first = desk_of(door)
    other = dial().ask()
    second = desk_of(door)
    one.publish(MEDIA[0])
    other.publish(MEDIA[1])
    for call in (one, other):
        call.hang_up()

    assert (chunks(MEDIA[:1]), chunks(MEDIA[1:2])) == (first.rest()[:-1], second.rest()[:-1])


def test_a_stranger_cannot_speak_for_a_caller(door, dial):
    call, stranger = dial().ask(), dial()
    stranger.peer = call.peer
    stranger.socket.send(stranger.pack(call.next, b"forged"))
    stranger.hang_up()
    call.publish(MEDIA[0])

    assert Chunk(MEDIA[0]) == desk_of(door).next()


def test_a_caller_that_sends_no_media_is_disconnected(door, open_edge, dial):
    """Though it may say by keepalives that it lives."""
    edge = open_edge(srt_port=0, stale_after=0.1)
    call = dial(to=edge.srt_port).ask()

    assert [False] == desk_of(door).rest()
    call.listen_for(ControlType.SHUTDOWN)
    assert "no media for 0.1 s" in door.problems.get(timeout=PATIENCE)[1]


def test_what_came_before_is_no_sign_of_life(door, open_edge, dial):
    edge = open_edge(srt_port=0, stale_after=1.0)
    call = dial(to=edge.srt_port).ask()
    deadline, pause = Deadline(PATIENCE), threading.Event()
    while door.problems.empty() and not deadline.is_over:
        call.socket.send(call.pack(call.first, MEDIA[0]))
        pause.wait(0.02)

    assert [Chunk(MEDIA[0]), False] == desk_of(door).rest()
    assert "no media for 1 s" in door.problems.get(timeout=PATIENCE)[1]


def test_media_keeps_a_caller_connected(door, open_edge, dial, leap):
    edge = open_edge(srt_port=0, stale_after=1.5 * IDLE)
    call = dial(to=edge.srt_port).ask()
    for content in MEDIA[:5]:
        call.publish(content)
        while call.unacknowledged:
            call.listen()
        leap(0.6 * IDLE)
    call.publish(MEDIA[5])
    call.hang_up()

    assert [*chunks(MEDIA[:6]), True] == desk_of(door).rest()


def test_a_caller_that_falls_silent_is_disconnected_and_said_no_goodbye(door, dial, monkeypatch):
    monkeypatch.setattr("offair.emulator.media.ingest.srt.session.IDLE", 0.2)
    dial().ask()

    assert [False] == desk_of(door).rest()
    assert "no packets for" in door.problems.get(timeout=PATIENCE)[1]


def test_a_revoked_caller_hears_a_shutdown(door, dial):
    call = dial().ask()
    desk = desk_of(door)
    call.publish(MEDIA[0])
    assert Chunk(MEDIA[0]) == desk.next()
    desk.connection.close("the stream key was reset")

    call.listen_for(ControlType.SHUTDOWN)
    assert [False] == desk.rest()


def test_what_comes_to_a_paused_stream_is_dropped_and_counted(door, dial):
    call = dial().ask()
    desk = desk_of(door)
    desk.connection.pause()
    call.publish(*MEDIA[:10])
    while call.unacknowledged:
        call.listen()
    desk.connection.resume()
    call.publish(MEDIA[10])
    assert Chunk(MEDIA[10]) == desk.next()
    call.hang_up()

    assert [True] == desk.rest()
    assert "cannot slow its caller" in door.problems.get(timeout=PATIENCE)[1]
    assert "10 chunks were dropped" in door.problems.get(timeout=PATIENCE)[1]
    assert door.problems.empty()


def test_what_is_lost_on_the_way_is_told_and_counted(door, dial):
    """With what helps: a longer latency leaves time to ask again."""
    call = dial(latency=200).ask()
    desk = desk_of(door)
    for _ in range(2):
        call.send(MEDIA[0])  # which the network loses, again and again
        call.socket.send(call.send(MEDIA[1]))
        assert Chunk(MEDIA[1]) == desk.next()
    call.hang_up()

    assert "a packet did not come within the latency of 0.2 s" in door.problems.get(timeout=PATIENCE)[1]
    assert "2 packets were lost on the way" in door.problems.get(timeout=PATIENCE)[1]


def test_an_intake_that_raises_ends_its_own_caller_only(door, dial):
    good = dial().ask()
    kept = desk_of(door)
    door.furnish = lambda desk: setattr(desk, "on_tag", lambda: 1 // 0)
    bad = dial().ask()
    bad.publish(MEDIA[0])

    bad.listen_for(ControlType.SHUTDOWN)
    assert [Chunk(MEDIA[0]), False] == desk_of(door).rest()
    assert "ZeroDivisionError" in door.problems.get(timeout=PATIENCE)[1]
    good.publish(MEDIA[0])
    assert Chunk(MEDIA[0]) == kept.next()


def test_one_caller_too_many_is_turned_away(door, open_edge, dial):
    edge = open_edge(srt_port=0, most=1)
    dial(to=edge.srt_port).ask()

    assert 1402 == dial(to=edge.srt_port).ask().code
    assert "more than 1 connections" in door.problems.get(timeout=PATIENCE)[1]


def test_who_only_connects_to_rtmp_keeps_no_caller_out(door, open_edge, dial):
    edge = open_edge(srt_port=0, most=1)
    with Caller(edge.port) as idle:
        idle.socket.sendall(b"\x03" + bytes(1536))
        idle.socket.recv(1)  # so it is here

        assert dial(to=edge.srt_port).ask().code is None
        assert idle.is_closed()


def test_hostile_datagrams_disturb_nobody(door, dial):
    call, hostile = dial().ask(), dial()
    desk = desk_of(door)
    hostile.peer = call.peer
    for length in range(400):
        hostile.socket.send(b"")
        hostile.socket.send(os.urandom(length))
        hostile.socket.send(b"\x80\0" + bytes(14) + os.urandom(length))
        hostile.socket.send(hostile.say(length % 10, body=os.urandom(length)))
        call.publish(MEDIA[length % 200])
    while call.unacknowledged:
        call.listen()
    call.hang_up()

    assert [*chunks(MEDIA * 2), True] == desk.rest()
    assert door.problems.empty()


def test_closing_sends_everybody_away(door, edge, dial):
    call = dial().ask()
    desk = desk_of(door)
    edge.close()

    call.listen_for(ControlType.SHUTDOWN)
    assert [False] == desk.rest()


def test_closing_answers_who_is_being_judged(door, edge, dial):
    may_go_on = threading.Event()
    door.judge = lambda: may_go_on.wait(PATIENCE)
    call = dial()
    asking = threading.Thread(target=call.ask)
    asking.start()
    door.knocks.get(timeout=PATIENCE)
    closing = threading.Thread(target=edge.close)
    closing.start()
    asking.join()
    may_go_on.set()
    closing.join()

    assert 1503 == call.code
    assert [False] == desk_of(door).rest()


def test_a_port_that_is_taken_is_named_and_both_are_let_go(door, edge):
    other = Edge("127.0.0.1", 0, door, random_bytes=bytes, on_problem=door.report, srt_port=edge.srt_port)
    words = f"the SRT ingest cannot listen on 127.0.0.1 port {edge.srt_port}: another program"

    with pytest.raises(CannotListenError, match=words):
        other.start()
    edge.close()
    with other:
        assert edge.srt_port == other.srt_port


def test_an_edge_can_be_started_again(edge, dial):
    edge.close()
    with edge:
        assert dial().ask().peer
