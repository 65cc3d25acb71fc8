"""The stand-in keeps what it documents, and a server that does not is found out: each planted fault by its rule."""

import json
from dataclasses import replace
from functools import cache

import pytest

from offair.contracts.checks.catalogue import CHECKS
from offair.contracts.checks.driven import DRIVEN
from offair.contracts.contract import promise
from offair.contracts.limit import LimitTerm
from offair.contracts.server import UnreachableError, check_server, driving, scenes, stories
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.depth import Effort
from offair.contracts.server.kinds import kinds
from offair.contracts.server.stories import tell
from offair.contracts.server.tally import Tally
from offair.contracts.server.target import Target
from offair.contracts.server.tidying import Traces
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import discover
from offair.emulator.target import PASSTHROUGH, judged

CLOUD = promise("tenbyte")
STREAMS = "/streams"


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(PASSTHROUGH) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="target")
def _target(emulator):
    with judged("tenbyte", emulator) as target:
        yield target


def pytest_generate_tests(metafunc):
    if "every_contract" in metafunc.fixturenames:
        mains = [provider.promise for provider in discover()]
        every = [one for main in mains for one in (main, *main.services.values()) if one.operations]
        metafunc.parametrize("every_contract", every, ids=lambda one: f"{one.name}/{one.service}".rstrip("/"))


class Asked:
    """A request on its way to the application, for a fault to change, and what it is answered."""

    def __init__(self, application, environ, start):
        self.application, self.environ, self.start = application, environ, start
        self.method, self.path = environ["REQUEST_METHOD"], environ["PATH_INFO"]

    @property
    def is_item(self):
        return self.path.rpartition("/")[0].endswith(STREAMS)

    def proceed(self):
        begun = []
        content = b"".join(self.application(self.environ, lambda status, headers, *_: begun.append((status, headers))))
        return begun[-1][0], begun[-1][1], content

    def answer(self, status, headers, content):
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        self.start(status, [*kept, ("Content-Length", str(len(content)))])
        return [content]


def spoilt(target, fault):
    memory = {}

    def application(environ, start):
        asked = Asked(target.application, environ, start)
        return asked.answer(*fault(asked, memory))

    return replace(target, application=application)


def changed(answer, change):
    status, headers, content = answer
    return status, headers, json.dumps(change(json.loads(content))).encode() if content else content


def deletes_nothing(asked, memory):
    if asked.method == "GET" and asked.path in memory:
        return memory[asked.path]
    answer = asked.proceed()
    if asked.method == "GET" and asked.is_item and answer[0].startswith("200"):
        memory[f"seen {asked.path}"] = answer
    if asked.method == "DELETE" and answer[0].startswith("204") and f"seen {asked.path}" in memory:
        memory[asked.path] = memory[f"seen {asked.path}"]
    return answer


def lists_what_is_gone(asked, memory):
    answer = asked.proceed()
    if asked.method == "GET" and asked.path.endswith(STREAMS):
        key = asked.environ["QUERY_STRING"], asked.environ.get("HTTP_X_API_KEY")
        rows = json.loads(answer[2]).get("data", [])
        memory[key] = rows = [*rows, *(row for row in memory.get(key, []) if row not in rows)]
        return changed(answer, lambda body: body | ({"data": rows} if "data" in body else {}))
    return answer


def lets_anybody_read(asked, memory):
    if asked.method == "POST" and asked.path.endswith(STREAMS):
        answer = asked.proceed()
        if answer[0].startswith("201"):
            memory[json.loads(answer[2])["data"]["id"]] = asked.environ.get("HTTP_X_API_KEY")
        return answer
    if asked.method == "GET" and asked.is_item and asked.path.rpartition("/")[2] in memory:
        asked.environ["HTTP_X_API_KEY"] = memory[asked.path.rpartition("/")[2]]
    return asked.proceed()


def asks_nobody(asked, memory):
    memory.setdefault("key", asked.environ.get("HTTP_X_API_KEY"))
    asked.environ["HTTP_X_API_KEY"] = asked.environ.get("HTTP_X_API_KEY", memory["key"]) or ""
    return asked.proceed()


def creates_with_200(asked, _memory):
    status, *rest = asked.proceed()
    return (status.replace("201 CREATED", "200 OK").replace("201 Created", "200 OK"), *rest)


def says_it_is_text(asked, _memory):
    status, headers, content = asked.proceed()
    return status, [(n, "text/plain" if n.lower() == "content-type" else v) for n, v in headers], content


def says_how_it_went_in_a_text(asked, _memory):
    answer = asked.proceed()
    if asked.method == "GET" and asked.is_item and answer[0].startswith("200"):
        return changed(answer, lambda body: body | {"success": "yes"})
    return answer


def takes_anything(asked, _memory):
    status, headers, content = asked.proceed()
    if status.startswith("422"):
        return "201 Created", headers, content
    return status, headers, content


