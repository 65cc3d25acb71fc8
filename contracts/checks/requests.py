"""Does a server refuse what is forbidden, and take what is allowed? Judging by requests."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from offair.contracts.checks.check import check
from offair.contracts.checks.seen import History, Seen
from offair.contracts.exchange import Exchange
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Grade, Violation

DOCUMENT = "the cloud's document"
MALFORMED = frozenset({400, 405, 415, 422})  # RFC 9110 sections 15.5.1, 15.5.6, 15.5.16 and 15.5.21
SAFE_ALWAYS = frozenset({"HEAD", "OPTIONS"})  # RFC 9110 section 9.1: a server may know them everywhere


@check("requests/refused", DOCUMENT, absent="no request broke what is documented")
def refused(history: History) -> Iterator[Violation | None]:
    """A request that breaks what is documented is refused."""
    for call in history.calls:
        broken = broken_by(call)
        if broken and call.exchange.method != "HEAD":
            first = next((one for one in broken if one.grade == "documented"), broken[0])
            yield _let_pass(call, first) if call.is_success else None


@check("requests/taken", DOCUMENT, absent="no request was as documented")
def taken(history: History) -> Iterator[Violation | None]:
    """A request that is as documented is not refused for its form."""
    for call in history.calls:
        if not broken_by(call) and not may_refuse(call):
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
    return Violation(
        rule="stray",
        where="response.status",
        message=message,
        got=one.status,
        grade="inferred",
        source=f"{history.contract.title}: its operations",
        operation=f"{one.method} {one.path.partition('?')[0]}",
        reproduce=curl_line(one, history.root),
    )


def may_refuse(call: Seen) -> bool:
    """Say whether the answer's status is documented to refuse more than form: what the state of things forbids."""
    answer = call.operation.answer(call.exchange.status)
    return answer is not None and answer.judges_state


def broken_by(call: Seen) -> list[Violation]:
    """What a request breaks. A body without a type is read as the documented one: whoever sends it is judged else."""
    one, operation = call.exchange, call.operation
    query = parse_qs(urlsplit(one.path).query, keep_blank_values=True)
    return [
        *operation.path_violations(call.parameters),
        *operation.query_violations(query),
        *operation.header_violations(one.request_headers),
        *operation.body_violations(one.request_content_type, one.request_body),
    ]


def _let_pass(call: Seen, broken: Violation) -> Violation:
    grade: Grade = broken.grade
    message = f"takes a request whose {broken.place.removeprefix('request.')} {broken.message}"
    found = call.breach(message, where="response.status", rule=broken.rule, got=call.exchange.status, grade=grade)
    return replace(found, source=broken.source)
