"""How a module is made: short, without state, and with names that say one thing each."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from laws.source import Source

LONGEST = 400
UNUSED_WORDS = re.compile(r"Manager|Helper|Util|Handler|Service|Backend|^Base|Info$|Data$")
CLOUDS = "emulator/providers/"
# classes of the emulator that share their name with another: the list may only get shorter, and a test keeps it so
SHARED = frozenset({"Session"})


def find_length(source: Source) -> Iterator[str]:
    """Say that a module is too long."""
    if source.lines > LONGEST:
        yield f"{source.name} has {source.lines} lines: split it by what it is about"


def find_empty_names(source: Source) -> Iterator[str]:
    """Name the classes whose name says nothing."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and UNUSED_WORDS.search(node.name):
            yield f"{source.name} calls a class {node.name}, which says nothing; name the noun of the field"


def find_state(source: Source) -> Iterator[str]:
    """Name the lines where a module keeps state: a ``global``, or an empty container that somebody means to fill."""
    wrong = [node.lineno for node in source.nodes if isinstance(node, ast.Global)]
    for node in source.tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]"):
            wrong.append(node.lineno)
    yield from (f"{source.name}:{line} keeps state in a module; state lives in the world" for line in wrong)


def homes(sources: Iterable[Source]) -> Mapping[str, tuple[str, ...]]:
    """Say in which modules each class is defined; what begins with an underscore is its module's own affair."""
    found: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(source.name)
    return {name: tuple(places) for name, places in found.items()}


def _apart(places: Iterable[str]) -> set[str]:
    """Count every module, but the folders of the clouds as one: they have the same words on purpose."""
    return {CLOUDS if place.startswith(CLOUDS) else place for place in places}


def find_shared_names(sources: Iterable[Source], known: frozenset[str] = SHARED) -> Iterator[str]:
    """Name the classes that are called like another, and those that are no more and can be struck off."""
    several = {name: places for name, places in homes(sources).items() if len(_apart(places)) > 1}
    for name in sorted(set(several) - known):
        yield f"{name} is defined in {' and '.join(several[name])}: one word, one meaning; rename the newer"
    for name in sorted(known - set(several)):
        yield f"{name} is defined once now: strike it off SHARED in tests/house/laws/shape.py"
