"""Scenes: short plots that are always the same, each there for one subject."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from offair.contracts.checks.agreement import ORDERS, WAYS
from offair.contracts.checks.answers import UNMADE
from offair.contracts.checks.counting import COUNT
from offair.contracts.checks.limits import counts, is_countable
from offair.contracts.checks.resources import at
from offair.contracts.checks.states import ON_AIR
from offair.contracts.exchange import NOBODY, Exchange
from offair.contracts.limit import LimitTerm
from offair.contracts.operation import Operation
from offair.contracts.server.actors import BUSY, Actor, Made, fill
from offair.contracts.server.affecting import affecting
from offair.contracts.server.barred import barred
from offair.contracts.server.calling import US, Caller, without
from offair.contracts.server.changing import changing
from offair.contracts.server.crooked import crooked
from offair.contracts.server.departing import departing
from offair.contracts.server.kinds import Kind
from offair.contracts.server.listening import called
from offair.contracts.server.searching import searching
from offair.contracts.server.target import Headers
from offair.contracts.server.within import within
from offair.contracts.server.writing import writing

WRONG = "offair-nobody-has-this"
OTHER_SCHEME = "Digest"
QUERIES = ("key", "token", "auth")
HEADERS = ("X-Auth-Token", "Api-Key", "X-Token")
PAGE, MANY, WHOLE = 2, 5, 100
SETTLED = 15.0  # seconds after which what was stopped is at rest
EDGE = 0.001  # seconds before a window's end
OTHER = "another"
WORDS = ("offair-one", "offair-two")
REAL = 60.0  # seconds: the longest window that is tried where they go by for real
LONGEST = 1000  # calls that a limit may allow, and is still tried


def credentials(caller: Caller) -> list[Exchange]:
    """Call every operation without credentials, and with wrong ones."""
    log: list[Exchange] = []
    names = _credential_names(caller)
    ours = Actor(caller, caller.target.headers, log)
    made = [] if caller.target.is_read_only else _one_of_each(ours)
    for one in made:
        _rest(ours, one)
    bare = without(caller.target.headers, names)
    shown = {name: value for name, value in caller.target.headers.items() if name.lower() in names}
    for operation in caller.contract.operations.values():
        if caller.target.is_read_only and operation.method != "GET":
            continue
        ids = {one.kind.parameter: one for one in made}
        if fill(operation.path, dict.fromkeys(ids, "")) is None:
            continue
        Actor(caller, bare, log, None).call(operation, made)
        for how, spoil in WRONG_WAYS.items():
            wrong = {name: spoil(value) for name, value in shown.items()}
            if all(wrong[name] != shown[name] for name in shown) and (how in POLITE or not caller.target.is_spared):
                Actor(caller, {**bare, **wrong}, log, NOBODY, title=how).call(operation, made)
    _show_elsewhere(caller, bare, shown, log)
    for one in made:
        ours.look(one)  # what nobody was let do was not done
    if not caller.target.is_read_only:
        _clear(ours, made)
    return log


def _show_elsewhere(caller: Caller, bare: Headers, shown: Headers, log: list[Exchange]) -> None:
    """Show our credentials where nobody documents them."""
    guarded = next((one for one in _plain_lists(caller) if not one.is_open), None)
    if guarded is None or not shown or caller.target.is_spared:
        return
    path = caller.contract.base_path + guarded.path
    word = next(iter(shown.values())).rpartition(" ")[2]
    documented = str(_schemes(caller))
    plain = [name.lower().removeprefix("x-").replace("-", "_") for name in shown]
    for name in (name for name in (*plain, *QUERIES) if f"'{name}'" not in documented):
        nobody = Actor(caller, bare, log, None, title=f"they stand in the query, as {name}")
        nobody.get(f"{path}?{urlencode({name: word})}")
    for name in (name for name in HEADERS if name.lower() not in documented.lower()):
        Actor(caller, {**bare, name: word}, log, None, title=f"they stand in {name}").get(path)
    if all(one.get("type") == "apiKey" for one in _schemes(caller).values()):
        bearer = {**bare, "Authorization": f"Bearer {word}"}
        Actor(caller, bearer, log, None, title="they stand in Authorization, as a bearer's").get(path)
    Actor(caller, bare, log, None, title="and with another method").try_method("HEAD", guarded.path)


def lists(caller: Caller) -> list[Exchange]:
    """Read each list page by page, and whole, with some things in it."""
    log: list[Exchange] = []
    ours = Actor(caller, _fresh(caller), log)
    for kind in caller.kinds:
        is_written = not caller.target.is_read_only
        ours.list(kind, 0, WHOLE)  # so that it shows whether what is made now is in it
        made = [one for place in range(MANY) if is_written and (one := _make_later(ours, kind, place))]
        for one in made:
            ours.look(one)
        ours.list(kind, 0, WHOLE)
        for page in range(MANY // PAGE + 2):
            ours.list(kind, page, PAGE)
        ours.list(kind)
        ours.list(kind)
        for query in _parts(kind.listing) if kind.listing is not None else ():
            ours.get(f"{caller.contract.base_path}{kind.make.path}?{query}")
        for read in _plain_lists(caller):
            if read.path.startswith(f"{kind.make.path}/") and read.path.endswith(COUNT):
                ours.call(read)
        _clear(ours, made)
        _narrow(ours, kind)
    return log


def _narrow(ours: Actor, kind: Kind) -> None:
    """Ask a list for those with some words in a list of theirs: one thing has all of them, and one has not."""
    known = {} if kind.listing is None else {one.name: one for one in kind.listing.query_parameters}
    for name, parameter in known.items():
        member = name.removesuffix("[]")
        with_it = (n for n, one in enumerate(kind.bodies) if isinstance(one.value, dict) and member in one.value)
        body = next(with_it, None) if parameter.schema.get("type") == "array" else None
        if body is not None:
            made = [ours.make(kind, body, {member: [*words]}) for words in (WORDS[:1], WORDS)]
            for words in (WORDS[:1], WORDS):
                query = urlencode({name: words}, doseq=True)
                ours.get(f"{ours.caller.contract.base_path}{kind.make.path}?{query}")
            _clear(ours, [one for one in made if one is not None])


def _make_later(ours: Actor, kind: Kind, place: int) -> Made | None:
    """Make the next one a moment after the one before, so that their order shows."""
    if ours.caller.target.advance is not None:
        ours.caller.target.advance(1.0)
    return ours.make(kind, place)


def gone(caller: Caller) -> list[Exchange]:
    """Do everything with a thing of each kind, delete it, and try all that again."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    for kind in () if caller.target.is_read_only else caller.kinds:
        bystander = ours.make(kind, 1) if kind.delete is not None else None
        made = None if bystander is None else ours.make(kind)
        if bystander is not None and made is not None:
            ours.look(bystander)
            ours.try_all(made, bystander)
            showing = [one for one in _plain_lists(caller) if _shows(ours.call(one), made)]
            ours.clear(made)
            ours.look(made)
            ours.delete(made)
            ours.list(kind)
            for one in showing:
                ours.call(one)
            ours.try_all(made)
            ours.look(bystander)
            ours.clear(bystander)
    return log


