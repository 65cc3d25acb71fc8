"""Conversations over WebSockets: handshakes, many at once, peers that lag or are silent, and goodbyes."""

import base64
import os
import socket
import struct
import threading

import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.web.host.bounds import Bounds

PATIENCE = 30.0
KEY = base64.b64encode(bytes(16)).decode()
LINE = "GET /room HTTP/1.1"
FIELDS = {
    "Host": "x", "Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}  # fmt: skip
REST = b"GET /rest HTTP/1.1\r\nHost: x\r\n\r\n"


def handshake(line=LINE, **changed):
    fields = FIELDS | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value is not None), "", ""]
    return "\r\n".join(lines).encode()


def frame(opcode, payload=b""):
    head = bytes([0x80 | opcode, 0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | opcode, 0xFE])
    return head + (b"" if len(payload) < 126 else struct.pack("!H", len(payload))) + bytes(4) + payload


def text(words):
    return frame(1, words.encode())


def read(caller):
    """Give the next frame's opcode and payload."""
    first, size = caller.take(2)
    if size > 125:
        size = int.from_bytes(caller.take(2 if size == 126 else 8), "big")
    return first & 15, caller.take(size)


class Member:
    """One who is in the room: says what it hears to everybody there."""

    def __init__(self, room):
        self.room, self.heard_all, self.gone = room, [], threading.Event()

    def opened(self, socket):
        self.socket = socket
        self.room.members.append(self)
        self.room.came.release()

    def heard(self, frame):
        self.heard_all.append(frame)
        self.room.hear(self, frame)

    def closed(self, code):
        self.heard_all.append(code)
        self.room.members.remove(self)
        self.gone.set()


class Room:
    """An application that takes everybody into one room, and answers requests beside it."""

    def __init__(self, echo, hear=None, **accepting):
        self.members, self.all, self.came = [], [], threading.Semaphore(0)
        self._echo, self._accepting = echo, accepting
        self.hear = hear or self._say_to_all

    def __call__(self, environ, start):
        accept = environ.get("offair.websocket")
        if accept is not None:
            member = Member(self)
            self.all.append(member)
            accept(member, **self._accepting)
        return self._echo(environ, start)

    def _say_to_all(self, _member, frame):
        for member in list(self.members):
            member.socket.send(frame)


def _await(condition):
    deadline = Clock().deadline(PATIENCE)
    while not condition() and not deadline.is_over:
        threading.Event().wait(0.005)
    return condition()


@pytest.fixture(name="enter")
def _enter(call):
    """Connect to a room, and be in it."""

    def enter(server, room, **options):
        caller = call(server, **options).say(handshake())
        assert 101 == caller.answer()[0]
        assert room.came.acquire(timeout=PATIENCE)
        return caller

    return enter


def test_what_is_said_is_heard(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room).say(text("a") + frame(2, b"b"))

    assert [(1, b"a"), (2, b"b")] == [read(caller), read(caller)]


@pytest.mark.parametrize(
    "said",
    [
        handshake(Upgrade=None), handshake(Connection="keep-alive"), handshake(Upgrade="h2c"),
        handshake(Sec_WebSocket_Version="8"), handshake(Sec_WebSocket_Version=None),
        handshake(Sec_WebSocket_Key=None), handshake(Sec_WebSocket_Key="short"),
        handshake(Sec_WebSocket_Key=base64.b64encode(bytes(15)).decode()), handshake(Sec_WebSocket_Key="=" * 24),
        handshake("POST /room HTTP/1.1"), handshake("GET /room HTTP/1.0"),
    ],
)  # fmt: skip
def test_what_is_no_handshake_is_a_request(serve, call, echo, said):
    assert 200 == call(serve(Room(echo))).say(said).answer()[0]


def test_an_application_that_does_not_accept_refuses(serve, call):
    def app(environ, start):
        assert "offair.websocket" in environ
        start("403 Forbidden", [])
        return [b"no"]

    caller = call(serve(app)).say(handshake() + handshake())

    assert [(403, b"no")] * 2 == [caller.answer()[::2] for _ in range(2)]


def test_an_application_chooses_a_subprotocol_and_says_more(serve, call, echo):
    room = Room(echo, subprotocol="chat.v2", headers=[("X-Room", "7")])
    _, fields, _ = call(serve(room)).say(handshake(Sec_WebSocket_Protocol="chat.v1, chat.v2")).answer()

    assert ("chat.v2", "7") == (fields["sec-websocket-protocol"], fields["x-room"])


