"""A cloud's own names for things are written where its JSON is read and shown, and nowhere else (law 6).

Which names are a cloud's own is read from its promise: members and parameters that look like nobody's English (an
underscore, or a capital inside) and are no word of ours.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from laws.source import ROOT, Source, clouds, modules

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
OWN = re.compile(r"[a-z]\w*(_|[A-Z])\w*")
# a cloud's edges: what reads and shows its words. `operations` registers paths, so it may say their parameters
EDGES = {"wire", "hooks", "errors", "auth", "sockets", "chat", "switches"}
PATHS = {"operations"}
# the words of RFC 8216, ISO/IEC 23009-1, RTMP and HAR are the field's own, and clouds borrow them
FIELD = ("emulator/media", "emulator/web/spoiling", "contracts/checks/media", "contracts/writers/har")
VOCABULARY = ("emulator/core", "emulator/provider")
OPENAPI = frozenset({"apiKey"})  # a word of OpenAPI's own (a kind of security scheme), which a cloud may say too
# what is still to be mended; each a place and a name, and a test strikes off what is
KNOWN: frozenset[tuple[str, str]] = frozenset()
CONTROL = ROOT / "emulator/web/control/openapi.yaml"


@cache
def members(cloud: str) -> Mapping[str, str]:
    """Give each name that is a cloud's own, with its kind: ``member``, or the place of a parameter."""
    documents = sorted((ROOT / "contracts" / cloud).rglob("*.yaml"))
    found = [pair for path in documents for pair in collect(yaml.load(path.read_bytes(), Loader=LOADER))]
    return own_of(found)


def own_of(found: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Keep the names that nobody else uses; one that is a path's parameter too counts as that."""
    kinds = dict(sorted(found, key=lambda pair: pair[1] == "path"))
    return {name: kind for name, kind in kinds.items() if OWN.fullmatch(name) and name not in vocabulary() | OPENAPI}


def collect(node: Any) -> Iterator[tuple[str, str]]:
    """Find the members and parameters of an OpenAPI document, each with its kind; headers are HTTP's."""
    if isinstance(node, dict):
        properties, required = node.get("properties"), node.get("required")
        if isinstance(properties, dict):
            yield from ((name, "member") for name in properties)
        if isinstance(required, list):
            yield from ((name, "member") for name in required if isinstance(name, str))
        if isinstance(node.get("name"), str) and node.get("in") in {"path", "query"}:
            yield node["name"], node["in"]
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from collect(inner)


@cache
def vocabulary() -> frozenset[str]:
    """Our own words: whatever core, the form that a cloud fills in and the control surface call things."""
    words = {name for name, _ in collect(yaml.load(CONTROL.read_bytes(), Loader=LOADER))}
    for source in modules("emulator"):
        if source.lies_in(VOCABULARY):
            words.update(_words(source))
    return frozenset(words)


def find_smuggled(source: Source, own: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[str]:
    """Name the texts of a module that are some cloud's own names and stand in the wrong place."""
    if source.lies_in(FIELD):
        return
    own = {cloud: members(cloud) for cloud in clouds()} if own is None else own
    homes = [cloud for cloud in own if cloud in source.parts]
    for cloud in homes or own:  # two clouds may well call something alike
        names, is_home = own[cloud], bool(homes)
        # in a cloud's folder the first step tells the part, be it a module or a folder; in a service's own the second
        steps = source.parts[source.parts.index(cloud) + 1 :][:2] if is_home else ("",)
        part = steps[0]
        if EDGES & set(steps):
            continue
        for line, text in _texts(source):
            if text in names and not (part in PATHS and names[text] == "path") and (source.name, text) not in KNOWN:
                yield (
                    f"{source.name}:{line} spells {cloud}'s {text!r}: read it in wire.py (or hooks.py) "
                    "and go on in our own words"
                )


@cache
def _texts(source: Source) -> tuple[tuple[int, str], ...]:
    found = (node for node in source.nodes if isinstance(node, ast.Constant))
    return tuple((node.lineno, node.value) for node in found if isinstance(node.value, str))


def _words(source: Source) -> Iterator[str]:
    for node in source.nodes:
        for name in ("id", "attr", "arg", "name"):
            word = getattr(node, name, None)
            if isinstance(word, str):
                yield word