def refuses_sound(asked, _memory):
    body = asked.environ["wsgi.input"].read()
    asked.environ["wsgi.input"].seek(0)
    status, headers, content = asked.proceed()
    if status.startswith("201") and b'"mode": "audio"' in body.replace(b'":"', b'": "'):
        errors = [{"code": "x", "message": "y"}]
        no = {"success": False, "code": "VALIDATION_ERROR", "message": "no", "errors": errors}
        return "422 Unprocessable", headers, json.dumps(no).encode()
    return status, headers, content


def fails_at_long_names(asked, _memory):
    if int(asked.environ.get("CONTENT_LENGTH") or 0) > 1500:
        raised = json.dumps({"success": False, "code": "INTERNAL_ERROR", "message": "oops"}).encode()
        return "500 Oops", [("Content-Type", "application/json")], raised
    return asked.proceed()


def fails_once(asked, memory):
    answer = asked.proceed()
    if memory or asked.method != "GET":
        return answer
    memory["failed"] = True
    return "500 Internal Server Error", [("Content-Type", "text/html")], b"<p>Try again"


def repeats_a_page(asked, _memory):
    if asked.environ["QUERY_STRING"].startswith("page=2"):
        asked.environ["QUERY_STRING"] = asked.environ["QUERY_STRING"].replace("page=2", "page=1", 1)
    return asked.proceed()


def turns_pages_round(asked, _memory):
    answer = asked.proceed()
    if "per_page=2" in asked.environ["QUERY_STRING"] and answer[0].startswith("200"):
        return changed(answer, lambda body: body | {"data": body["data"][::-1]})
    return answer


def stops_nothing(asked, _memory):
    if asked.path.endswith("/stop"):
        done = json.dumps({"success": True, "message": "Stopped.", "data": {}}).encode()
        return "200 OK", [("Content-Type", "application/json")], done
    return asked.proceed()


def is_ahead(asked, _memory):
    answer = asked.proceed()
    if answer[0].startswith("201") and asked.path.endswith(STREAMS):
        return changed(answer, lambda body: body | {"data": body["data"] | {"updated_at": "2099-01-01T00:00:00Z"}})
    return answer


def counts_looks(asked, memory):
    answer = asked.proceed()
    memory["looks"] = memory.get("looks", 0) + 1
    if asked.method == "GET" and asked.is_item and answer[0].startswith("200"):
        return changed(
            answer, lambda body: body | {"data": body["data"] | {"region": f"sg-edge-{memory['looks'] % 90 + 10}"}}
        )
    return answer


FAULTS = [
    (deletes_nothing, "lifecycle/deleted-is-gone"),
    (lists_what_is_gone, "lifecycle/deleted-is-unlisted"),
    (lets_anybody_read, "tenants/read"),
    (asks_nobody, "auth/required"),
    (creates_with_200, "answer/status"),
    (says_it_is_text, "answer/type"),
    (says_how_it_went_in_a_text, "answer/body"),
    (takes_anything, "requests/refused"),
    (refuses_sound, "requests/taken"),
    (fails_at_long_names, "answer/no-failure"),
    (repeats_a_page, "pages/once"),
    (turns_pages_round, "pages/order"),
    (stops_nothing, "lifecycle/stopped-rests"),
    (is_ahead, "clock/not-ahead"),
    (counts_looks, "reads/same"),
]


DRIVING = {one.name for one in DRIVEN.values()}
LIVES = [one.name for one in CHECKS if one.subject == "lifecycle" and one.name not in DRIVING]
PARTS = {"scenes": (scenes, "SCENES", ()), "stories": (stories, "tell", None), "driving": (driving, "drive", None)}
DRAWN = [
    ("stories", lets_anybody_read, "tenants/read"),
    ("driving", fails_at_long_names, "answer/no-failure"),
]


