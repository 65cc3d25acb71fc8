"""What nobody documented is refused, with the nearest name that there is: no typo does something else in silence."""

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from offair.contracts.operation import Operation
from offair.contracts.violation import Violation
from offair.emulator.core.problems import MOST, Invalid
from offair.emulator.provider.reply import Reply
from offair.emulator.web.mount import Passage, Proceed

RULE = "additionalProperties"
ANYTHING = "*/*"


def documented_only(passage: Passage, proceed: Proceed) -> Reply:
    """Refuse parameters of the query that an operation does not have; members of its body its schema refuses.

    One that takes any body takes any query too.
    """
    operation = passage.operation
    if isinstance(operation, Operation) and ANYTHING in operation.bodies:
        return proceed(passage)
    known = [parameter.name for parameter in operation.query_parameters]
    strange = [name for name in passage.query if name not in known]
    if strange:
        raise Invalid([_strange(passage, name, known) for name in strange[:MOST]], left=len(strange[MOST:]))
    try:
        return proceed(passage)
    except Invalid as problem:
        members = _members(operation) if isinstance(operation, Operation) else ()
        told = [_with_nearest(violation, members) for violation in problem.violations]
        raise Invalid(told, problem.left) from problem


def _strange(passage: Passage, name: str, known: Collection[str]) -> Violation:
    return Violation(
        rule=RULE, where="request.query", path=(name,), message=f"is not documented{_nearest(name, known)}",
        source=passage.operation.source, got=passage.query[name],
    )  # fmt: skip


def _with_nearest(violation: Violation, members: Collection[str]) -> Violation:
    if violation.rule != RULE or violation.where != "request.body" or len(violation.path) != 1:
        return violation
    return replace(violation, message=f"{violation.message}{_nearest(str(violation.path[0]), members)}")


def _members(operation: Operation) -> list[str]:
    return [name for schema in operation.bodies.values() for name in schema.spellings]


def _nearest(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there is {', '.join(known)}" if known else "; there is none"
