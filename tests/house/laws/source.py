"""The house as text: every file of the rooms, read and parsed once."""

import ast
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[3]
ROOMS = ("emulator", "contracts", "fixtures")
WRITTEN = {".py", ".yaml", ".json", ".md", ".html", ".css", ".js"}


@dataclass(frozen=True)
class Source:
    """A file of the house: its path below the repository, and its text. A test may make up one that is not there."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The module, parsed."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything that stands in the module."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The path in steps, without the suffix: ``("emulator", "core", "clock")``."""
        return PurePosixPath(self.name).with_suffix("").parts

    @property
    def room(self) -> str:
        """The room of the emulator that this is in, or is; empty for the emulator's own first page."""
        return "" if self.parts[1:] == ("__init__",) else self.parts[1]

    @cached_property
    def lines(self) -> int:
        """How long it is."""
        return len(self.text.splitlines())

    def lies_in(self, places: Collection[str]) -> bool:
        """Is it one of these modules, or below one of these folders? Places are written without a suffix."""
        return any(self.parts[: len(steps)] == steps for steps in (tuple(place.split("/")) for place in places))


@cache
def house() -> tuple[Source, ...]:
    """Every file of the rooms that somebody wrote, in order."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in WRITTEN)
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


@cache
def modules(*rooms: str) -> tuple[Source, ...]:
    """The Python modules of these rooms; of all, when none is named."""
    return tuple(source for source in house() if source.name.endswith(".py") and source.parts[0] in (rooms or ROOMS))


@cache
def clouds() -> tuple[str, ...]:
    """Name the clouds that have a promise here, or code."""
    promised = {path.relative_to(ROOT / "contracts").parts[0] for path in (ROOT / "contracts").rglob("openapi.yaml")}
    served = {path.parent.name for path in (ROOT / "emulator/providers").glob("*/__init__.py")}
    return tuple(sorted(promised | served))
