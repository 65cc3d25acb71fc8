"""Every constraint of the create call, and how its failure is told."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offair.contracts.contract import promise
from offair.emulator.core.streams import STREAMS
from offair.emulator.media.transcoding.endpoints import READING, SENDING

CREATE = promise("tenbyte").operations["POST /streams"]
PULL = next(example for example in promise("tenbyte").examples if example.name == "create-video-pull").request_body
SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]{0,9}"
DELETED = Ellipsis  # a member that is taken out

RUNG = "ladder.video.0"
CASES = [
    ("name", "", "name", "validation_required", "cannot be blank"),
    ("name", DELETED, "name", "validation_required", "cannot be blank"),
    ("name", "n" * 256, "name", "validation_length_out_of_range", "the length must be between 1 and 255"),
    ("type", "sometimes", "type", "validation_in_invalid", "must be a valid value"),
    ("mode", "smell", "mode", "validation_in_invalid", "must be a valid value"),
    ("region", "moon", "region", "validation_in_invalid", "must be a valid value"),
    ("ingest.kind", DELETED, "ingest.kind", "validation_required", "ingest.kind is required"),
    ("ingest.protocols", ["carrier"], "ingest.protocols.0", "validation_in_invalid", "must be a valid value"),
    ("output_protocols", [], "output_protocols", "validation_required", "cannot be blank"),
    (f"{RUNG}.width", 2561, f"{RUNG}.width", "validation_max_less_equal_than_required", "must be no greater than 2560"),
    (f"{RUNG}.height", 481, f"{RUNG}.height", "validation_in_invalid", "must be a valid value"),
    (f"{RUNG}.fps", 50, f"{RUNG}.fps", "validation_in_invalid", "must be a valid value"),
    (f"{RUNG}.crf", 52, f"{RUNG}.crf", "validation_max_less_equal_than_required", "must be no greater than 51"),
    (f"{RUNG}.codec", "vp9", f"{RUNG}.codec", "validation_in_invalid", "must be a valid value"),
    (f"{RUNG}.gop", DELETED, f"{RUNG}.gop", "validation_required", f"{RUNG}.gop is required"),
    (f"{RUNG}.audio.channels", 3, f"{RUNG}.audio.channels", "validation_in_invalid", "must be a valid value"),
    (
        f"{RUNG}.audio.audio_bitrate_kbps", 63, f"{RUNG}.audio.audio_bitrate_kbps",
        "validation_min_greater_equal_than_required", "must be no less than 64",
    ),
    ("webhook_url", "not a url", "webhook_url", "validation_is_url", "must be a valid URL"),
]  # fmt: skip
CROSS = [
    ("mode", "audio", "ladder", "validation_ladder_audio_required"),
    ("ladder.audio", [{"codec": "aac", "channels": 2, "sample_rate_hz": 48000, "bitrate_kbps": 64}], "ladder",
     "validation_ladder_mixed_not_allowed"),
    ("packaging.hls", DELETED, "packaging", "validation_packaging_hls_required"),
    ("packaging.dash", DELETED, "packaging", "validation_packaging_dash_required"),
    ("ingest.protocols", DELETED, "ingest.protocols", "validation_ingest_protocols_required"),
    ("ingest.kind", "pull", "ingest.primary", "validation_ingest_primary_required"),
    ("ingest.primary", {"protocol": "srt", "url": "srt://h:1"}, "ingest.primary",
     "validation_ingest_primary_not_allowed"),
    ("recording", {"enabled": True, "target": "library"}, "recording.library_id",
     "validation_recording_library_id_required"),
    ("recording", {"enabled": True, "target": "s3"}, "recording.s3_config", "validation_recording_s3_config_required"),
]  # fmt: skip


def _changed(body, path, value):
    changed = copy.deepcopy(body)
    place = changed
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in parents:
        place = place[part]
    if value is DELETED:
        del place[last]
    else:
        place[last] = value
    return changed


@pytest.mark.parametrize(("path", "value", "field", "code", "message"), CASES, ids=lambda value: str(value)[:40])
def test_a_broken_constraint_is_told_at_its_field(api, body, path, value, field, code, message):
    answer = api.post("/streams", json=_changed(body, path, value))

    assert (422, [{"field": field, "code": code, "message": message}]) == (answer.status_code, answer.json()["errors"])


@pytest.mark.parametrize(("path", "value", "field", "code"), CROSS, ids=lambda value: str(value)[:40])
def test_a_rule_across_members_has_a_code_of_its_own(api, body, path, value, field, code):
    answer = api.post("/streams", json=_changed(body, path, value))

    assert 422 == answer.status_code
    assert (field, code) in [(item["field"], item["code"]) for item in answer.json()["errors"]]


@pytest.mark.parametrize(("count", "status"), [(6, 201), (7, 422)])
def test_a_ladder_has_at_most_six_video_rungs(api, body, count, status):
    answer = api.post("/streams", json=_changed(body, "ladder.video", body["ladder"]["video"][:1] * count))

    assert status == answer.status_code


def test_failures_are_told_in_the_order_of_the_schema(api, body):
    wrong = _changed(_changed(_changed(body, "packaging.hls.segment_format", "avi"), "name", ""), "region", "moon")
    fields = [item["field"] for item in api.post("/streams", json=wrong).json()["errors"]]

    assert ["name", "region", "packaging.hls.segment_format"] == fields


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", 5),
        ("ladder", []),
        (f"{RUNG}.width", "wide"),
        ("output_protocols", "hls"),
        ("meta", "x"),
        ("ingest", None),
    ],
)
def test_a_value_of_the_wrong_type_is_a_bad_request(api, body, path, value):
    answer = api.post("/streams", json=_changed(body, path, value))

    assert (400, "BAD_REQUEST", "invalid_json") == (
        answer.status_code, answer.json()["code"], answer.json()["errors"][0]["code"],
    )  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"3", b'{"name"', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_object_is_a_bad_request(api, content):
    answer = api.post("/streams", content=content, headers={"Content-Type": "application/json"})

    assert (400, "BAD_REQUEST") == (answer.status_code, answer.json()["code"])


def test_a_body_of_another_kind_than_json_is_a_bad_request(api):
    answer = api.post("/streams", data={"name": "x"})

    assert (400, "BAD_REQUEST") == (answer.status_code, answer.json()["code"])


def test_unknown_members_are_ignored(api, body):
    answer = api.post("/streams", json={**body, "drm": True})

    assert (201, False) == (answer.status_code, "drm" in answer.json()["data"])


def test_an_integer_may_be_written_with_a_point(api, body):
    """JSON Schema calls 50.0 an integer (Draft 2020-12, section 6.1.1 of the validation part)."""
    asked = _changed(_changed(body, f"{RUNG}.gop", 50.0), f"{RUNG}.audio.channels", 2.0)
    made = api.post("/streams", json=_changed(asked, "packaging.hls.playlist_size", 1e20))
    read = api.get(f"/streams/{made.json()['data']['id']}")
    rung = read.json()["data"]["ladder"]["video"][0]

    assert (201, 200, "50", "2") == (
        made.status_code,
        read.status_code,
        str(rung["gop"]),
        str(rung["audio"]["channels"]),
    )


def test_an_integer_may_be_larger_than_a_machine_word(api, body):
    made = api.post("/streams", json=_changed(body, f"{RUNG}.rc_lookahead", 2**70)).json()["data"]
    read = api.get(f"/streams/{made['id']}").json()["data"]

    assert 2**70 == read["ladder"]["video"][0]["rc_lookahead"]


@pytest.mark.parametrize("path", ["packaging.dash", "packaging.hls", "recording.s3_config", f"{RUNG}.audio", "ingest"])
def test_unknown_members_are_not_echoed_at_any_depth(api, body, path):
    s3 = {
        "endpoint": "https://s3.example",
        "bucket": "b",
        "region": "r",
        "access_key_id": "A",
        "secret_access_key": "B",
    }
    asked = _changed(body, "output_protocols", ["hls"]) | {
        "recording": {"enabled": True, "target": "s3", "s3_config": s3}
    }
    answer = api.post("/streams", json=_changed(asked, f"{path}.unheard_of", {"a": 1}))

    assert (201, False) == (answer.status_code, "unheard_of" in answer.text)


def test_a_crf_of_zero_is_shown_and_bframes_of_zero_are_not(api, body):
    asked = _changed(_changed(body, f"{RUNG}.crf", 0), f"{RUNG}.bframes", 0)
    rung = api.post("/streams", json=asked).json()["data"]["ladder"]["video"][0]

    assert (0, False) == (rung["crf"], "bframes" in rung)


def test_bframes_above_zero_stand_before_ref_frames(api, body):
    rung = api.post("/streams", json=_changed(body, f"{RUNG}.bframes", 2)).json()["data"]["ladder"]["video"][0]
    names = list(rung)

    assert (2, names.index("ref_frames") - 1) == (rung["bframes"], names.index("bframes"))


def test_a_recordings_secret_is_not_shown(api, body):
    s3 = {
        "endpoint": "https://s3.example",
        "bucket": "b",
        "region": "r",
        "access_key_id": "AKIA",
        "secret_access_key": "hush-hush",
    }
    answer = api.post("/streams", json={**body, "recording": {"enabled": True, "target": "s3", "s3_config": s3}})

    assert (201, False, "b") == (
        answer.status_code, "hush-hush" in answer.text, answer.json()["data"]["recording"]["s3_config"]["bucket"],
    )  # fmt: skip


def test_a_block_for_a_protocol_that_is_off_is_echoed(api, body):
    answer = api.post("/streams", json=_changed(body, "output_protocols", ["hls"])).json()["data"]

    assert (["hls", "dash"], ["hls"]) == (list(answer["packaging"]), list(answer["playback"]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(meta=st.dictionaries(st.text(max_size=8), JSON, max_size=4), name=st.text(min_size=1, max_size=40))
def test_whatever_is_free_comes_back_as_it_was_given(api, body, meta, name):
    made = api.post("/streams", json={**body, "meta": meta, "name": name}).json()["data"]
    read = api.get(f"/streams/{made['id']}").json()["data"]

    assert (meta, name) == (read["meta"], read["name"])


PATHS = [
    "name",
    "type",
    "ingest.kind",
    f"{RUNG}.fps",
    f"{RUNG}.audio",
    "ladder",
    "packaging",
    "output_protocols",
    "recording",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), value=JSON)
def test_no_value_anywhere_is_answered_with_anything_undocumented(api, body, path, value):
    answer = api.post("/streams", json=_changed(body, path, value) if path != "recording" else {**body, path: value})

    assert answer.status_code in {201, 400, 422}


@pytest.mark.parametrize("kind", ["push", "pull"])
def test_a_backup_is_echoed_and_a_push_is_relayed_to_it(api, body, emulator, kind):
    backup = {"protocol": "rtmp", "url": "rtmp://127.0.0.1:1/live/a-key?x=1"}
    members = (
        {"protocols": ["rtmp"]} if kind == "push" else {"primary": {"protocol": "udp", "url": "udp://127.0.0.1:9"}}
    )
    ingest = {"kind": kind, **members, "backup": backup}
    made = api.post("/streams", json=body | {"ingest": ingest}).json()["data"]
    relays = emulator.world.get(STREAMS, made["id"]).relays
    api.post(f"/streams/{made['id']}/stop")

    assert backup == made["ingest"]["backup"]
    assert [backup["url"]] * (kind == "push") == [relay.url for relay in relays]


@pytest.mark.parametrize("url", ["file://there/etc/passwd", "tcp://127.0.0.1:1", "http://127.0.0.1:1/x.m3u8", "udp:x"])
def test_what_no_documented_protocol_reads_is_refused_at_create(api, body, url):
    endpoints = {"primary": {"protocol": "udp", "url": "udp://127.0.0.1:9"}, "backup": {"protocol": "srt", "url": url}}
    answer = api.post("/streams", json=body | {"ingest": {"kind": "pull", **endpoints}})
    item = {
        "field": "ingest.backup.url",
        "code": "validation_is_url",
        "message": "must be an rtmp, rtmps, rtsp, srt or udp URL",
    }

    assert (422, [item]) == (answer.status_code, answer.json()["errors"])


@given(
    scheme=st.one_of(
        st.sampled_from([*READING, *SENDING, "tee", "http", "file", "concat"]), st.from_regex(SCHEME, fullmatch=True)
    )
)
def test_a_pull_is_let_in_where_its_scheme_is_one_that_is_read(scheme):
    body = {"kind": "pull", "primary": {"protocol": "srt", "url": f"{scheme}://127.0.0.1:9/x"}}
    asked = PULL | {"ingest": body}

    assert (scheme.lower() in READING) == (not CREATE.value_violations(None, asked))
