"""Who was told no, and why: callers and encoders alike."""

from pathlib import Path

import pytest

from offair.emulator.media.testcard.clip import load_clip
from offair.emulator.media.testcard.publisher import Publisher, PublishError
from offair.emulator.media.testcard.sources import Looped


@pytest.fixture(name="knock")
def _knock(emulator):
    """Knock with a key, and be refused."""

    def knock(path):
        encoder = Publisher(
            f"{emulator.rtmp_url}/{path}",
            Looped(load_clip(), clock=emulator.clock),
            choose_ffmpeg=lambda: Path("never-started"),
            random_bytes=emulator.world.ids.random_bytes,
        )
        with pytest.raises(PublishError):
            encoder.run(lambda _progress: None, lambda: False)

    return knock


def test_an_encoder_with_a_wrong_key_is_among_them(control, knock):
    knock("live/of-production-0009")
    latest = control.get("/state").json()["refusals"][-1]

    assert ("publication", None, None, "invalid stream key") == (
        latest["kind"], latest["cloud"], latest["stream"], latest["words"],
    )  # fmt: skip


def test_an_encoder_at_the_wrong_door_is_told_of_its_stream(control, create, knock):
    stream = create()
    knock(f"nowhere/{stream['stream_key']}")
    state = control.get("/state").json()
    (shown,) = [one for one in state["streams"] if one["id"] == stream["id"]]

    assert (stream["id"], True) == (state["refusals"][-1]["stream"], "no such application" in shown["last_refusal"])


def test_a_call_that_was_refused_is_among_them(control, api, tenant):
    api.post("/streams", json={"name": ""})
    refusals = control.get("/journal", params={"tenant": tenant.id, "refused": "yes"}).json()["entries"]

    assert [422] == [entry["details"]["status"] for entry in refusals]
    assert refusals[-1]["number"] == control.get("/state").json()["refusals"][-1]["number"]


def test_what_went_well_is_not(control, tenant, create):
    create()

    assert [] == control.get("/journal", params={"tenant": tenant.id, "refused": "yes"}).json()["entries"]


def test_encoders_are_told_where_to_go_by_each_protocol(emulator, control, create):
    stream = create()
    shown = control.get(f"/streams/{stream['id']}").json()
    lines = {line["protocol"]: line for line in shown["ingest"]}

    assert {"protocol": "rtmp", "server": f"{emulator.rtmp_url}/live", "key": stream["stream_key"],
            "url": f"{emulator.rtmp_url}/live/{stream['stream_key']}"} == lines["rtmp"]  # fmt: skip
    assert stream["ingest"]["srt"] == lines["srt"]["url"]
    assert f"{emulator.rtmps_url}/live" == lines["rtmps"]["server"]


def test_what_was_asked_for_is_shown_in_bits(control, create, body):
    stream = create()
    shown = control.get(f"/streams/{stream['id']}").json()["asked"]
    wanted = [(rung["name"], rung["height"], rung["bitrate_kbps"] * 1000) for rung in body["ladder"]["video"]]

    assert wanted == [(one["name"], one["height"], one["bitrate"]) for one in shown if one["kind"] == "video"]
    assert [128_000, 96_000, 64_000] == [one["bitrate"] for one in shown if one["kind"] == "audio"]


def test_a_tenant_is_shown_with_what_its_calls_need(control, tenant):
    (shown,) = [one for one in control.get("/tenants").json()["tenants"] if one["id"] == tenant.id]

    assert dict(tenant.headers) == shown["headers"]
