"""Letting Schemathesis drive a server through all its phases, and judging what went over the wire."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.config import CacheConfig, ChecksConfig
from schemathesis.engine import events, from_schema
from schemathesis.hooks import unregister

from offair.contracts.checks.catalogue import judge_exchanges
from offair.contracts.checks.check import Check
from offair.contracts.checks.driven import COVERED, DRIVEN
from offair.contracts.checks.requests import may_refuse
from offair.contracts.checks.seen import History
from offair.contracts.contract import Contract
from offair.contracts.exchange import NOBODY, Exchange
from offair.contracts.reproducing import curl_line
from offair.contracts.server.calling import US, Caller
from offair.contracts.server.depth import Effort
from offair.contracts.server.pacing import Pace
from offair.contracts.server.shrinking import Promise
from offair.contracts.server.tally import Tally
from offair.contracts.violation import Grade, Violation
from offair.contracts.wsgi import Application

DOCUMENT = "/openapi.json"
CASE = "HTTP_X_SCHEMATHESIS_TESTCASEID"
JSON, ANY = "application/json", "*/*"
WHOLE = frozenset({"limits/never-under"})  # rules that need every call of a tenant, and not those of one scenario
PROBES = "ignored_auth"  # in process its probes hand the WSGI client what only sockets know; auth/* asks instead


@dataclass(frozen=True)
class Noted:
    """What was noted of each case, by its name: when it was asked, and with which query it came."""

    moments: dict[str, float]
    queries: dict[str, str]


def drive(caller: Caller, effort: Effort, checks: tuple[Check, ...], tally: Tally, *, seed: int) -> None:
    """Drive every operation through every phase, and count what became of the rules."""
    fresh = tuple(one for one in checks if one.name not in tally.broken)  # what is broken already is found, and small
    noted = Noted({}, {})
    schema = _schema(caller, effort, fresh, seed, noted)
    with _paced(caller, noted):
        for event in from_schema(schema).execute():
            match event:
                case events.ScenarioFinished():
                    _judge(caller, event.recorder, checks, tally, noted)
                case events.Interrupted():
                    raise KeyboardInterrupt
                case events.FatalError():
                    raise event.exception


@contextmanager
def _paced(caller: Caller, noted: Noted) -> Iterator[None]:
    """Keep the cloud's rates in every call, and note by its case when it was asked, on the cloud's clock."""
    contract, now, pace = caller.contract, caller.target.now, Pace(caller.contract, caller.target)

    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        pace.keep(contract.operations[f"{case.operation.method.upper()} {case.operation.path}"])
        if now is not None:
            noted.moments[case.id] = now()

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        unregister(before_call)


def _schema(caller: Caller, effort: Effort, checks: tuple[Check, ...], seed: int, noted: Noted) -> Any:
    contract, target = caller.contract, caller.target
    config = schemathesis.Config(seed=seed, cache=CacheConfig(enabled=False))  # it is in the working directory
    document = _plain(contract.woven())
    document["servers"] = [{"url": urlsplit(target.base_url).path or "/"}]
    schema: Any
    if target.application is None:
        schema = schemathesis.openapi.from_dict(document, config=config)
        schema.config.update(base_url=target.base_url)
    else:
        application = _serving(document, target.application, noted)
        schema = schemathesis.openapi.from_wsgi(DOCUMENT, application, config=config)
    modes = [schemathesis.GenerationMode.POSITIVE] if target.is_spared else list(schemathesis.GenerationMode)
    schema.config.generation.update(
        with_security_parameters=False,
        max_examples=effort.examples,
        modes=modes,
        database="none",  # it is in the working directory, and what it has of another check comes first, seed or not
    )
    for phase in (schema.config.phases.examples, schema.config.phases.coverage, schema.config.phases.fuzzing):
        phase.extra_data_sources.responses = False  # URLs of answers have ports, and a seed would find something else
    schema.config.analysis.constants.enabled = False  # they would be those of this module and its like
    schema.config.checks = _checks(contract, checks, is_in_process=target.application is not None)
    if target.is_read_only:
        schema = schema.include(method="GET")
    if target.is_read_only or target.is_spared:  # to find out which methods are refused, it would try DELETE
        schema.config.phases.coverage.unexpected_methods = set()
    for one in contract.operations.values():
        if one.ends_access:  # what follows would be asked by a stranger, and on a real account it would be its end
            schema = schema.exclude(method=one.method, path=one.path)
    headers = dict(target.headers)

    @schema.auth()
    class _Credentials:
        def get(self, _case: Any, _context: Any) -> Mapping[str, str]:
            return headers

        def set(self, case: Any, data: Mapping[str, str], _context: Any) -> None:
            case.headers.update(data)

    return schema


def _checks(contract: Contract, checks: tuple[Check, ...], *, is_in_process: bool) -> ChecksConfig:
    off: dict[str, Any] = {name: {"enabled": False} for name in COVERED if name != "max_response_time"}
    if is_in_process:
        off[PROBES] = {"enabled": False}
    alone = tuple(one for one in checks if one.subject in {"answer", "requests"})
    return ChecksConfig.from_dict({**off, Promise.__name__: {"contract": contract, "checks": alone}})


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Leave "any type" out of bodies that have JSON: what is made of it is YAML and XML, which no cloud reads."""
    for item in document.get("paths", {}).values():
        for node in item.values():
            content = node.get("requestBody", {}).get("content", {}) if isinstance(node, dict) else {}
            if ANY in content and JSON in content:
                del content[ANY]
    return document


