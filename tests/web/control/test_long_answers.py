"""What is wrong in thousands of places is answered, and kept, as what is wrong in a few."""

import pytest

from offair.emulator.core.problems import MOST


@pytest.fixture(name="kept")
def _kept(control, tenant):
    """The journal's entry of this test's latest call."""
    return lambda: control.get("/journal", params={"tenant": tenant.id, "kind": "request"}).json()["entries"][-1]


def test_a_cloud_tells_of_the_first_fields_that_are_wrong(api, body):
    answer = api.post("/streams", json=body | {"output_protocols": ["x"] * 9000})

    assert (422, MOST) == (answer.status_code, len(answer.json()["errors"]))


def test_why_it_was_refused_is_counted_by_the_journal(api, body, emulator, monkeypatch):
    monkeypatch.setattr("offair.emulator.core.journal.LARGEST", 60_000)
    before = emulator.journal.latest
    for _ in range(10):
        api.post("/streams", json=body | {"output_protocols": ["x"] * 9000})

    assert len(emulator.journal.entries({"after": str(before)})) <= 3


def test_what_stood_there_is_kept_in_a_line(api, kept):
    api.post("/streams", json=[[]] * 60_000)
    (violation,) = kept()["details"]["violations"]

    assert ("type", "[[], [], [], [], [], [], ...]") == (violation["rule"], violation["got"])