def test_a_subprotocol_that_nobody_offered_is_a_bug(serve, call, echo):
    server = serve(Room(echo, subprotocol="chat.v3"))
    status, _, _ = call(server).say(handshake(Sec_WebSocket_Protocol="chat.v1")).answer()

    assert (500, True) == (status, "chat.v3" in str(server.errors[0]))
    server.errors.clear()


def test_what_comes_with_the_handshake_is_heard(serve, call, echo):
    caller = call(serve(Room(echo))).say(handshake() + text("early"))

    assert (101, (1, b"early")) == (caller.answer()[0], read(caller))


def test_a_ping_is_answered_with_what_it_says(serve, enter, echo):
    room = Room(echo)

    assert (10, b"there?") == read(enter(serve(room), room).say(frame(9, b"there?")))


def test_a_goodbye_is_answered_and_heard_once(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room).say(frame(8, struct.pack("!H", 1000)))

    assert ((8, struct.pack("!H", 1000)), b"") == (read(caller), caller.rest())
    assert room.all[0].gone.wait(PATIENCE)
    assert [1000] == room.all[0].heard_all


def test_a_conversation_says_goodbye(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    member = room.members[0]
    member.socket.close(4001, "over")
    member.socket.close(4002, "again")
    member.socket.send("too late")
    said = read(caller)
    caller.say(text("unheard") + frame(8, said[1]))

    assert ((8, struct.pack("!H", 4001) + b"over"), b"") == (said, caller.rest())
    assert member.gone.wait(PATIENCE)
    assert [4001] == member.heard_all


def test_a_peer_that_does_not_say_goodbye_is_not_waited_for(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room, bounds=Bounds(goodbye_seconds=0.1)), room)
    member = room.members[0]
    member.socket.close(4001)

    assert (8, struct.pack("!H", 4001)) == read(caller)
    assert (b"", True) == (caller.rest(), member.gone.wait(PATIENCE))
    assert [1006] == member.heard_all


def test_a_peer_that_hangs_up_is_gone(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    member = room.members[0]
    caller.socket.close()

    assert member.gone.wait(PATIENCE)
    assert [1006] == member.heard_all


def test_a_conversation_that_fails_ends_and_is_told_of(serve, enter, echo):
    def fail(_member, _frame):
        raise LookupError("a bug")

    room = Room(echo, hear=fail)
    server = serve(room)
    caller = enter(server, room).say(text("a") + text("b"))

    assert (8, struct.pack("!H", 1011)) == read(caller)
    assert room.all[0].gone.wait(PATIENCE)
    assert (["a", 1011], ["a bug"]) == (room.all[0].heard_all, [error.args[0] for error in server.errors])
    server.errors.clear()


def test_a_silent_peer_is_asked_whether_it_is_there(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room, bounds=Bounds(ping_seconds=1.0)), room)
    member = room.members[0]
    for _ in range(2):
        assert (9, b"") == read(caller)
        caller.say(frame(10))
    assert [] == member.heard_all
    assert (9, b"") == read(caller)  # and this one is not answered

    assert (b"", True) == (caller.rest(), member.gone.wait(PATIENCE))
    assert [1006] == member.heard_all


@pytest.mark.parametrize(
    "bounds", [Bounds(behind=100_000), Bounds(behind=1 << 30, behind_seconds=0.2)], ids=["bytes", "seconds"]
)
def test_a_peer_that_lags_is_cut_off_and_holds_nobody_up(serve, enter, call, echo, bounds):
    room = Room(echo)
    server = serve(room, bounds=bounds)
    slow = enter(server, room)
    slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    quick = enter(server, room)
    lagging = room.members[0]
    for _ in range(300):
        lagging.socket.send(bytes(40_000))
    quick.say(text("a"))

    assert ((1, b"a"), b"GET /rest") == (read(quick), call(server).say(REST).answer()[2])
    assert lagging.gone.wait(PATIENCE)
    assert 1006 == lagging.heard_all[-1]


def test_what_does_not_fit_at_once_arrives_in_order(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room, bounds=Bounds(behind=1 << 30)), room)
    for number in range(300):
        room.members[0].socket.send(number.to_bytes(2, "big") * 20_000)

    assert [(2, number.to_bytes(2, "big") * 20_000) for number in range(300)] == [read(caller) for _ in range(300)]


