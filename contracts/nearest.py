"""Of a request that no documented operation takes: which one was meant, and what of it does not fit. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from offair.contracts.contract import Contract
from offair.contracts.operation import Operation

ALIKE = 0.6  # of 1; below that nothing was meant
METHOD, SLASH = 0.1, 0.05  # what the right method adds, and a slash too many or too few takes away
LONGEST = 100  # characters of a step of a path that is compared: nobody mistypes more


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The ``operation`` that is most alike, with its whole path, and what ``differs``, in sentences."""

    operation: Operation
    path: str
    differs: tuple[str, ...]

    def __str__(self) -> str:
        return f" (did you mean {self.operation.key}?)"


def nearest(promises: Iterable[Contract], method: str, path: str, root: str) -> Nearest | None:
    """Find the operation that a request most likely meant; ``root`` is what stands before the base paths here."""
    bare = path.partition("?")[0].removeprefix(root)
    found: list[tuple[float, str, Operation]] = []
    for promise in promises:
        for base in [one for one in promise.base_paths if bare.startswith(one)] or promise.base_paths:
            rest = bare.removeprefix(base)
            given, has_slash = _steps(rest), rest.endswith("/")
            for operation in promise.operations.values():
                likeness = _likeness(operation.path, given, has_slash=has_slash) + METHOD * (operation.method == method)
                found.append((likeness, base + operation.path, operation))
    best = max(found, key=lambda one: one[0], default=None)  # of a service with nothing but sockets there is none
    if best is None or best[0] < ALIKE:
        return None
    _, whole, operation = best
    return Nearest(operation=operation, path=whole, differs=tuple(_differences(operation, whole, method, bare)))


def _steps(path: str) -> list[str]:
    return path.strip("/").split("/")


def _likeness(template: str, given: list[str], *, has_slash: bool) -> float:
    """Compare a path with the steps of another; a path parameter is like anything."""
    wanted = _steps(template)
    shorter, longer = sorted((len(wanted), len(given)))
    if shorter / longer < ALIKE - METHOD:
        return 0.0
    likeness = sum(
        1.0 if _is_part(want) and have else _likeness_of_step(want, have)
        for want, have in zip(wanted, given, strict=False)
    )
    return likeness / longer - SLASH * (template.endswith("/") != has_slash)


@lru_cache(maxsize=1024)  # operations have most of their steps in common
def _likeness_of_step(want: str, have: str) -> float:
    return SequenceMatcher(None, want, have).ratio() if len(have) <= LONGEST else 0.0


def _differences(operation: Operation, template: str, method: str, path: str) -> Iterable[str]:
    if operation.method != method:
        yield f"it is {operation.method}, and {method} was sent"
    wanted, given = template.split("/"), path.split("/")
    for want, have in zip(wanted, given, strict=False):
        if want != have and not (_is_part(want) and have):
            yield f"where {want or 'a slash at the end'} stands, {have or 'nothing'} was sent"
    if len(given) > len(wanted):
        yield f"nothing follows {template}, and {'/'.join(['', *given[len(wanted) :]])} did"
    if len(given) < len(wanted):
        yield f"{'/'.join(['', *wanted[len(given) :]])} is missing at the end"


def _is_part(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")
