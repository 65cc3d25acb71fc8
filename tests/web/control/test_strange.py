"""What is not documented is refused with the nearest name: a typo never does something else in silence."""

import pytest

from offair.emulator.web.control.mount import control_mount

BODIES = [
    ("POST", "/reset", {"tenannt": "x"}, "'tenant'"),
    ("POST", "/faults", {"tenant": "x", "kind": "status", "statsu": 503}, "'status'"),
    ("POST", "/playback-faults", {"tenant": "x", "kind": "status", "secnds": 3}, "'seconds'"),
    ("POST", "/encoder-faults", {"stream": "x", "kind": "drop", "For": 3}, "stream, kind, at, seconds, by"),
    ("PUT", "/clock", {"rate": 1, "nwo": 3}, "'now'"),
    ("POST", "/clock/advance", {"seconds": 1, "second": 3}, "'seconds'"),
    ("POST", "/tenants", {"cloud": "tenbyte", "nmae": "x"}, "'name'"),
    ("POST", "/seed-world", {"cloud": "ainative", "clod": "x"}, "'cloud'"),
    ("POST", "/tokens", {"cloud": "tenbyte", "tenants": "x"}, "'tenant'"),
    ("POST", "/restore", {"snapshot": "x", "snapshots": "x"}, "'snapshot'"),
    ("PUT", "/streams/x/clip", {"on": True, "off": False}, "on"),
    ("POST", "/streams/x/simulate", {"to": "live", "too": "x"}, "'to'"),
    ("POST", "/deliveries/x/resend", {"boddy": "x"}, "'body'"),
    ("PUT", "/inbox", {"statsu": 503}, "'status'"),
    ("POST", "/streams/x/judge", {"second": 3}, "'seconds'"),
    ("POST", "/chat/x", {"as": "x", "text": "x", "txt": "x"}, "'text'"),
    ("POST", "/streams/x/trigger", {"event": "live", "evnt": "x"}, "'event'"),
]


@pytest.mark.parametrize(("method", "path", "body", "near"), BODIES, ids=[path for _, path, _, _ in BODIES])
def test_a_member_that_is_not_documented_is_refused_with_the_nearest(control, method, path, body, near):
    answer = control.request(method, path, json=body)

    assert (422, True) == (answer.status_code, f"is not documented; did you mean {near}?" in answer.json()["error"]
                           or f"is not documented; there is {near}" in answer.json()["error"])  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"json": {"tenant": "x", "kind": "drop"} | {f"m{number}": 1 for number in range(9000)}},
        {"json": {"tenant": "x", "kind": "drop", "x" * 500_000: 1}},
        {"params": {f"m{number}": "" for number in range(5000)}, "json": {"tenant": "x", "kind": "drop"}},
    ],
    ids=["members", "a name", "parameters"],
)
def test_of_what_is_not_documented_the_first_are_told_and_the_rest_is_counted(control, asked):
    answer = control.post("/faults", **asked)

    assert (422, True) == (answer.status_code, len(answer.content) < 20_000)
    assert ("m49: is not" in answer.text) == (" more" in answer.json()["error"][-6:])


def test_a_reset_of_a_tenant_that_was_mistyped_resets_nobody(control, create, list_ids):
    stream = create()
    control.post("/reset", json={"tenannt": "x"})

    assert [stream["id"]] == list_ids()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/journal?knd=move", "request.query at knd: is not documented; did you mean 'kind'?"),
        ("/journal/wait?timeot=0", "did you mean 'timeout'?"),
        ("/deliveries?stat=waiting", "did you mean 'state'?"),
        ("/recordings?zzz=1", "there is tenant, stream, state"),
        ("/state?tenant=x", "there is none"),
        ("/health?", ""),
    ],
)
def test_a_parameter_that_is_not_documented_is_refused_with_the_nearest(control, path, words):
    answer = control.get(path)

    assert (422 if words else 200, True) == (answer.status_code, words in answer.text)


def test_a_change_takes_no_parameter_that_is_not_documented(control):
    assert 422 == control.post("/reset?tenant=x", json={}).status_code


def test_every_body_of_the_document_is_closed(emulator):
    operations = control_mount(emulator.steered(), emulator.timers).surface.operations.promise.operations.values()
    judged = {
        one.key: [v.rule for s in one.bodies.values() if not s.is_binary for v in s.violations({"x y": 1})]
        for one in operations
    }

    assert [] == [key for key, rules in judged.items() if rules and "additionalProperties" not in rules]
    assert len([rules for rules in judged.values() if rules]) == len(BODIES)
