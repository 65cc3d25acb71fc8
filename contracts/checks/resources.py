"""What was made: the things that a cloud gives an id, where they are, and where they are listed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from offair.contracts.checks.seen import History, Seen
from offair.contracts.contract import Contract
from offair.contracts.jsontext import follow, objects_in
from offair.contracts.operation import Operation

NAMES = ("id", "uuid")


@dataclass(frozen=True)
class Thing:
    """What a call made: ``homes`` are the paths where it is, the first of them the one to look at it."""

    id: str
    homes: tuple[str, ...]
    made: Seen

    @property
    def path(self) -> str:
        """Where it is looked at."""
        return self.homes[0]

    @property
    def is_named(self) -> bool:
        """Its maker has called it so: another's may be called the same."""
        return isinstance(self.made.asked, dict) and self.id in self.made.asked.values()

    def is_shown_by(self, call: Seen) -> bool:
        """The answer shows the thing, and not one around it, or another."""
        return shown_by(call.answer) in {None, self.id}

    def is_at(self, path: str) -> bool:
        """The path is the thing's, or below it."""
        return any(path == home or path.startswith(f"{home}/") for home in self.homes)

    def is_listed_at(self, path: str) -> bool:
        """The path is that of the collection that it was made in; a slash at its end makes no other one of it."""
        return path.rstrip("/") == self.made.path.rstrip("/")


def things(history: History) -> tuple[Thing, ...]:
    """Find what was made by a POST to where things are kept, in the order of making."""
    return history.worked_out(_things)


def lives(history: History) -> tuple[tuple[Thing, tuple[Seen, ...]], ...]:
    """Pair each thing with the calls at it, and below it, since it was made: whoever asked, in their order."""
    return history.worked_out(_lives)


def homes(history: History) -> Mapping[str, Thing]:
    """Name each path at which a thing was made to be, with the thing: of several, the one made last."""
    return history.worked_out(_homes)


def thing_at(history: History, path: str) -> Thing | None:
    """Find the thing that is at a path, or within which the path leads: the innermost."""
    there = homes(history)
    return next((there[home] for home in ways_up(path) if home in there), None)


def _homes(history: History) -> Mapping[str, Thing]:
    return {home: thing for thing in things(history) for home in thing.homes}


def _things(history: History) -> tuple[Thing, ...]:
    return tuple(_made(history))


def _made(history: History) -> Iterator[Thing]:
    latest: dict[str, Seen] = {}
    for call in history.calls:
        if call.operation.method == "POST" and call.is_success and call.answer is not None:
            homes = homes_of(history.contract, call.operation)
            found = _made_by(history.contract, call, homes, latest) if homes else None
            if found is not None:
                base = call.path.removesuffix(filled(call.operation.path, call.parameters))
                yield Thing(found, tuple(base + at(filled(home, call.parameters), found) for home in homes), call)
        if call.is_success and call.answer is not None:
            latest[call.path] = call


def _made_by(contract: Contract, call: Seen, homes: Sequence[str], latest: Mapping[str, Seen]) -> str | None:
    """Read the id of what a call has made.

    Some clouds answer by showing the whole thing within which it was made: then it is the id that was not there before.
    """
    found = read_id(contract, call.operation, parameter_of(homes[0]), call.answer, call.asked)
    if found not in call.parameters.values():
        return found
    around = latest.get(call.path.rpartition("/")[0])
    fresh = set[str]() if around is None else names_in(call.answer) - names_in(around.answer)
    return fresh.pop() if len(fresh) == 1 else None


def _lives(history: History) -> tuple[tuple[Thing, tuple[Seen, ...]], ...]:
    made = {id(thing.made): thing for thing in things(history)}
    calls: dict[int, list[Seen]] = {one: [] for one in made}
    there: dict[str, int] = {}  # what is made anew takes the place of what was there
    for call in history.calls:
        for one in dict.fromkeys(there[home] for home in ways_up(call.path) if home in there):
            calls[one].append(call)
        for home in made[id(call)].homes if id(call) in made else ():
            there[home] = id(call)
    return tuple((made[one], tuple(found)) for one, found in calls.items())