def limits(caller: Caller) -> list[Exchange]:
    """Call as often as each limit allows, once more, just before the window's end, and after it."""
    log: list[Exchange] = []
    target = caller.target
    wait = target.advance or (None if target.is_spared else target.wait)
    longest = math.inf if target.advance is not None else REAL
    if wait is None:
        return log
    for term in caller.contract.limits:
        if is_countable(term) and (term.allowed or 0) <= LONGEST and (term.seconds or 0.0) <= longest:
            with caller.hurried():
                _press(caller, term, log, wait)
    return log


def tenants(caller: Caller) -> list[Exchange]:
    """Let another tenant read, list and change what we made."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    others = [Actor(caller, headers, log, f"{OTHER} {n}") for n, headers in enumerate(caller.target.others, 1)]
    for kind in caller.kinds if others and not caller.target.is_read_only else ():
        made = ours.make(kind)
        if made is None:
            continue
        ours.list(kind)
        ours.look(made)
        for other in others:
            other.list(kind)
            other.look(made)
            other.try_all(made)
            ours.look(made)
            other.delete(made)
            _rest(ours, made)
            other.delete(made)
        ours.look(made)
        ours.look(made)
        ours.list(kind)
        _clear(ours, [made])
        ours.look(made)
        ours.list(kind)
    return log


def on_air(caller: Caller) -> list[Exchange]:
    """Put each kind of thing on air, stop it, and see where it comes to rest."""
    log: list[Exchange] = []
    advance, simulate = caller.target.advance, caller.target.simulate
    ours = Actor(caller, caller.target.headers, log)
    if advance is None or simulate is None or caller.target.is_read_only:
        return log
    for kind in caller.kinds:
        made = ours.make(kind)
        if made is not None:
            title = ON_AIR if simulate(made.id, "live") else ""
            advance(EDGE)
            Actor(caller, caller.target.headers, log, title=title).look(made)
            for stop in kind.stops[:1]:
                ours.act(made, stop)
                advance(SETTLED)
                ours.look(made)
            _clear(ours, [made])
    return log


def strays(caller: Caller) -> list[Exchange]:
    """Ask for what nobody documents, and for what nobody made."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    ours.get(f"{caller.contract.base_path}/{WRONG}")
    for kind in () if caller.target.is_spared else caller.kinds:
        ours.get(f"{caller.contract.base_path}{kind.make.path.rstrip('/')}//")
        if kind.look is not None:
            ours.get(caller.contract.base_path + at(kind.home, UNMADE))
    return log