def _serving(document: Mapping[str, Any], application: Application, noted: Noted) -> Application:
    """Answer for the document in front of an application, and note each case's query as it comes.

    What Schemathesis tells of a request has been through another client, which leaves out what is an empty list.
    """
    content = json.dumps(document).encode()

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != DOCUMENT:
            noted.queries[environ.get(CASE, "")] = environ["QUERY_STRING"]
            return application(environ, start)
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
        return [content]

    return answer


def _judge(caller: Caller, recorder: Any, checks: tuple[Check, ...], tally: Tally, noted: Noted) -> None:
    now = 0.0 if caller.target.now is None else caller.target.now()
    told: dict[str, Exchange] = {}
    for case, found in recorder.interactions.items():
        at = found.timestamp if caller.target.now is None else noted.moments.pop(case, now)
        if (one := _exchange(caller, found, at, noted.queries.pop(case, None))) is not None:
            told[case] = one
    tally.note([*told.values()])
    parts = tuple(one for one in checks if one.name not in WHOLE)
    tally.add(judge_exchanges(caller.contract, [*told.values()], parts, root=caller.root))
    for case, nodes in recorder.checks.items():
        for node in nodes:
            claim = DRIVEN.get(node.name)
            if claim is None or case not in told:
                continue
            tally.keep(claim.name)
            if node.failure_info is not None:
                failure = node.failure_info.failure
                shown = told.get(failure.case_id or case, told[case])
                if is_excused(caller.contract, node.name, shown):
                    continue
                tally.breach(claim, _violation(caller, node.name, str(failure.message or failure.title), shown))


def _exchange(caller: Caller, interaction: Any, at: float, came: str | None) -> Exchange | None:
    asked, answered = interaction.request, interaction.response
    if answered is None:
        return None
    parts = urlsplit(asked.uri)
    below = parts.path.removeprefix(urlsplit(caller.target.base_url).path)
    query = parts.query if came is None else came
    headers = {name: ", ".join(values) for name, values in asked.headers.items()}
    return Exchange(
        method=asked.method.upper(),
        path=caller.contract.base_path + below + (f"?{query}" if query else ""),
        status=answered.status_code,
        request_headers=headers,
        request_body=asked.body or b"",
        response_headers={name: ", ".join(values) for name, values in answered.headers.items()},
        response_body=answered.content or b"",
        at=at,
        who=_who(caller, headers),
    )


def _who(caller: Caller, headers: Mapping[str, str]) -> str | None:
    """Ours are known, wrong ones are nobody's; who sends none is not known."""
    given = {name.lower(): value for name, value in headers.items()}
    ours = {name.lower(): value for name, value in caller.target.headers.items()}
    sent = {name: given[name] for name in ours if name in given}
    if not sent:
        return None
    return US if all(ours[name] == value for name, value in sent.items()) else NOBODY


def is_excused(contract: Contract, name: str, shown: Exchange) -> bool:
    """What Schemathesis cannot know of: another path's operation, bodies of other media types, answers for state.

    Nor what a value means once it is text: of what was made to be wrong, something may be left that is not.
    """
    calls = History(contract, [shown]).calls
    if name == "unsupported_method":
        return bool(calls)
    if name == "ensure_resource_availability":  # what is kept below a thing may be there later, or never
        return any(not one.operation.path.endswith("}") for one in calls)
    if name == "use_after_free":  # what is emptied at a place below a thing leaves the place there
        emptied = [f"DELETE {one.operation.path}" for one in calls if not one.operation.path.endswith("}")]
        return any(key in contract.operations for key in emptied)
    if name == "negative_data_rejection":
        return bool(calls) and not any(one.faults for one in calls)
    return name == "positive_data_acceptance" and any(may_refuse(one) or one.faults for one in calls)


def _violation(caller: Caller, name: str, message: str, shown: Exchange) -> Violation:
    found = caller.contract.match("GET" if shown.method == "HEAD" else shown.method, shown.path)
    grade: Grade = "documented" if found is None else found[0].grade
    if name == "negative_data_rejection":
        grade = _grade_of_what_broke(caller.contract, shown, grade)
    return Violation(
        rule=name,
        where="response",
        message=" ".join(message.split()),
        got=shown.status,
        grade=grade,
        source=DRIVEN[name].source if found is None else found[0].source,
        operation=f"{shown.method} {shown.path.partition('?')[0]}" if found is None else found[0].key,
        reproduce=curl_line(shown, caller.root),
    )


def _grade_of_what_broke(contract: Contract, shown: Exchange, grade: Grade) -> Grade:
    """What only a guess of ours forbids, or nothing that we know, is no error of the server's when it is let pass."""
    from offair.contracts.checks.request import check_request

    broken = check_request(contract, shown)
    return grade if any(one.grade == "documented" for one in broken) else "inferred"
