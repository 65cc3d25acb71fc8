"""A scene for the rooms of a cloud: two talk at once and listen, others come later, and strangers try the door."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote, urlencode

from offair.contracts.checks.gathering import Attended, Gathering
from offair.contracts.exchange import Exchange
from offair.contracts.pointer import members as members_of
from offair.contracts.pointer import unfold
from offair.contracts.sampling import WORDS
from offair.contracts.server.actors import Actor, fill
from offair.contracts.server.calling import US, Caller, without
from offair.contracts.server.target import Headers, Spoken
from offair.contracts.sockets import FrameTerm, SocketTerm

OTHER, LATE = "another member", "who comes later"
BARE, WRONG = "somebody without credentials", "somebody with nobody's credentials"
LOST, CLUMSY = "somebody in a room that is not there", "somebody who sends what is no frame"
NO_FRAMES = ("no JSON", "[]", '{"offair": "nobody has this"}')
DEEPEST = 4  # levels of a frame in which what was said is looked for
NOBODYS = "offair-nobody-has-this"
ROUNDS = 3  # times that each member says something
MOST = 200  # frames that somebody waits through for what has been said: rooms tell of more than talk

Say = Callable[[str], str]


def gathered(caller: Caller) -> tuple[list[Exchange], list[Gathering]]:
    """Meet in a room of each kind that the cloud has; give what was asked for that, too."""
    log: list[Exchange] = []
    found: list[Gathering] = []
    ours = Actor(caller, caller.target.headers, log)
    if caller.target.dial is None or caller.target.is_read_only:
        return log, found
    for socket in caller.contract.sockets.values():
        ways = sayings(socket) if _is_enterable(caller, socket) else ()
        for kind in caller.kinds if ways else ():
            if f"{{{kind.parameter}}}" not in socket.path or fill(socket.path, {kind.parameter: ""}) is None:
                continue
            made = ours.make(kind)
            if made is not None:
                path, nowhere = (fill(socket.path, {kind.parameter: name}) or "" for name in (made.id, WORDS["uuid"]))
                found.append(_meet(_Door(caller, caller.target.dial, socket), path, nowhere, ways))
                ours.clear(made)
    return log, found


def _is_enterable(caller: Caller, socket: SocketTerm) -> bool:
    """What is shown at the door is among our credentials, or nothing needs to be."""
    return socket.is_open or not _query_names(caller, socket) or bool(_token(caller, caller.target.headers))


def sayings(socket: SocketTerm) -> tuple[Say, ...]:
    """Write a word as each frame that everybody hears: of one text, which comes back in a frame of the server's.

    Those of a name that goes both ways come first, and what is documented before what is a guess; none without one.
    """
    said = [(term, member) for term in socket.from_client.values() if (member := _text_of(term, socket.member))]
    heard = {name for term in socket.from_server.values() for name in _members_of(term)}
    said.sort(key=lambda one: (one[0].name not in socket.from_server, one[0].grade != "documented"))
    ways = [_saying(socket.member, term.name, member) for term, member in said if member in heard]
    return tuple(say for say in ways if not socket.frame_violations("from_client", say(_word(0))))


def _saying(naming: str, name: str, member: str) -> Say:
    return lambda word: json.dumps({naming: name, member: word})


def _text_of(term: FrameTerm, naming: str) -> str | None:
    """The one text that a frame needs; None where it needs more, or something else."""
    root: Mapping[str, Any] = {} if term.schema is None else term.schema.root
    needed = [name for name in root.get("required", ()) if name != naming]
    is_one = len(needed) == 1 and root.get("properties", {}).get(needed[0], {}).get("type") == "string"
    return needed[0] if is_one else None


def _members_of(term: FrameTerm) -> set[str]:
    """The names of all members that a frame may have, however deep; those of a list are of what was before."""
    root: Mapping[str, Any] = {} if term.schema is None else term.schema.root
    found: set[str] = set()
    waiting: list[list[Any]] = [[root]]
    for _ in range(DEEPEST):
        named = [members_of(unfold(root, nodes)) for nodes in waiting]
        found |= {name for one in named for name in one}
        found |= {name for nodes in waiting for node in unfold(root, nodes) for name in node.get("required", ())}
        waiting = [nodes for one in named for nodes in one.values()]
    return found


def _word(number: int) -> str:
    return f"offair-says-{number:03}"


@dataclass(frozen=True)
class _Door:
    """Where the rooms of a socket are entered."""

    caller: Caller
    dial: Callable[[str, Headers], Spoken]
    socket: SocketTerm

    def enter(self, path: str, headers: Headers) -> Spoken:
        """Come in, or be sent away; what a browser cannot show in a header is shown in the query."""
        self.caller.secrets.update(headers.values())
        names, token = _query_names(self.caller, self.socket), _token(self.caller, headers)
        query = f"?{urlencode(dict.fromkeys(names, token), quote_via=quote)}" if names and token else ""
        return self.dial(f"{self.caller.target.base_url}{path}{query}", headers)


def _meet(door: _Door, path: str, nowhere: str, ways: Sequence[Say]) -> Gathering:
    target = door.caller.target
    words = map(_word, range(1, 1000))
    turns = cycle(ways)
    lines: dict[str, Spoken] = {}
    heard: dict[str, list[str | bytes]] = {}

    def enter(who: str, headers: Headers, at: str = path) -> Spoken:
        lines[who], heard[who] = door.enter(at, headers), []
        return lines[who]

    def attended(*who: str) -> tuple[Attended, ...]:
        lined = [(one, lines[one]) for one in who]
        return tuple(Attended(one, tuple(heard[one]), line.refused, line.closed) for one, line in lined)

    def greet(who: str) -> None:
        """Who hears itself is there, and hears what follows."""
        word = next(words)
        lines[who].say(ways[0](word))
        _listen(lines[who], heard[who], [word])

    try:
        enter(US, target.headers)
        is_ours_alone = all(enter(OTHER, headers).refused is not None for headers in target.others[:1])
        if is_ours_alone:
            if OTHER in lines:
                lines[OTHER].hang_up()
            enter(OTHER, target.headers)
        members = (US, OTHER)
        for who in members:
            greet(who)
        is_met = all(lines[who].refused is None and lines[who].closed is None for who in members)
        said = [(who, next(words)) for _ in range(ROUNDS) for who in members] if is_met else []
        for who, word in said:
            lines[who].say(next(turns)(word))
        for who in members:
            _listen(lines[who], heard[who], [word for _, word in said])
        met = attended(*members)
        if is_met:
            enter(LATE, target.headers)
            greet(LATE)
            late = attended(LATE)
            lines[LATE].hang_up()
        for who, headers in _strange(target.headers):
            _knock(enter(who, headers), heard[who])
        _knock(enter(LOST, target.headers, nowhere), heard[LOST])
        clumsy = (CLUMSY,) if is_met and not target.is_spared else ()
        for who in clumsy:
            enter(who, target.headers)
            for frame in NO_FRAMES:
                lines[who].say(frame)
            greet(who)
        return Gathering(
            socket=door.socket.key,
            members=met,
            said=tuple(said),
            strangers=attended(BARE, WRONG),
            latecomers=late if is_met else (),
            clumsy=attended(*clumsy),
            lost=attended(LOST),
            one_name=is_ours_alone,
        )
    finally:
        for line in lines.values():
            line.hang_up()


def _strange(headers: Headers) -> Iterator[tuple[str, Headers]]:
    """Somebody without credentials, and somebody with nobody's."""
    yield BARE, without(headers, {name.lower() for name in headers})
    yield WRONG, {name: _spoilt(value) for name, value in headers.items()}


