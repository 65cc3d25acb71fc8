"""Faults of what players fetch, asked for and met over real sockets, from files that a test put in place."""

import threading

import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

SEGMENT = bytes(range(250)) * 400
WAITED = 0.3


@pytest.fixture(name="stream")
def _stream(create, emulator):
    """A stream of which there are two segments."""
    stream = create()
    folder = emulator.media.studio._folder / stream["id"] / "720p"
    folder.mkdir(parents=True)
    for number in (4, 5):
        (folder / f"run-{number}.ts").write_bytes(SEGMENT)
    return stream["id"]


@pytest.fixture(name="let")
def _let(control, tenant, stream):
    """Let something go wrong for this test's stream."""

    def let(kind: str, **more):
        return control.post("/playback-faults", json={"tenant": tenant.id, "stream": stream, "kind": kind, **more})

    return let


@pytest.fixture(name="fetch")
def _fetch(emulator, stream):
    """Fetch a segment, and tell how long it took."""
    with httpx.Client(base_url=f"{emulator.addresses('tenbyte').cdn}/{stream}/720p", timeout=20) as client:

        def fetch(number: int = 5):
            began = emulator.clock.monotonic()
            answer = client.get(f"/run-{number}.ts")
            return answer, emulator.clock.monotonic() - began

        yield fetch


def test_a_status_is_answered(fetch, let):
    let("status", status=503, remaining=1)

    assert [503, 200] == [fetch()[0].status_code for _ in range(2)]


def test_a_delay_is_waited_and_then_the_answer_comes(fetch, let):
    let("delay", seconds=WAITED)
    answer, took = fetch()

    assert (SEGMENT, True) == (answer.content, took >= WAITED)


def test_a_throttled_answer_comes_whole_and_late(fetch, let):
    let("throttle", bytes_per_second=round(len(SEGMENT) / WAITED))
    answer, took = fetch()

    assert (SEGMENT, True) == (answer.content, WAITED * 0.9 <= took)


def test_a_request_that_times_out_has_no_answer(emulator, fetch, let):
    let("timeout", seconds=WAITED)
    began = emulator.clock.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        fetch()

    assert emulator.clock.monotonic() - began >= WAITED


@pytest.mark.parametrize("kind", ["drop", "garbage", "truncate"])
def test_an_answer_that_is_spoilt_cannot_be_read(fetch, let, kind):
    let(kind, remaining=1)
    with pytest.raises(httpx.RemoteProtocolError):
        fetch()

    assert SEGMENT == fetch()[0].content


def test_a_sequence_is_counted_from_the_newest_segment(fetch, let):
    made = let("status", sequence="+0").json()

    assert ("5", 200, 404) == (made["sequence"], fetch(4)[0].status_code, fetch(5)[0].status_code)


def test_somebody_who_waits_holds_nobody_else(fetch, let):
    let("delay", seconds=5 * WAITED, sequence="4")
    waiting = threading.Thread(target=fetch, args=(4,))
    waiting.start()
    fetch(5)
    is_waiting = waiting.is_alive()
    waiting.join()

    assert is_waiting


def test_whoever_waits_is_let_go_when_the_emulator_closes(body):
    with Emulator(Settings(port=0, rtmp_port=0)) as emulator:
        tenant = emulator.tenancy.invite("tenbyte")
        with httpx.Client(base_url=emulator.addresses("tenbyte").api, headers=dict(tenant.headers)) as api:
            stream = api.post("/streams", json=body).json()["data"]["id"]
        fault = {"tenant": tenant.id, "kind": "timeout", "seconds": 3600}
        assert 201 == httpx.post(f"{emulator.ready()['control_url']}/playback-faults", json=fault).status_code
        errors = []

        def fetch():
            try:
                httpx.get(f"{emulator.addresses('tenbyte').cdn}/{stream}/master.m3u8", timeout=30)
            except httpx.HTTPError as error:
                errors.append(type(error))

        waiting = threading.Thread(target=fetch)
        waiting.start()
        assert emulator.journal.wait_for({"kind": "fault", "text": "timeout at"}, emulator.clock.deadline(30))
    waiting.join(30)

    assert [httpx.RemoteProtocolError] == errors


def test_a_fault_is_listed_and_can_be_taken_back(control, fetch, let):
    fault = let("status").json()
    was_there = fault in control.get("/playback-faults").json()["faults"]
    removed = control.delete(f"/playback-faults/{fault['id']}", headers={"X-Offair": "1"})

    assert (True, 204, 200) == (was_there, removed.status_code, fetch()[0].status_code)


def test_a_fault_that_is_not_there_cannot_be_taken_back(control):
    assert 404 == control.delete("/playback-faults/nothing", headers={"X-Offair": "1"}).status_code


def test_a_reset_forgets_them(control, fetch, let, tenant):
    let("status")
    control.post("/reset", json={"tenant": tenant.id})

    assert [] == [f for f in control.get("/playback-faults").json()["faults"] if f["tenant"] == tenant.id]


def test_a_fault_is_journalled_with_its_stream(control, fetch, let, stream):
    fault = let("status").json()
    fetch()
    entries = control.get("/journal", params={"kind": "fault", "stream": stream}).json()["entries"]

    assert [("status at 720p/run-5.ts", fault["id"])] == [(e["summary"], e["details"]["fault_id"]) for e in entries]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"kind": "explode"}, 422),
        ({"kind": "status", "status": 200}, 422),
        ({"kind": "status", "sequence": "-3"}, 422),
        ({"kind": "status", "stream": "nothing"}, 404),
        ({"kind": "status", "tenant": "nobody"}, 404),
        ({"kind": "status", "stream": "*", "sequence": "+1"}, 409),
        ({"kind": "gap", "remaining": 1}, 409),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_words(let, wrong, status):
    answer = let(**wrong)

    assert (status, True) == (answer.status_code, bool(answer.json()["error"]))


def test_another_tenants_stream_is_out_of_reach(emulator, let):
    assert 404 == let("status", tenant=emulator.tenancy.invite("tenbyte").id).status_code
