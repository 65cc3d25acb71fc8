"""What goes wrong, as a real HTTP client meets it."""

import httpx
import pytest

HEADER = "X-Offair-Fault"
DELAY = 0.2


@pytest.fixture(name="let")
def _let(control, tenant):
    """Let something go wrong for this test's tenant."""

    def let(kind: str, **more):
        answer = control.post("/faults", json={"tenant": tenant.id, "kind": kind, **more})
        assert 201 == answer.status_code, answer.text
        return answer.json()

    return let


@pytest.fixture(name="faults")
def _faults(control, tenant):
    """What goes wrong for this test's tenant."""
    return lambda: [f for f in control.get("/faults").json()["faults"] if f["tenant"] == tenant.id]


def _took(emulator, call) -> float:
    began = emulator.clock.monotonic()
    assert 200 == call().status_code
    return emulator.clock.monotonic() - began


def test_a_delay_is_waited_and_then_the_answer_comes(emulator, api, let):
    let("delay", seconds=DELAY)

    assert _took(emulator, lambda: api.get("/streams")) >= DELAY


def test_a_status_is_answered_in_the_operations_place(api, let, body, list_ids):
    """In the cloud's own shape, and nothing is done."""
    let("status", status=503, remaining=1)
    answer = api.post("/streams", json=body)

    assert (503, {"success", "code", "message"}, []) == (answer.status_code, set(answer.json()), list_ids())


def test_a_dropped_call_has_no_answer(api, let):
    let("drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        api.get("/streams")


def test_garbage_is_no_http(api, let):
    let("garbage")
    with pytest.raises(httpx.RemoteProtocolError, match="illegal"):
        api.get("/streams")


def test_a_truncated_body_ends_half_way(api, let):
    let("truncate")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        api.get("/streams")


@pytest.mark.parametrize("kind", ["drop", "garbage", "truncate"])
def test_a_call_whose_answer_is_spoilt_was_performed_all_the_same(api, let, body, list_ids, kind):
    """What makes retries hard: the client cannot know."""
    let(kind, remaining=1)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/streams", json=body)

    assert 1 == len(list_ids())


def test_a_fault_is_for_its_operation_alone(api, let, body):
    let("status", status=503, operation="createStream")

    assert (200, 503) == (api.get("/streams").status_code, api.post("/streams", json=body).status_code)


def test_a_counted_fault_wears_out(api, faults, let):
    let("status", status=429, remaining=2)
    seen = [api.get("/streams").status_code for _ in range(3)]

    assert ([429, 429, 200], []) == (seen, faults())


def test_a_fault_is_for_its_tenant_alone(emulator, let):
    let("drop")
    other = emulator.tenancy.invite("tenbyte")

    assert 200 == httpx.get(f"{emulator.addresses('tenbyte').api}/streams", headers=dict(other.headers)).status_code


def test_a_fault_can_be_taken_back(api, control, faults, let):
    fault = let("status", status=503)
    was_there = faults() == [fault]
    removed = control.delete(f"/faults/{fault['id']}", headers={"X-Offair": "1"})

    assert (True, 204, b"", 200) == (was_there, removed.status_code, removed.content, api.get("/streams").status_code)


def test_a_fault_that_is_not_there_cannot_be_taken_back(control):
    answer = control.delete("/faults/nothing", headers={"X-Offair": "1"})

    assert (404, "there is no fault nothing") == (answer.status_code, answer.json()["error"])


def test_faults_add_up(emulator, api, let):
    let("delay", seconds=DELAY)
    let("status", status=502)
    began = emulator.clock.monotonic()
    answer = api.get("/streams")

    assert (502, True) == (answer.status_code, emulator.clock.monotonic() - began >= DELAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": "status", "status": 99},
        {"kind": "delay", "seconds": -1},
        {"kind": "drop", "remaining": 0},
    ],
)
def test_a_fault_that_cannot_be_is_refused(control, tenant, faults, wrong):
    answer = control.post("/faults", json={"tenant": tenant.id, **wrong})

    assert (422, []) == (answer.status_code, faults())


def test_a_fault_for_an_unknown_tenant_is_refused(control):
    assert 404 == control.post("/faults", json={"tenant": "nobody", "kind": "drop"}).status_code


def test_an_operation_that_is_not_there_is_refused(control, tenant):
    """A typing mistake would otherwise be a fault that never happens."""
    answer = control.post("/faults", json={"tenant": tenant.id, "kind": "drop", "operation": "makeStream"})

    assert (404, True) == (answer.status_code, "createStream" in answer.json()["error"])


def test_a_header_spoils_one_request(api):
    seen = [api.get("/streams", headers=headers).status_code for headers in ({HEADER: "status=503"}, {})]

    assert [503, 200] == seen


def test_a_header_may_ask_for_several_things(emulator, api):
    began = emulator.clock.monotonic()
    answer = api.get("/streams", headers={HEADER: f"delay={DELAY}, status=504"})

    assert (504, True) == (answer.status_code, emulator.clock.monotonic() - began >= DELAY)


@pytest.mark.parametrize("kind", ["drop", "garbage", "truncate"])
def test_a_header_spoils_an_answer(api, kind):
    with pytest.raises(httpx.RemoteProtocolError):
        api.get("/streams", headers={HEADER: kind})


def test_a_fault_is_journalled(control, api, let):
    let("status", status=503, remaining=1)
    api.get("/streams")
    entries = control.get("/journal", params={"kind": "fault", "text": "status at GET /streams"}).json()["entries"]

    assert "status" == entries[-1]["details"]["fault"]


def test_a_header_that_nobody_can_read_is_told_in_the_journal(control, api):
    answer = api.get("/streams", headers={HEADER: "explode"})
    told = control.get("/journal", params={"kind": "fault", "text": HEADER}).json()["entries"]

    assert (200, True) == (answer.status_code, "no fault reads 'explode'" in told[-1]["summary"])


def test_a_mistyped_header_of_ours_is_told(control, api):
    api.get("/streams", headers={"X-Offair-Fualt": "status=503"})
    told = control.get("/journal", params={"kind": "fault", "text": f"did you mean {HEADER}?"}).json()["entries"]

    assert ["there is no header X-Offair-Fualt; did you mean X-Offair-Fault?"] == [one["summary"] for one in told]