def _knock(line: Spoken, heard: list[str | bytes]) -> None:
    """Try the door, and hear what is said there, if anything."""
    frame = line.hear() if line.refused is None else None
    heard += [] if frame is None else [frame]
    line.hang_up()


def _query_names(caller: Caller, socket: SocketTerm) -> list[str]:
    schemes = caller.contract.document.get("components", {}).get("securitySchemes", {})
    return [schemes[one]["name"] for one in socket.schemes if schemes.get(one, {}).get("in") == "query"]


def _token(caller: Caller, headers: Headers) -> str:
    """What is shown in a query: the bearer's token, or one that is made for who has these headers, or is nobody's."""
    said = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    mint = caller.target.mint
    if said or mint is None or not headers:
        return said.rpartition(" ")[2]
    return mint(headers) or NOBODYS


def _spoilt(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme}{space}{NOBODYS}" if space else NOBODYS


def _listen(line: Spoken, heard: list[str | bytes], words: list[str]) -> None:
    """Hear until everything was heard, or nothing comes any more."""
    missing = {word for word in words if not any(isinstance(one, str) and word in one for one in heard)}
    for _ in range(MOST):
        frame = line.hear() if missing else None
        if frame is None:
            return
        heard.append(frame)
        missing = {word for word in missing if not isinstance(frame, str) or word not in frame}
