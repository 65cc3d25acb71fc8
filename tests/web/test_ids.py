"""An id is read in one way everywhere: a UUID in capitals is the same one (RFC 9562, section 4)."""

import pytest

from offair.contracts.contract import promise
from offair.emulator.core.ids import as_written


@pytest.fixture(name="stream")
def _stream(api):
    body = next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body
    return api.post("/streams", json=body).json()["data"]


def test_a_uuid_in_capitals_is_the_same():
    assert "0b9d3c1e-0000-4000-8000-00000000000f" == as_written("0B9D3C1E-0000-4000-8000-00000000000F")


@pytest.mark.parametrize(
    "text", ["KEY", "", "0B9D3C1E-0000-4000-8000-00000000000G", "x0B9D3C1E-0000-4000-8000-00000000000F"]
)
def test_what_is_no_uuid_is_as_it_is(text):
    assert text == as_written(text)


@pytest.mark.parametrize("change", [str.upper, str.title, str.lower])
def test_every_call_finds_a_stream_under_its_id_in_any_case(control, api, tenant, stream, change):
    named, whose = change(stream["id"]), change(tenant.id)
    looks = [
        api.get(f"/streams/{named}"),
        control.get(f"/streams/{named}"),
        control.post(f"/streams/{named}/simulate", json={"to": "live"}),
        control.post("/playback-faults", json={"tenant": whose, "kind": "drop", "stream": named}),
        control.post("/faults", json={"tenant": whose, "kind": "delay"}),
        control.post("/tokens", json={"cloud": "tenbyte", "tenant": whose}),
    ]
    listed = control.get("/journal", params={"stream": named, "tenant": whose, "kind": "move"}).json()["entries"]
    reset = control.post("/reset", json={"tenant": whose}).json()

    assert ([], True, {"reset": tenant.id}) == (
        [(look.request.url.path, look.status_code) for look in looks if look.status_code not in {200, 201}],
        len(listed) > 0,
        reset,
    )