def ways_up(path: str) -> Iterator[str]:
    """The path, and those above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def homes_of(contract: Contract, collection: Operation) -> tuple[str, ...]:
    """Give the path templates where a collection's things are, each ending with the parameter that stands for one.

    They are below the collection, and where links of the document lead from the answer. The first can be read, if any.
    """
    start = f"{collection.path.rstrip('/')}/{{"
    below = (one.path for one in contract.operations.values() if one.path.startswith(start))
    homes = [path for path in below if path.endswith("}") and path.count("/") == start.count("/")]
    for link in _links(contract, collection):
        target = contract.by_id.get(link.get("operationId", ""))
        path = "" if target is None else target.path
        homes += [
            path[: path.index(f"{{{name}}}") + len(name) + 2] for name in link["parameters"] if f"{{{name}}}" in path
        ]
    once = dict.fromkeys(homes)
    return tuple(sorted(once, key=lambda home: f"GET {home}" not in contract.operations))


def parameter_of(home: str) -> str:
    """Name the parameter that a home ends with."""
    return home.rpartition("{")[2].removesuffix("}")


def filled(template: str, known: Mapping[str, str]) -> str:
    """Fill in those parameters of a path that are known."""
    parts = template.split("/")
    return "/".join(quote(known[p[1:-1]], safe="") if p[:1] == "{" and p[1:-1] in known else p for p in parts)


def at(home: str, thing: str) -> str:
    """Fill a home with the id of a thing."""
    return home[: home.rindex("{")] + quote(thing, safe="")


def read_id(contract: Contract, made: Operation, parameter: str, answer: Any, asked: Any = None) -> str | None:
    """Read a made thing's id from the answer: where a link of the document says, else by its name.

    What is answered by a list of names is called as the request asks, which has that name and no other.
    """
    way = _linked(contract, made, parameter)
    found = follow(answer, way) if way else member_of(answer, (*NAMES, parameter))
    if isinstance(answer, list) and isinstance(asked, dict) and not way:
        said = [value for value in asked.values() if isinstance(value, str) and value in answer]
        found = said[0] if len(said) == 1 else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) and found != "" else None


def listed(answer: Any) -> list[dict[str, Any]] | None:
    """Find the things that a listing has: its first list of objects, however deep; None where there is none."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            return [one for one in node if isinstance(one, dict)]
        if isinstance(node, dict):
            waiting.extend(node.values())
    return None


def names_listed(answer: Any) -> list[str | None] | None:
    """The ids of the things that a listing has; what is listed as a text is its own. None where it lists nothing."""
    rows = listed(answer)
    texts = [one for one in answer if isinstance(one, str)] if isinstance(answer, list) else []
    return None if rows is None else [*map(id_of, rows), *texts]


def names_in(answer: Any) -> set[str]:
    """The ids of all objects in an answer, however deep."""
    return {name for node in objects_in(answer) if (name := id_of(node)) is not None}


def shown_by(answer: Any) -> str | None:
    """The id of the thing that an answer shows: the shallowest of all."""
    found = member_of(answer, NAMES)
    return None if found is None else str(found)


def id_of(row: Mapping[str, Any]) -> str | None:
    """The id of a listed thing; None where it has none."""
    found = next((row[name] for name in NAMES if name in row), None)
    return None if found is None else str(found)


def _linked(contract: Contract, made: Operation, parameter: str) -> Sequence[str]:
    for link in _links(contract, made):
        said = link["parameters"].get(parameter, "")
        if isinstance(said, str) and said.startswith("$response.body#/"):
            return said.partition("#/")[2].split("/")
    return ()


def _links(contract: Contract, made: Operation) -> Iterator[Mapping[str, Any]]:
    node = contract.document["paths"][made.path][made.method.lower()]
    for answer in node.get("responses", {}).values():
        yield from (link for link in answer.get("links", {}).values() if link.get("parameters"))


def member_of(answer: Any, names: Sequence[str]) -> Any:
    """The shallowest member of one of these names."""
    waiting = [answer]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            for name in names:
                if isinstance(node.get(name), str | int):
                    return node[name]
            waiting.extend(node.values())
    return None
