"""What is promised, and how limits and switches stand."""

import pytest

from offair.contracts.contract import promise
from offair.emulator.emulator import Emulator


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    """One that holds everybody to a limit."""
    with Emulator({"media_profile": "light", "tenbyte.requests_per_minute": 9}) as emulator:
        yield emulator


@pytest.fixture(name="mine")
def _mine(control, tenant):
    """The windows of this test's tenant, by operation."""

    def mine():
        limits = control.get("/limits").json()["limits"]
        return {one["operation"]: (one, w) for one in limits for w in one["windows"] if w["tenant"] == tenant.id}

    return mine


def test_every_cloud_tells_of_every_operation_with_its_grade_and_source(control, providers):
    told = {cloud["name"]: cloud for cloud in control.get("/promise").json()["clouds"]}
    documented = {one.key: (one.grade, one.source) for one in promise("tenbyte").operations.values()}
    shown = told["tenbyte"]["services"][0]["operations"]

    assert list(providers) == list(told)
    assert documented == {one["key"]: (one["grade"], one["source"]) for one in shown}
    assert {True} == {one["served"] for one in shown}


def test_further_services_and_their_sockets_are_told_of(control):
    clouds = control.get("/promise").json()["clouds"]

    assert any(service["name"] for cloud in clouds for service in cloud["services"])
    assert any(service["sockets"] for cloud in clouds for service in cloud["services"])


def test_switches_are_shown_as_they_are(control):
    (tenbyte,) = [one for one in control.get("/promise").json()["clouds"] if one["name"] == "tenbyte"]
    switches = {one["name"]: one for one in tenbyte["switches"]}

    assert ("X-Webhook-Signature", "9") == tuple(
        switches[name]["value"] for name in ("signature_header", "requests_per_minute")
    )
    assert switches["signature_header"]["words"]


def test_a_call_uses_its_limit_up(mine, api):
    api.get("/streams")
    api.get("/streams")
    limit, window = mine()["listStreams"]

    assert (2, 7, None) == (window["used"], window["left"], window["user"])
    assert 0 < window["resets_in"] <= limit["seconds"]


def test_a_window_empties_as_the_clouds_time_goes_on(control, mine, api):
    api.get("/streams")
    control.post("/clock/advance", json={"seconds": 3600})

    assert [(0, 0.0)] == [(window["used"], window["resets_in"]) for _, window in mine().values()]
    control.put("/clock", json={"rate": 1})
