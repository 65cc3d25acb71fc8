"""A session: what it delivers, what it says, and when; and that no network keeps it from its duty."""

import struct
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.media.ingest.srt.crypto import Keyring, Passphrase
from offair.emulator.media.ingest.srt.packets import HEADER, MASK, ControlType, read_control
from offair.emulator.media.ingest.srt.session import IDLE, Ending, Session, Terms

WORDS = "a good passphrase"
STEP = 0.01  # seconds


@pytest.fixture
def call(caller):
    """A caller whose socket we are."""
    call = caller()
    call.peer = 42
    return call


@pytest.fixture
def session(call):
    return Session(Terms(peer_socket=call.own, first=call.first, latency=0.12), 0.0)


def said(session, kind=None):
    packets = [read_control(datagram) for datagram in session.outgoing()]
    return [packet for packet in packets if kind is None or packet.kind == kind]


def payloads(count: int) -> list[bytes]:
    return [b"payload %d" % number for number in range(count)]


class Network:
    """Loses, doubles and delays, as ``fates`` say: for each datagram the delays, in steps, of its copies."""

    def __init__(self, fates) -> None:
        self.fates = cycle(fates)
        self.flying: list[tuple[int, bytes]] = []

    def carry(self, now: int, datagrams) -> None:
        self.flying += [(now + delay, datagram) for datagram in datagrams for delay in next(self.fates)]

    def arrivals(self, now: int) -> list[bytes]:
        landed = [datagram for due, datagram in self.flying if due <= now]
        self.flying = [(due, datagram) for due, datagram in self.flying if due > now]
        return landed


def publish(call, session, contents, there, back, *, steps=400) -> list[bytes]:
    """Send a payload a step over two networks; what is not acknowledged is sent again now and then."""
    got = []
    waiting = list(contents)
    for now in range(steps):
        if waiting:
            there.carry(now, [call.send(waiting.pop(0))])
        elif now % 10 == 0:
            there.carry(now, list(call.unacknowledged.values()))
        for datagram in there.arrivals(now):
            got += session.receive(datagram, now * STEP)
        got += session.tick(now * STEP)
        back.carry(now, session.outgoing())
        for datagram in back.arrivals(now):
            there.carry(now, call.hear(datagram))
        if not waiting and not call.unacknowledged:
            break
    return got


copies = st.lists(st.integers(0, 6), max_size=3)  # none: it is lost
fates = st.lists(copies, min_size=1, max_size=23).map(lambda drawn: [*drawn, [0], [1]])


@given(fates, fates, st.one_of(st.just(1000), st.integers(MASK - 40, MASK)), st.booleans())
def test_whatever_is_lost_doubled_or_late_is_delivered_in_order_once(caller, locksmith, there, back, first, is_locked):
    call = caller(first=first, locksmith=locksmith(WORDS) if is_locked else None)
    keyring = None
    if is_locked:
        passphrase = Passphrase(WORDS)
        keyring = Keyring(passphrase, passphrase.open(call.locksmith.material(1)))
    session = Session(Terms(peer_socket=call.own, first=first, latency=4.0, keyring=keyring), 0.0)

    got = publish(call, session, payloads(60), Network(there), Network(back))

    assert payloads(60) == got
    assert 0 == session.dropped
    assert {} == call.unacknowledged


@given(fates)
def test_what_comes_too_late_is_left_out_and_the_rest_stays_in_order(caller, there):
    call = caller()
    session = Session(Terms(peer_socket=call.own, first=call.first, latency=0.03), 0.0)
    contents = payloads(60)

    got = publish(call, session, contents, Network(there), Network([[3]]), steps=70)
    session.receive(call.say(ControlType.SHUTDOWN), 1.0)

    assert [content for content in contents if content in set(got)] == got
    assert Ending.GOODBYE is session.ending


@settings(max_examples=80)
@given(
    st.lists(
        st.one_of(
            st.binary(min_size=HEADER, max_size=60),
            st.builds(
                lambda kind, subkind, rest: struct.pack(">HH", 0x8000 | kind, subkind) + rest,
                st.sampled_from([*ControlType]),
                st.integers(0, 5),
                st.binary(min_size=12, max_size=80),
            ),
        ),
        max_size=30,
    )
)
def test_hostile_datagrams_are_ignored_or_end_the_connection(caller, locksmith, datagrams):
    passphrase = Passphrase(WORDS)
    for keyring in (None, Keyring(passphrase, passphrase.open(locksmith(WORDS).material(1)))):
        session = Session(Terms(peer_socket=1, first=0, latency=0.12, keyring=keyring), 0.0)
        for number, datagram in enumerate(datagrams):
            session.receive(datagram, number * STEP)
            session.tick(number * STEP)
            assert all(len(answer) <= 1500 for answer in session.outgoing())


def test_an_acknowledgement_names_the_next_packet_and_our_room(call, session):
    session.receive(call.send(b"a"), 0.0)
    session.tick(STEP)

    (ack,) = said(session)
    assert (ControlType.ACK, 1, call.own) == (ack.kind, ack.info, ack.destination)
    assert (1001, 100_000, 50_000, 8192) == struct.unpack_from(">IIII", ack.body)


def test_nothing_new_is_not_acknowledged_again(call, session):
    session.receive(call.send(b"a"), 0.0)
    session.tick(STEP)
    for answer in (call.hear(datagram) for datagram in session.outgoing()):
        session.receive(answer[0], STEP)
    for step in range(2, 90):
        session.tick(step * STEP)

    assert [] == said(session)


def test_an_acknowledgement_that_was_not_heard_is_said_again(call, session):
    session.receive(call.send(b"a"), 0.0)
    for step in range(1, 40):
        session.tick(step * STEP)

    assert [1, 2] == [ack.info for ack in said(session, ControlType.ACK)]