def by(part, target, fault, rule):
    """Judge a server with this fault by this rule, in one part of a check alone.

    What departs from good requests is most of a check: here it is sent for the rules of requests alone.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(scenes.FOR, scenes.departing, frozenset({"requests"}))
        for module, name, nothing in (PARTS[one] for one in PARTS if one != part):
            patch.setattr(module, name, (lambda *_, **_more: None) if nothing is None else nothing)
        return check_server(CLOUD, spoilt(target, fault), depth="quick", only=[rule])


@pytest.fixture(scope="module", name="report_on")
def _report_on(target):
    """Judge once: what a fault broke in the scenes is what several claims are about."""
    return cache(lambda fault, rule: by("scenes", target, fault, rule))


@pytest.mark.parametrize(("fault", "rule"), FAULTS, ids=[rule for _, rule in FAULTS])
def test_a_planted_fault_is_found_by_its_rule(report_on, fault, rule):
    report = report_on(fault, rule)

    assert [rule] == [one.rule.name for one in report.broken]
    assert all(one.operation and one.reproduce for one in report.violations)


@pytest.mark.parametrize(("part", "fault", "rule"), DRAWN, ids=[f"{part}-{rule}" for part, _, rule in DRAWN])
def test_a_planted_fault_is_found_by_what_is_drawn_too(target, part, fault, rule):
    report = by(part, target, fault, rule)

    assert [rule] == [one.rule.name for one in report.broken]
    assert all(one.operation and one.reproduce for one in report.violations)


def test_the_stand_in_keeps_what_it_documents(target):
    report = check_server(CLOUD, target, depth="quick", seed=2)  # with 1 every cloud is judged below

    assert [] == _found(report)
    assert {"lifecycle/deleted-is-gone", "tenants/read", "pages/once", "answer/body"} <= {
        one.rule.name for one in report.upheld
    }


@pytest.mark.slow
def test_every_cloud_of_the_stand_in_and_each_service_keeps_what_it_documents(emulator, every_contract):
    with judged(every_contract.name, emulator, every_contract.service) as target:
        begin = target.snapshot()
        report = check_server(every_contract, target, depth="quick")
        target.restore(begin)

    assert [] == _found(report)


def _found(report):
    """What is wrong, with the server or with the judge."""
    failed = [one.why for one in report.verdicts if one.is_ours]
    return [*report.violations, *failed, *([] if report.seen.endswith(" answers") else [report.seen])]


def test_a_scene_that_fails_says_whose_fault_that_is_and_takes_no_other_with_it(target, monkeypatch):
    def broken(caller):
        raise ZeroDivisionError(caller.target.base_url)

    monkeypatch.setattr(scenes, "SCENES", (broken, scenes.strays))
    monkeypatch.setattr(driving, "drive", lambda *_, **_more: None)
    monkeypatch.setattr(stories, "tell", lambda *_, **_more: None)

    report = check_server(CLOUD, target, depth="quick", only=["answer/not-there"])

    assert ["answer/not-there"] == [one.rule.name for one in report.upheld]
    assert "the scene 'broken' failed (ZeroDivisionError" in report.seen
    assert "a fault of Offair's" in report.seen


def test_what_is_drawn_takes_a_line_to_write(every_contract):
    drawn = [every_contract, *every_contract.operations.values(), *kinds(every_contract)]

    assert [] == [text for text in map(repr, drawn) if len(text) > 100]


def test_what_the_target_cannot_do_is_not_judged_and_says_so(target):
    plain = Target(base_url=target.base_url, headers=target.headers, application=target.application, is_read_only=True)

    report = check_server(CLOUD, plain, depth="quick", only=["tenants", "lifecycle/stopped-rests", "auth/required"])

    assert {"auth/required"} == {one.rule.name for one in report.upheld}
    assert all(one.why for one in report.not_judged)


def test_a_limit_that_is_given_is_binding(target):
    rate = LimitTerm(
        kind="rate", subject="getStream", allowed=3, unit="requests", seconds=60, grade="documented", source="a page"
    )

    report = check_server(CLOUD, target, depth="quick", only=["limits"], limits=[rate])

    assert ["limits/never-over"] == [one.rule.name for one in report.broken]


def test_the_same_seed_finds_the_same():
    """Asked by scenes and stories, and in any process: what Schemathesis draws is in ``test_seeds``."""

    def found():
        with Emulator({**PASSTHROUGH, "seed": 3}) as emulator, judged("tenbyte", emulator) as target:
            report = check_server(CLOUD, spoilt(target, stops_nothing), depth="quick", only=LIVES, seed=3)
        asked = [(one.method, one.path, one.status) for one in report.exchanges]
        return asked, [(one.rule.name, len(one.violations)) for one in report.broken]

    assert found() == found()


def test_a_server_that_fails_once_and_never_again_is_found_out_all_the_same(target):
    checks = [one for one in CHECKS if one.name == "answer/no-failure"]
    tally = Tally(checks)
    caller = Caller(CLOUD, spoilt(target, fails_once))
    tell(caller, Effort(examples=1, stories=5, steps=10), tuple(checks), tally, drawn=1)

    assert {"answer/no-failure"} == tally.broken


def test_however_many_stories_are_told_few_are_drawn_at_once(target, monkeypatch):
    told = []
    monkeypatch.setattr(stories, "run_state_machine_as_test", lambda _, settings: told.append(settings.max_examples))
    tell(Caller(CLOUD, target), Effort(examples=1, stories=250, steps=10), CHECKS, Tally(CHECKS), drawn=1)

    assert [100, 100, 50] == told


def test_no_secret_stands_in_a_report(target, report_on):
    report = report_on(creates_with_200, "answer/status")

    told = json.dumps(report.as_json()) + repr(report.exchanges)
    assert not [secret for secret in target.headers.values() if secret in told]


def test_credentials_that_are_refused_are_told_before_anything_is_judged(target):
    stranger = replace(target, headers={"X-API-Key": "tkb-nobody"})

    with pytest.raises(UnreachableError, match="refuses the credentials"):
        check_server(CLOUD, stranger)


def test_a_server_that_cannot_be_set_back_is_left_as_it_was(target):
    begin, caller, log = target.snapshot(), Caller(CLOUD, replace(target, restore=None)), []
    ours, traces = Actor(caller, target.headers, log), Traces(caller)

    def total():
        return json.loads(ours.list(caller.kinds[0]).response_body)["meta"]["pagination"]["total"]

    before = total()
    made = [ours.make(caller.kinds[0], place) for place in range(3)]
    ours.clear(made[0])
    traces.note(log)
    traces.clear()

    assert (3, before) == (len(made), total())
    target.restore(begin)