def published(caller: Caller) -> list[Exchange]:
    """Ask what was published to be asked, word for word."""
    log: list[Exchange] = []
    ours = Actor(caller, caller.target.headers, log)
    for kind in () if caller.target.is_read_only else caller.kinds:
        for place in range(len(kind.bodies)):
            made = ours.make(kind, place)
            _clear(ours, [made] if made else [])
    return log


SCENES: tuple[Callable[[Caller], list[Exchange]], ...] = (
    credentials,
    strays,
    published,
    on_air,
    barred,
    lists,
    gone,
    within,
    affecting,
    changing,
    writing,
    searching,
    tenants,
    called,
    crooked,
    departing,
    limits,
)

FOR: Mapping[Callable[[Caller], list[Exchange]], frozenset[str]] = {
    called: frozenset({"webhooks"}),
    departing: frozenset({"answer", "requests"}),
    limits: frozenset({"limits"}),
}
"""The long ones, and the subjects that they are played for."""


def _press(caller: Caller, term: LimitTerm, log: list[Exchange], advance: Callable[[float], None]) -> None:
    meant = [one for one in caller.contract.operations.values() if counts(term, one) and not one.ends_access]
    meant.sort(key=lambda one: (one.method != "GET", one.path.count("{")))
    allowed, seconds = term.allowed or 0, term.seconds or 0.0
    ours = Actor(caller, _fresh(caller), log, f"{US}, {term.subject}")
    made = _one_of_each(ours) if meant and "{" in meant[0].path else []
    if not meant or ours.call(meant[0], made) is None:
        return
    advance(2 * seconds)
    for _ in range(allowed + 2):
        ours.call(meant[0], made)
    for headers in caller.target.others[:1]:  # who is another's equal: its window is its own
        Actor(caller, headers, log, f"{OTHER}, {term.subject}").call(meant[0], made)
    advance(seconds - EDGE)
    ours.call(meant[0], made)
    advance(2 * EDGE)
    ours.call(meant[0], made)
    advance(seconds)


def _fresh(caller: Caller) -> dict[str, str]:
    return dict(caller.target.headers if caller.target.invite is None else caller.target.invite())


def _one_of_each(ours: Actor) -> list[Made]:
    return [made for kind in ours.caller.kinds if (made := ours.make(kind))]


def _rest(ours: Actor, made: Made) -> None:
    """Stop a thing, so that nothing but who asks stands against its deletion."""
    for stop in made.kind.stops:
        ours.act(made, stop)
    ours.look(made)


def _clear(ours: Actor, made: Sequence[Made]) -> None:
    for one in made:
        ours.clear(one)


def _credential_names(caller: Caller) -> set[str]:
    named = {scheme["name"].lower() for scheme in _schemes(caller).values() if scheme.get("in") == "header"}
    return named | {"authorization", "cookie"}


def _schemes(caller: Caller) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = caller.contract.document.get("components", {}).get("securitySchemes", {})
    return found


def _plain_lists(caller: Caller) -> Iterator[Operation]:
    """What can be read with nothing in its path, and no query."""
    for one in caller.contract.operations.values():
        if one.method == "GET" and "{" not in one.path and not any(p.is_required for p in one.query_parameters):
            yield one


def _shows(answer: Exchange | None, made: Made) -> bool:
    return answer is not None and answer.status < BUSY and f'"{made.id}"'.encode() in answer.response_body


def _parts(listing: Operation) -> Iterator[str]:
    """Ask a list for those with each value that a parameter lists."""
    for parameter in listing.query_parameters:
        if ORDERS.match(parameter.name):
            yield from (urlencode({parameter.name: way}) for way in WAYS)
        for value in listing.query_parameters.words_of(parameter):
            if isinstance(value, str) and value:
                yield urlencode({parameter.name: value})


def _spoilt(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme}{space}{WRONG}" if space else WRONG


def _in_another_scheme(value: str) -> str:
    _, space, token = value.partition(" ")
    return f"{OTHER_SCHEME}{space}{token}" if space else value


WRONG_WAYS: Mapping[str, Callable[[str], str]] = {
    "another value": _spoilt,
    "the last letter is missing": lambda value: value[:-1],
    "one letter more": lambda value: f"{value}x",
    "large letters are small, and small ones large": lambda value: value.swapcase(),
    "nothing but its first four letters": lambda value: value[: value.rfind(" ") + 5],
    "the scheme is another": _in_another_scheme,
    "without its scheme": lambda value: value.rpartition(" ")[2],
    "nothing": lambda _: "",
}
"""How credentials are made wrong, each as people say it."""
POLITE = frozenset({"another value"})
"""What is tried of a server that is to be spared what is malformed."""
