"""A scene for the rooms of a cloud: two enter, talk at once and listen, and strangers try the door."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from offair.contracts.checks.chat import Attended, Gathering
from offair.contracts.exchange import Exchange
from offair.contracts.server.actors import Actor, fill, kinds
from offair.contracts.server.calling import US, Caller, without
from offair.contracts.server.target import Headers, Spoken
from offair.contracts.sockets import FrameTerm, SocketTerm

OTHER = "another member"
BARE, WRONG = "somebody without credentials", "somebody with nobody's credentials"
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
        say = saying(socket)
        for kind in kinds(caller.contract) if say is not None else ():
            if f"{{{kind.parameter}}}" not in socket.path or fill(socket.path, {kind.parameter: ""}) is None:
                continue
            made = ours.make(kind)
            if made is not None and say is not None:
                path = fill(socket.path, {kind.parameter: made.id}) or ""
                found.append(_meet(caller, caller.target.dial, socket, path, say))
                ours.clear(made)
    return log, found


def saying(socket: SocketTerm) -> Say | None:
    """Write a word as the frame that everybody hears: one that goes both ways, and needs one text; None without one."""
    both = [term for name, term in socket.from_client.items() if name in socket.from_server and term.schema is not None]
    for term in sorted(both, key=lambda one: one.grade != "documented"):
        member = _text_of(term, socket.member)
        if member is not None:
            named, text = {socket.member: term.name}, member  # of this term, whatever the loop comes to
            if not socket.frame_violations("from_client", json.dumps({**named, text: _word(0)})):
                return lambda word: json.dumps({**named, text: word})
    return None


def _text_of(term: FrameTerm, naming: str) -> str | None:
    root: Mapping[str, Any] = {} if term.schema is None else term.schema.root
    needed = [name for name in root.get("required", ()) if name != naming]
    is_one = len(needed) == 1 and root.get("properties", {}).get(needed[0], {}).get("type") == "string"
    return needed[0] if is_one else None


def _word(number: int) -> str:
    return f"offair-says-{number:03}"


def _meet(caller: Caller, dial: Callable[[str, Headers], Spoken], socket: SocketTerm, path: str, say: Say) -> Gathering:
    url = caller.target.base_url + path
    target = caller.target
    lines: dict[str, Spoken] = {}
    heard: dict[str, list[str | bytes]] = {}

    def enter(who: str, headers: Headers) -> None:
        caller.secrets.update(headers.values())
        line = dial(_with_token(url, socket, headers, caller), headers)
        lines[who], heard[who] = line, []

    try:
        enter(US, target.headers)
        enter(OTHER, next(iter(target.others), target.headers))
        if target.others and lines[OTHER].refused is not None:  # it may be ours alone
            lines[OTHER].hang_up()
            enter(OTHER, target.headers)
        words = iter(range(1, 1000))
        for who, line in lines.items():  # who hears itself is there, and hears what follows
            greeting = _word(next(words))
            line.say(say(greeting))
            _listen(line, heard[who], [greeting])
        said = [(who, _word(next(words))) for _ in range(ROUNDS) for who in lines]
        if all(line.refused is None and line.closed is None for line in lines.values()):
            for who, word in said:
                lines[who].say(say(word))
            for who, line in lines.items():
                _listen(line, heard[who], [word for _, word in said])
        else:
            said = []
        members = tuple(_attended(who, line, heard[who]) for who, line in lines.items())
    finally:
        for line in lines.values():
            line.hang_up()
    strangers = tuple(_strangers(caller, dial, socket, url))
    return Gathering(socket=socket.key, members=members, said=tuple(said), strangers=strangers)


def _strangers(
    caller: Caller, dial: Callable[[str, Headers], Spoken], socket: SocketTerm, url: str
) -> Iterator[Attended]:
    """Try the door without credentials, and with nobody's."""
    headers = caller.target.headers
    bare = without(headers, {name.lower() for name in headers})
    wrong = {name: _spoilt(value) for name, value in headers.items()}
    for who, shown in ((BARE, bare), (WRONG, wrong)):
        line = dial(_with_token(url, socket, shown, caller), shown)
        try:
            frame = line.hear() if line.refused is None else None
            yield _attended(who, line, [] if frame is None else [frame])
        finally:
            line.hang_up()


def _with_token(url: str, socket: SocketTerm, headers: Headers, caller: Caller) -> str:
    """Show in the query what a browser cannot show in a header, where the socket's credentials are there."""
    schemes = caller.contract.document.get("components", {}).get("securitySchemes", {})
    names = [schemes[one]["name"] for one in socket.schemes if schemes.get(one, {}).get("in") == "query"]
    bearer = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    token = bearer.rpartition(" ")[2]
    return f"{url}?{urlencode(dict.fromkeys(names, token), quote_via=quote)}" if names and token else url


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


def _attended(who: str, line: Spoken, heard: list[str | bytes]) -> Attended:
    return Attended(who=who, heard=tuple(heard), refused=line.refused, closed=line.closed)
