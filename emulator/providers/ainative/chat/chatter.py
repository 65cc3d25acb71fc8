"""The chat's socket: who may come in, what they hear, and what becomes of what they say."""

from collections.abc import Callable

from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Missing, Unauthorized
from offair.emulator.core.sockets import Socket
from offair.emulator.core.streams import STREAMS
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Sockets
from offair.emulator.provider.talking import Heard, Talker
from offair.emulator.providers.ainative.chat.ear import Ear
from offair.emulator.providers.ainative.errors import BAD_CREDENTIALS
from offair.emulator.providers.ainative.nouns.people import PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show
from offair.emulator.providers.ainative.nouns.talk import Watch
from offair.emulator.providers.ainative.operations import PROMISE
from offair.emulator.providers.ainative.rules import chat as rules
from offair.emulator.providers.ainative.rules import watching
from offair.emulator.providers.ainative.wire import chat as wire

socket = Sockets(PROMISE)
SMALL = 50  # a room up to which everybody is told of everybody; in a larger one, of every fiftieth part
READ_ONLY = "Authentication required to send messages"


@socket("chat")
def chat(call: Call) -> Talker:
    """Let somebody in beside a stream; the handshake is refused only where a switch asks for that."""
    switches = call.switches
    person = call.world.get(PEOPLE, call.caller.user) if call.caller and call.caller.user else None
    if person is None and not switches.web_client:
        if not switches.unauthorized_close:
            raise Unauthorized(BAD_CREDENTIALS, is_missing=not call.query.get("token"))
        return TurnedAway(switches.unauthorized_close, BAD_CREDENTIALS)
    show = call.world.get(SHOWS, as_written(call.path["stream_id"]))
    if show is None or call.world.get(STREAMS, show.id) is None:
        if not switches.missing_close:
            raise Missing("Stream not found")
        return TurnedAway(switches.missing_close, "Stream not found")
    return Chatter(call, show, person)


class TurnedAway:
    """Somebody who may not come in, and is told so by a close code."""

    def __init__(self, code: int, words: str) -> None:
        self._code, self._words = code, words

    def opened(self, socket: Socket) -> None:
        """Say goodbye at once."""
        socket.close(self._code, self._words)

    def heard(self, _heard: Heard) -> None:
        """Hear nothing."""

    def closed(self, _code: int) -> None:
        """Have nothing to do."""


class Chatter:
    """Somebody beside a stream, from the first frame to the last; who is nobody may listen alone."""

    def __init__(self, call: Call, show: Show, person: Person | None) -> None:
        self._world, self._chat, self._timers = call.world, call.chat, call.timers
        self._switches, self._show, self._person = call.switches, show, person
        self._watch = self._watching(call)
        self._is_over = False
        self._stop_counting: Callable[[], None] = lambda: None

    def _watching(self, call: Call) -> Watch:
        mark = call.world.ids.token(24)
        return Watch(
            id=mark,
            tenant=self._show.tenant,
            stream=self._show.id,
            who=self._person.id if self._person else f"guest-{mark}",
            means="socket",
            is_known=self._person is not None,
            country=watching.country_of(call.peer, call.switches.countries),
            came_at=call.world.clock.now(),
        )

    def opened(self, socket: Socket) -> None:
        """Join, hear what was said before, and let everybody know how many watch."""
        self._socket = socket
        self._ear = Ear(socket)
        self._chat.join(self._show.id, self._ear)
        with self._world.transaction():
            watching.enter(self._world, self._watch, self._switches)
            before = rules.latest(self._world, self._show.id, self._switches.history_length)
        is_web = self._switches.web_client
        known = [frame for remark in before for frame in wire.remark_frames(remark, web_client=is_web)]
        self._ear.begin(wire.history_frame(before), known)
        self._announce(also=self._ear)
        self._count_later()

    def heard(self, heard: Heard) -> None:
        """Say to everybody what was said; what cannot be taken is told to who sent it alone."""
        if heard.violations:
            first = heard.violations[0]
            self._socket.send(wire.error_frame(f"Invalid message: {'.'.join(map(str, first.path))} {first.message}"))
        elif heard.name == "ping":
            self._socket.send(wire.PONG)
        elif self._person is None:
            self._socket.send(wire.error_frame(READ_ONLY))
        else:
            self._say(self._person, wire.read_text(heard.body))

    def closed(self, _code: int) -> None:
        """Leave, and let everybody else know how many watch."""
        self._is_over = True
        self._stop_counting()
        self._chat.leave(self._show.id, self._ear)
        with self._world.transaction():
            watching.leave(self._world, self._watch.id)
        self._announce()

    def _say(self, person: Person, text: str) -> None:
        show = self._world.get(SHOWS, self._show.id)
        now_called = self._world.get(PEOPLE, person.id)
        if show is None or now_called is None:
            self._socket.send(wire.error_frame("Stream not found" if show is None else BAD_CREDENTIALS))
            return
        with self._world.transaction():  # within it, so that everybody hears in the order in which it is kept
            remark = rules.say(self._world, show, now_called, text)
            for frame in wire.remark_frames(remark, web_client=self._switches.web_client):
                self._chat.say(show.id, frame)

    def _count(self) -> int:
        show = self._world.get(SHOWS, self._show.id)
        return watching.present(self._world, show, self._switches) if show else 0

    def _announce(self, also: Ear | None = None) -> None:
        count = self._count()
        if count <= SMALL or count % (count // SMALL) == 0:
            self._chat.say(self._show.id, wire.count_frame(count))
        elif also is not None:
            also.send(wire.count_frame(count))

    def _count_later(self) -> None:
        def tell() -> None:
            if not self._is_over:
                self._ear.send(wire.count_frame(self._count()))
                self._count_later()

        self._stop_counting = self._timers.after(self._switches.count_seconds, tell)