def test_the_round_trip_is_measured(call, session):
    for step in range(100):
        session.receive(call.send(b"a"), step * STEP)
        session.tick(step * STEP)
        for datagram in session.outgoing():
            for answer in call.hear(datagram):
                session.receive(answer, step * STEP + 0.004)

    assert pytest.approx(0.004, abs=0.001) == session.rtt


def test_a_loss_is_reported_at_once(call, session, named_losses):
    call.send(b"lost")
    call.send(b"lost, too")
    session.receive(call.send(b"c"), 0.0)

    assert [[1000, 1001]] == [named_losses(nak.body) for nak in said(session, ControlType.NAK)]
    session.tick(0.11)
    assert [] == said(session, ControlType.NAK)  # a first guess at the round trip: every 0.15 s


def test_with_a_short_round_trip_a_loss_is_reported_every_20_ms(call, session, named_losses):
    for step in range(60):
        session.receive(call.send(b"a"), step * STEP)
        session.tick(step * STEP)
        for datagram in session.outgoing():
            for answer in call.hear(datagram):
                session.receive(answer, step * STEP)
    call.send(b"lost")
    session.receive(call.send(b"b"), 0.6)
    for step in range(1, 11):
        session.tick(0.6 + step * STEP)

    reports = [named_losses(nak.body) for nak in said(session, ControlType.NAK)]
    assert [[1060]] * len(reports) == reports
    assert 5 <= len(reports) <= 6


def test_new_losses_do_not_put_off_the_report_of_old_ones(call, named_losses):
    session = Session(Terms(peer_socket=call.own, first=call.first, latency=4.0), 0.0)
    call.send(b"lost")
    for step in range(40):
        session.receive(call.send(b"there"), step * STEP)
        call.send(b"lost")
        session.tick(step * STEP)
        session.receive(call.send(b"there"), step * STEP)

    reports = [named_losses(nak.body) for nak in said(session, ControlType.NAK)]
    assert 2 <= sum(1000 in report for report in reports[1:])


def test_a_packet_is_waited_for_as_long_as_the_latency(call, session):
    call.send(b"lost")
    session.receive(call.send(b"b"), 0.0)

    assert [] == session.tick(0.11)
    assert [b"b"] == session.tick(0.12)
    assert 1 == session.dropped


def test_what_the_caller_dropped_is_not_waited_for(call, session):
    call.send(b"lost")
    session.receive(call.send(b"b"), 0.0)

    assert [b"b"] == session.receive(call.say(ControlType.DROP_REQUEST, body=struct.pack(">II", 1000, 1000)), 0.0)


def test_a_silent_side_says_that_it_lives(call, session):
    for step in range(250):
        session.receive(call.say(ControlType.KEEPALIVE), step * STEP)
        session.tick(step * STEP)

    assert [ControlType.KEEPALIVE] * 2 == [packet.kind for packet in said(session)]


def test_a_caller_that_is_not_heard_of_is_gone(call, session):
    call.send(b"lost")
    session.receive(call.send(b"b"), 1.0)

    assert [b"b"] == session.tick(1.5)
    session.tick(1.0 + IDLE - STEP)
    assert session.ending is None
    session.tick(1.0 + IDLE)
    assert Ending.SILENCE is session.ending


def test_a_goodbye_delivers_what_was_held_up(call, session):
    call.send(b"lost")
    session.receive(call.send(b"b"), 0.0)

    assert [b"b"] == session.receive(call.say(ControlType.SHUTDOWN), 0.0)
    assert Ending.GOODBYE is session.ending
    assert [] == session.receive(call.send(b"c"), 0.0)


def test_a_goodbye_of_ours_is_said_unless_the_caller_said_it(call, session):
    session.shut_down(0.0)
    assert [ControlType.SHUTDOWN] == [packet.kind for packet in said(session)]
    assert Ending.OURS is session.ending


def test_a_goodbye_is_not_answered(call, session):
    session.receive(call.say(ControlType.SHUTDOWN), 0.0)
    session.shut_down(0.0)

    assert [] == said(session)


def test_time_stamps_wrap_as_the_field_does(call):
    session = Session(Terms(peer_socket=1, first=0, latency=0.12), 0.0)
    session.shut_down(4295.0)

    assert 4_295_000_000 - (1 << 32) == said(session)[0].timestamp


def test_without_keys_what_is_encrypted_is_left_out(call, session):
    assert [] == session.receive(call.pack(1000, b"locked", kind=1), 0.0)
    assert [b"open"] == session.receive(call.pack(1001, b"open"), 0.0)


@pytest.mark.parametrize(("words", "answer"), [(WORDS, None), ("a bad passphrase", b"\0\0\0\4")])
def test_new_keys_are_answered(call, locksmith, words, answer):
    passphrase = Passphrase(WORDS)
    keyring = Keyring(passphrase, passphrase.open(locksmith(WORDS).material(1)))
    session = Session(Terms(peer_socket=1, first=1000, latency=0.12, keyring=keyring), 0.0)
    material = locksmith(words).material(2, generation=1)
    session.receive(call.say(ControlType.EXTENSION, subkind=3, body=material), 0.0)

    (packet,) = said(session)
    assert (ControlType.EXTENSION, 4, answer or material) == (packet.kind, packet.subkind, packet.body)


def test_new_keys_for_a_connection_without_any_are_declined(call, session, locksmith):
    session.receive(call.say(ControlType.EXTENSION, subkind=3, body=locksmith(WORDS).material(2)), 0.0)

    assert [b"\0\0\0\3"] == [packet.body for packet in said(session)]
