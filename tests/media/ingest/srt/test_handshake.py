"""The handshake: a stateless induction, a conclusion that is judged, and every way to say no."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.core.ports import Knock, Reason
from offair.emulator.media.ingest.srt import handshake
from offair.emulator.media.ingest.srt.crypto import Passphrase
from offair.emulator.media.ingest.srt.handshake import Conclusion, Handshake, Listener, Request
from offair.emulator.media.ingest.srt.packets import HEADER, MASK, read_control
from offair.emulator.media.ingest.srt.rejections import Code, Denial, code_for

PEER = "127.0.0.1:9"
WORDS = "a good passphrase"


@pytest.fixture(scope="module")
def listener():
    return Listener(bytes)


@pytest.fixture(scope="module")
def secured():
    return Listener(bytes, Passphrase(WORDS))


def judge(listener, caller) -> Conclusion | Denial:
    request = listener.receive(caller.conclude(listener.receive(caller.induction(), PEER, 0.0)), PEER, 0.0)
    assert isinstance(request, Request)
    return listener.judge(request, PEER)


def test_a_caller_is_heard_and_welcomed(listener, caller):
    call = caller(latency=200)
    conclusion = judge(listener, call)
    call.hear(conclusion.welcome(42))

    assert Knock(protocol="srt", app="live", name="key", peer=PEER) == conclusion.knock
    assert (42, 200) == (call.peer, conclusion.latency)


def test_a_welcome_carries_the_terms(listener, caller):
    answer = read_control(judge(listener, caller(latency=500, first=7)).welcome(42)).body

    shaken = Handshake.read(answer)
    assert (5, 7, 1, 42) == (shaken.version, shaken.sequence, shaken.extension, shaken.socket)
    assert (handshake.HSRSP, 3) == struct.unpack_from(">HH", answer, 48)
    assert (0x3F, 500, 500) == struct.unpack_from(">IHH", answer, 56)


def test_the_latency_is_never_less_than_ours(listener, caller):
    assert 120 == judge(listener, caller(latency=20)).latency


def test_an_answer_is_no_longer_than_the_question(listener, caller):
    induction = caller().induction()

    assert len(listener.receive(induction, PEER, 0.0)) <= len(induction)


@pytest.mark.parametrize(("later", "is_good"), [(0.0, True), (60.0, True), (120.0, False)])
def test_a_cookie_is_good_for_a_minute_or_two(listener, caller, later, is_good):
    call = caller()
    conclusion = call.conclude(listener.receive(call.induction(), PEER, 30.0))

    assert is_good == (listener.receive(conclusion, PEER, 30.0 + later) is not None)


def test_a_cookie_is_good_for_one_caller_and_one_listener(listener, caller):
    call = caller()
    conclusion = call.conclude(listener.receive(call.induction(), PEER, 0.0))

    assert listener.receive(conclusion, "127.0.0.1:10", 0.0) is None
    assert Listener(lambda length: b"x" * length).receive(conclusion, PEER, 0.0) is None


def test_both_sides_encrypt_or_none(listener, secured, caller, locksmith):
    plain, locked, wrong = caller(), caller(locksmith=locksmith(WORDS)), caller(locksmith=locksmith("another one"))

    assert judge(listener, plain).keyring is None
    assert judge(secured, locked).keyring is not None
    assert Code.UNSECURE == judge(listener, locked).code
    assert Code.UNSECURE == judge(secured, plain).code
    assert Code.BAD_SECRET == judge(secured, wrong).code


def test_key_material_is_answered_with_itself(secured, caller, locksmith):
    material = locksmith(WORDS).material(1)
    welcome = judge(secured, caller(locksmith=locksmith(WORDS))).welcome(42)

    assert struct.pack(">HH", handshake.KMRSP, len(material) // 4) + material == welcome[-len(material) - 4 :]


@pytest.mark.parametrize(
    ("extension", "code"),
    [
        ((handshake.CONGESTION, b"elif"), Code.CONGESTION),
        ((handshake.FILTER, b"fec,"), Code.FILTER),
        ((handshake.GROUP, bytes(8)), Code.GROUP),
    ],
)
def test_what_is_not_served_is_denied_by_name(listener, caller, extension, code):
    call = caller()
    call.more.append(extension)

    assert code == judge(listener, call).code


def test_live_congestion_control_is_what_we_do(listener, caller):
    call = caller()
    call.more.append((handshake.CONGESTION, b"evil"))  # as it stands in a packet

    assert isinstance(judge(listener, call), Conclusion)


def test_a_file_is_not_taken(listener, caller):
    call = caller()
    call.abilities |= handshake.STREAM

    assert Code.MESSAGE_API == judge(listener, call).code


def test_an_older_handshake_is_denied(listener, caller):
    call = caller()
    cookie = Handshake.read(listener.receive(call.induction(), PEER, 0.0)[HEADER:]).cookie

    assert Code.VERSION == listener.judge(listener.receive(call.conclusion(cookie, version=4), PEER, 0.0), PEER).code


@pytest.mark.parametrize("code", Code)
def test_a_rejection_reaches_the_caller_as_its_code(listener, caller, code):
    call = caller()
    request = listener.receive(call.conclude(listener.receive(call.induction(), PEER, 0.0)), PEER, 0.0)
    call.hear(request.reject(code))

    assert (code, None) == (call.code, call.peer)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.UNKNOWN_KEY, 1401),
        (Reason.WRONG_PROTOCOL, 1403),
        (Reason.UNKNOWN_APP, 1404),
        (Reason.KEY_IN_USE, 1409),
        (Reason.NOT_ACCEPTING, 1503),
        (Reason.OUT_OF_ROOM, 1507),
    ],
)
def test_every_reason_has_its_code(reason, code):
    assert code == code_for(reason)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(16, 220), st.integers(0, 255)), max_size=12),
    st.integers(0, 240),
    st.integers(0, MASK),
)
def test_a_changed_conclusion_is_ignored_denied_or_understood(listener, caller, changes, length, first):
    call = caller(first=first)
    said = bytearray(call.conclude(listener.receive(call.induction(), PEER, 0.0)))
    for place, value in changes:
        said[place % len(said)] = value
    for datagram in (bytes(said), bytes(said)[: max(HEADER, length)]):
        heard = listener.receive(datagram, PEER, 0.0)
        if isinstance(heard, Request):
            judged = listener.judge(heard, PEER)
            answer = judged.welcome(42) if isinstance(judged, Conclusion) else heard.reject(judged.code)
            assert len(answer) <= 1500


@given(st.binary(min_size=HEADER, max_size=1500))
def test_any_datagram_is_ignored_or_answered_within_its_own_length(listener, datagram):
    heard = listener.receive(b"\x80\x00" + datagram[2:], PEER, 0.0)

    assert heard is None or len(heard) <= len(datagram)
