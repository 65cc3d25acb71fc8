"""Does a server refuse what is forbidden, and take what is allowed? Judging by requests."""

from collections.abc import Iterator
from dataclasses import replace

from offair.contracts.checks.check import check
from offair.contracts.checks.seen import History, Seen
from offair.contracts.exchange import Exchange, header
from offair.contracts.violation import Grade, Violation

DOCUMENT = "the cloud's document"
MALFORMED = frozenset({400, 405, 415, 422})  # RFC 9110 sections 15.5.1, 15.5.6, 15.5.16 and 15.5.21
NOT_THERE, NOT_ALLOWED = 404, 405
SAFE_ALWAYS = frozenset({"HEAD", "OPTIONS"})  # RFC 9110 section 9.1: a server may know them everywhere


@check("requests/refused", DOCUMENT, absent="no request broke what is documented")
def refused(history: History) -> Iterator[Violation | None]:
    """A request that breaks what is documented is refused."""
    for call in history.calls:
        broken = call.faults
        if broken and call.exchange.method != "HEAD":
            first = next((one for one in broken if one.grade == "documented"), broken[0])
            yield _let_pass(call, first) if call.is_success else None


@check("requests/taken", DOCUMENT, absent="no request was as documented")
def taken(history: History) -> Iterator[Violation | None]:
    """A request that is as documented is not refused for its form."""
    for call in history.calls:
        if not call.faults and not may_refuse(call):
            status = call.exchange.status
            message = "refuses a request that breaks nothing that is documented"
            is_wrong = status in MALFORMED and call.exchange.method != "HEAD"
            yield call.breach(message, where="response.status", rule="taken", got=status) if is_wrong else None


@check("requests/method", "RFC 9110 section 15.5.6", strength="should", absent="no undocumented method was tried")
def method(history: History) -> Iterator[Violation | None]:
    """A method that is not documented at a path is refused there."""
    for one in history.strays:
        documented = history.contract.methods(one.path)
        if documented and one.method not in SAFE_ALWAYS:
            yield _stray(history, one, f"is answered at {one.path}, which documents {', '.join(documented)}")
    there: set[str] = set()
    strays = {id(one) for one in history.strays}
    for one in history.exchanges:
        if one.method == "GET" and one.status < 300:
            there.add(one.path)
        elif id(one) in strays and one.method not in SAFE_ALWAYS and one.path in there:
            message = f"is answered as if nothing were at {one.path}, where GET was answered a moment before"
            found = history.stray(one, message, "method")
            yield replace(found, expected=NOT_ALLOWED) if one.status == NOT_THERE else None
        elif one.method == "DELETE" and one.status < 300:
            there.discard(one.path)


@check("requests/allow", "RFC 9110 section 15.5.6", absent="no method was refused with 405")
def allow(history: History) -> Iterator[Violation | None]:
    """Who refuses a method with 405 says which are allowed, and says it of all that are documented."""
    for one in history.exchanges:
        if one.status == NOT_ALLOWED and not one.is_hook:
            documented = history.contract.methods(one.path)
            said = header(one.response_headers, "Allow")
            allowed = {name.strip().upper() for name in (said or "").split(",")}
            lacking = [name for name in documented if name not in allowed]
            message = (
                f"refuses {one.method} with 405, and has no Allow"
                if said is None
                else (f"refuses {one.method} and allows {said}, where {', '.join(lacking)} is documented too")
            )
            found = history.stray(one, message, "allow", grade="documented") if said is None or lacking else None
            yield None if found is None else replace(found, where="response.headers", expected=documented, got=said)


@check("requests/path", "RFC 9110 section 15.5.5", strength="should", absent="no undocumented path was tried")
def path(history: History) -> Iterator[Violation | None]:
    """A path that is not documented is not answered as if it were."""
    for one in history.strays:
        if not history.contract.methods(one.path) and any(
            one.path.startswith(f"{b}/") for b in history.contract.base_paths
        ):
            yield _stray(history, one, "is answered, and no such path is documented")


def _stray(history: History, one: Exchange, message: str) -> Violation | None:
    if one.status >= 400:
        return None
    return history.stray(one, message, "stray")


def may_refuse(call: Seen) -> bool:
    """Say whether the answer's status is documented to refuse more than form: what the state of things forbids."""
    answer = call.operation.answer(call.exchange.status)
    return answer is not None and answer.judges_state


def _let_pass(call: Seen, broken: Violation) -> Violation:
    grade: Grade = broken.grade
    message = f"takes a request whose {broken.place.removeprefix('request.')} {broken.message}"
    found = call.breach(message, where="response.status", rule=broken.rule, got=call.exchange.status, grade=grade)
    return replace(found, source=broken.source)
