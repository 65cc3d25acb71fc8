"""How people talk in a room of the toy."""

import msgspec

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.sockets import Frame, Socket
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Sockets
from offair.emulator.provider.talking import Heard
from toycloud import rules
from toycloud.auth import USERS
from toycloud.operations import PROMISE

socket = Sockets(PROMISE)


@socket("chat")
def chat(call: Call) -> "Chatter":
    """Let somebody of the house into a room; Missing refuses the handshake."""
    room = rules.find(call.world, call.path["room"], tenant=call.tenant)
    user = call.world.get(USERS, call.caller.user) if call.caller and call.caller.user else None
    return Chatter(call, room.id, user.name if user else call.tenant.name)


class Chatter:
    """Somebody who talks in a room, from the first frame to the last."""

    def __init__(self, call: Call, room: str, who: str) -> None:
        self._chat, self._clock = call.chat, call.world.clock
        self._room, self._who = room, who

    def opened(self, socket: Socket) -> None:
        """Join, and let everybody know."""
        self._socket = socket
        self._chat.join(self._room, socket)
        self._chat.say(self._room, _frame("came", who=self._who))

    def heard(self, heard: Heard) -> None:
        """Say to everybody what was said; what is no frame of the toy's is told to who sent it alone."""
        if heard.violations:
            self._socket.send(_frame("oops", why=heard.violations[0].message))
        elif heard.name == "wave":
            self._chat.say(self._room, heard.frame)
        else:
            at = rfc3339(self._clock.now(), places=3)
            self._chat.say(self._room, _frame("said", who=self._who, text=heard.body["text"], at=at))

    def closed(self, _code: int) -> None:
        """Leave, and let everybody else know."""
        self._chat.leave(self._room, self._socket)
        self._chat.say(self._room, _frame("went", who=self._who))


def _frame(kind: str, **said: str) -> Frame:
    return msgspec.json.encode({"kind": kind, **said}).decode()