def test_two_hundred_hear_what_one_says(serve, enter, call, echo):
    room = Room(echo)
    server = serve(room)
    callers = [enter(server, room) for _ in range(200)]
    threads = threading.active_count()
    callers[0].say(text("hello, room"))

    assert {(1, b"hello, room")} == {read(caller) for caller in callers}
    assert (b"GET /rest", True) == (call(server).say(REST).answer()[2], threads < 20)
    for caller in callers:
        caller.socket.close()
    assert _await(lambda: room.members == [])


def test_anybody_may_speak_from_any_thread(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    speakers = [
        threading.Thread(target=lambda: [room.members[0].socket.send("x" * 200) for _ in range(100)]) for _ in range(8)
    ]
    for speaker in speakers:
        speaker.start()

    assert {(1, b"x" * 200)} == {read(caller) for _ in range(800)}
    for speaker in speakers:
        speaker.join()


def test_a_conversation_that_waits_holds_nobody_up_and_hears_in_order(serve, enter, call, echo):
    gate = threading.Event()

    def wait(_member, frame):
        if frame == "wait":
            gate.wait(PATIENCE)

    room = Room(echo, hear=wait)
    server = serve(room)
    caller = enter(server, room).say(text("wait") + text("1"))
    assert b"GET /rest" == call(server).say(REST).answer()[2]
    caller.say(text("2") + frame(8, struct.pack("!H", 1000)))
    assert ["wait"] == room.all[0].heard_all
    room.members[0].socket.send("said to one who waits")
    assert (1, b"said to one who waits") == read(caller)
    gate.set()

    assert room.all[0].gone.wait(PATIENCE)
    assert ["wait", "1", "2", 1000] == room.all[0].heard_all


def test_a_closing_server_says_that_it_goes(serve, enter, echo):
    room = Room(echo)
    server = serve(room)
    callers = [enter(server, room) for _ in range(20)]
    server.close()

    assert {((8, struct.pack("!H", 1001)), b"")} == {(read(caller), caller.rest()) for caller in callers}
    assert {1001} == {code for member in room.all for code in member.heard_all}


def test_nothing_is_left_of_a_hundred_conversations(serve, enter, echo):
    room = Room(echo)
    server = serve(room)
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only how many
    for _ in range(100):
        caller = enter(server, room).say(frame(8))
        caller.rest()
        caller.socket.close()

    assert _await(lambda: len(os.listdir("/proc/self/fd")) == files)  # noqa: PTH208 - as above


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_what_is_poured_arrives_as_one_message_however_it_is_cut(serve, enter, echo, size):
    room = Room(echo)
    caller = enter(serve(room), room)
    content = os.urandom(size)
    room.members[0].socket.pour([(content[: size // 3], memoryview(content)[size // 3 :]), (b"next",)])

    assert [(2, content), (2, b"next")] == [read(caller) for _ in range(2)]


def test_what_is_poured_in_many_pieces_arrives_in_order(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    room.members[0].socket.pour([(bytes([at % 256]), b"-", b"") for at in range(2_000)])

    assert [bytes([at % 256]) + b"-" for at in range(2_000)] == [read(caller)[1] for _ in range(2_000)]


def test_who_pours_hears_how_much_waits_and_the_rest_arrives(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    content = bytes(8 << 20)
    behind = room.members[0].socket.pour([(content,)])
    arrived = read(caller)

    assert behind > 1 << 20
    assert (2, len(content)) == (arrived[0], len(arrived[1]))


def test_who_takes_nothing_of_what_is_poured_is_cut_off(serve, enter, echo):
    room = Room(echo)
    enter(serve(room, bounds=Bounds(behind_seconds=0.3)), room)
    member = room.members[0]
    member.socket.pour([(bytes(32 << 20),)])

    assert True is member.gone.wait(PATIENCE)
    assert True is _await(lambda: member.socket.pour([]) == 0)


def test_nothing_is_poured_after_the_goodbye(serve, enter, echo):
    room = Room(echo)
    caller = enter(serve(room), room)
    room.members[0].socket.close(4403, "over")
    room.members[0].socket.pour([(b"late",)])

    opcode, payload = read(caller)

    assert (8, 4403) == (opcode, int.from_bytes(payload[:2]))
