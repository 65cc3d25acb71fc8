"""What the Tenbyte contract promises, held against what Tenbyte has published."""

import json
import re
from copy import deepcopy
from importlib.resources import files

import pytest
import schemathesis

from offair.contracts.checks.request import check_request
from offair.contracts.checks.response import check_response
from offair.contracts.contract import promise

CONTRACT = promise("tenbyte")
EXAMPLES = {example.name: example for example in CONTRACT.examples}
CALLS = [example for example in EXAMPLES.values() if example.operation in CONTRACT.operations]
CREATE = CONTRACT.operations["POST /streams"]
AUDIO, VIDEO = "create-audio-push", "create-video-push"
HLS, DASH = {"segment_format": "mpegts"}, {"segment_format": "fmp4"}
RUNG = EXAMPLES[VIDEO].request_body["ladder"]["video"][0]
SOUND = EXAMPLES[AUDIO].request_body["ladder"]["audio"][0]
ENDPOINT = {"protocol": "rtsp", "url": "rtsp://camera.example/1"}
HTTP = {"protocol": "rtsp", "url": "http://camera.example/1.m3u8"}
GRADES = {"documented", "inferred"}


def asked(name=VIDEO, **changes):
    """Take a published request and replace members of it."""
    return {**deepcopy(EXAMPLES[name].request_body), **changes}


def told(body):
    """Say the violations as a cloud would: the place and the rule."""
    return [(".".join(map(str, found.path)), found.rule) for found in CREATE.value_violations(None, body)]


@pytest.mark.parametrize("example", [e for e in CALLS if e.request_body is not None], ids=lambda e: e.name)
def test_every_published_request_keeps_the_promise(example):
    assert check_request(CONTRACT, example.exchange) == []


@pytest.mark.parametrize(
    "example", [e for e in CALLS if e.response_body is not None and not e.is_sketch], ids=lambda e: e.name
)
def test_every_published_answer_keeps_the_promise(example):
    assert check_response(CONTRACT, example.exchange) == []


def test_the_published_delivery_keeps_the_promise():
    delivery = EXAMPLES["webhook-stream-started"].exchange

    assert CONTRACT.webhooks["stream.started"].violations(delivery.request_content_type, delivery.request_body) == []


def test_the_sketch_of_a_list_has_the_members_of_the_contract_in_its_order():
    row = EXAMPLES["list"].response_body["data"][0]

    assert list(CONTRACT.document["components"]["schemas"]["StreamRow"]["properties"]) == list(row)


def test_published_streams_have_their_members_in_the_order_of_the_contract():
    order = list(CONTRACT.document["components"]["schemas"]["Stream"]["properties"])
    for example in EXAMPLES.values():
        if "id" in (example.response_body or {}).get("data", {}):
            shown = list(example.response_body["data"])
            assert sorted(shown, key=order.index) == shown, example.name


def test_the_published_422_is_what_three_mistakes_give():
    published = EXAMPLES["error-422"].response_body["errors"]
    body = {**asked(), "name": "", "ingest": {}, "ladder": {}}

    assert [item["field"] for item in published] == [place for place, _ in told(body)]
    assert published[2]["code"] == CREATE.value_violations(None, body)[2].rule
    assert published[2]["message"] == CREATE.value_violations(None, body)[2].text


@pytest.mark.parametrize("without", ["name", "ladder"])
def test_the_published_422_does_not_care_whether_a_thing_is_empty_or_missing(without):
    body = {**asked(), "name": "", "ingest": {}, "ladder": {}}
    del body[without]

    assert [place for place, _ in told(body)] == ["name", "ingest.kind", "ladder"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (asked(ladder={}), [("ladder", "validation_ladder_video_required")]),
        (asked(ladder={"audio": [SOUND]}), [("ladder", "validation_ladder_video_required")]),
        (asked(AUDIO, ladder={}), [("ladder", "validation_ladder_audio_required")]),
        (asked(ladder={"video": [RUNG], "audio": [SOUND]}), [("ladder", "validation_ladder_mixed_not_allowed")]),
        (asked(ladder={"video": [RUNG] * 6}), []),
        (asked(ladder={"video": [RUNG] * 7}), [("ladder", "validation_ladder_too_many_renditions")]),
        (asked(AUDIO, ladder={"audio": [SOUND] * 3}), []),
        (asked(AUDIO, ladder={"audio": [SOUND] * 4}), [("ladder", "validation_ladder_too_many_renditions")]),
        (asked(ladder={"video": []}), [("ladder.video", "minItems")]),
        (
            asked(AUDIO, output_protocols=["hls", "dash"]),
            [("output_protocols", "validation_output_protocols_dash_not_allowed")],
        ),
        (asked(AUDIO, packaging={"hls": HLS, "dash": DASH}), [("packaging", "validation_packaging_dash_not_allowed")]),
        (asked(packaging={"dash": DASH}), [("packaging", "validation_packaging_hls_required")]),
        (asked(packaging={"hls": HLS}), [("packaging", "validation_packaging_dash_required")]),
        (asked(output_protocols=["hls"], packaging={"hls": HLS, "dash": DASH}), []),
        (asked(output_protocols=["dash"], packaging={"dash": DASH}), []),
        (asked(packaging={"hls": {**HLS, "low_latency": True}, "dash": DASH}), []),
        (asked(ingest={"kind": "push"}), [("ingest.protocols", "validation_ingest_protocols_required")]),
        (asked(ingest={"kind": "pull"}), [("ingest.primary", "validation_ingest_primary_required")]),
        (
            asked(ingest={"kind": "push", "protocols": ["srt"], "primary": ENDPOINT}),
            [("ingest.primary", "validation_ingest_primary_not_allowed")],
        ),
        (asked(ingest={"kind": "push", "protocols": ["srt"], "backup": ENDPOINT}), []),
        (asked(ingest={"kind": "pull", "primary": ENDPOINT, "protocols": ["rtmp"]}), []),
        (
            asked(ingest={"kind": "pull", "primary": HTTP, "backup": HTTP}),
            [("ingest.primary.url", "validation_is_url"), ("ingest.backup.url", "validation_is_url")],
        ),
        (
            asked(ingest={"kind": "pull", "primary": {**HTTP, "url": "tee:a%7Cb"}}),
            [("ingest.primary.url", "validation_is_url")],
        ),
        (asked(ingest={"kind": "pull", "primary": {**HTTP, "url": "no URI"}}), [("ingest.primary.url", "format")]),
        (asked(ingest={"kind": "push", "protocols": ["srt"], "backup": HTTP}), []),
        (
            asked(recording={"enabled": True, "target": "library"}),
            [("recording.library_id", "validation_recording_library_id_required")],
        ),
        (
            asked(recording={"enabled": True, "target": "s3"}),
            [("recording.s3_config", "validation_recording_s3_config_required")],
        ),
        (asked(recording={"enabled": True}), []),
        (asked(output_protocols=[]), [("output_protocols", "minItems")]),
        (asked(output_protocols=["hls", "hls"]), [("output_protocols", "uniqueItems")]),
        (asked(region="Singapore"), [("region", "pattern")]),
        (asked(webhook_url="/hooks"), [("webhook_url", "format")]),
        (asked(unknown={"members": "are ignored"}), []),
    ],
)
def test_rules_across_members(body, found):
    assert found == told(body)


@pytest.mark.parametrize(
    ("member", "value", "rule", "expected"),
    [
        ("width", 2561, "maximum", 2560),
        ("width", 0, "minimum", 1),
        ("height", 481, "enum", [240, 360, 480, 720, 1080, 1440]),
        ("fps", 50, "enum", [24, 25, 30, 60]),
        ("gop", 0, "minimum", 1),
        ("crf", 52, "maximum", 51),
        ("crf", -1, "minimum", 0),
        ("bframes", -1, "minimum", 0),
        ("codec", "vp9", "enum", ["h264", "h265"]),
        ("level", 4.0, "type", "string"),
        ("audio", {**RUNG["audio"], "audio_bitrate_kbps": 63}, "minimum", 64),
        ("audio", {**RUNG["audio"], "channels": 3}, "enum", [1, 2, 6]),
    ],
)
def test_a_rung_has_limits(member, value, rule, expected):
    (found,) = CREATE.value_violations(None, asked(ladder={"video": [RUNG, {**RUNG, member: value}]}))

    assert ("ladder", "video", 1, member) == found.path[:4]
    assert (rule, expected) == (found.rule, found.expected)


@pytest.mark.parametrize("member", ["preset", "profile", "level"])
@pytest.mark.parametrize("value", ["3.1:pass=1:stats=/path", "a b", "-y", "a=b", "main\n", "x" * 33])
def test_what_an_encoder_is_told_is_a_word(member, value):
    (found,) = CREATE.value_violations(None, asked(ladder={"video": [{**RUNG, member: value}]}))

    assert (("ladder", "video", 0, member), "pattern", "inferred") == (found.path[:4], found.rule, found.grade)


@pytest.mark.parametrize(
    ("width", "grade"), [(2561, "documented"), (0, "inferred")], ids=["documented limit", "guessed limit"]
)
def test_a_guessed_limit_is_told_as_a_guess(width, grade):
    (found,) = CREATE.value_violations(None, asked(ladder={"video": [{**RUNG, "width": width}]}))

    assert grade == found.grade


def test_every_operation_says_who_promises_it():
    for path, item in CONTRACT.document["paths"].items():
        for method, node in item.items():
            if method != "parameters":
                assert node["x-grade"] in GRADES, (method, path)
                assert node["x-source"], (method, path)


def test_every_schema_and_every_named_rule_says_who_promises_it():
    for name, schema in CONTRACT.document["components"]["schemas"].items():
        assert "x-source" in schema, name
        for clause in schema.get("allOf", ()):
            said = clause.get("x-rule", {"grade": clause.get("x-grade"), "source": clause.get("x-source")})
            assert said["grade"] in GRADES, (name, clause)
            assert said["source"], (name, clause)


def test_every_webhook_and_every_limit_says_who_promises_it():
    for promised in (*CONTRACT.webhooks.values(), *CONTRACT.limits):
        assert promised.grade in GRADES
        assert promised.source


def test_the_sources_have_a_line_for_every_operation_webhook_and_named_rule():
    sources = files("offair.contracts").joinpath("tenbyte", "SOURCES.md").read_text("utf-8")
    rules = re.findall(r"code: (validation_\w+)", json.dumps(CONTRACT.document).replace('"', ""))

    assert rules
    for fact in (*CONTRACT.operations, *CONTRACT.webhooks, *rules):
        assert f"`{fact}`" in sources, f"SOURCES.md has no line for {fact}"


def test_every_line_of_the_sources_has_a_grade():
    sources = files("offair.contracts").joinpath("tenbyte", "SOURCES.md").read_text("utf-8")
    facts = sources.partition("## Operations")[2]

    for line in facts.splitlines():
        if line.startswith("| ") and not line.startswith("| fact "):
            assert re.search(r" \| (documented|inferred|documented; .* inferred) \| ", line), line


def test_the_document_is_openapi_that_other_tools_read():
    document = schemathesis.openapi.from_dict(CONTRACT.woven())

    document.validate()
    assert list(CONTRACT.operations) == [found.ok().label for found in document.get_all_operations()]


def test_a_document_that_is_not_openapi_does_not_validate():
    """The test above means something only if this one holds."""
    woven = CONTRACT.woven()
    woven["paths"]["/ping"]["get"]["responses"] = []

    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict(woven).validate()


def test_the_woven_document_has_every_published_body_and_no_sketch():
    woven = CONTRACT.woven()
    create, listed = woven["paths"]["/streams"]["post"], woven["paths"]["/streams"]["get"]
    asked_for = create["requestBody"]["content"]["application/json"]["examples"]
    refused = woven["components"]["responses"]["Conflict"]["content"]["application/json"]["examples"]

    assert {name for name in EXAMPLES if name.startswith("create")} == set(asked_for)
    assert EXAMPLES["error-409"].response_body == refused["error-409"]["value"]
    assert "examples" not in listed["responses"]["200"]["content"]["application/json"]
    assert (
        "examples" not in CONTRACT.document["paths"]["/streams"]["post"]["requestBody"]["content"]["application/json"]
    )


def test_schemes_are_alternatives_and_probes_are_open():
    def who(key):
        return CONTRACT.operations[key].schemes, CONTRACT.operations[key].is_open

    assert who("POST /streams") == (("bearer", "apiKey"), False)
    assert who("GET /ping") == (("bearer", "apiKey"), True)
    assert who("POST /webhooks/transcoder") == (("webhookSecret",), False)


def test_a_list_is_never_refused_for_its_query():
    listed = CONTRACT.operations["GET /streams"]

    assert listed.query_violations({"page": ["0"], "per_page": ["lots"], "order": ["sideways"]}) == []
    assert not {"400", "422"} & set(listed.answers)


def test_a_created_stream_leads_to_every_operation_on_it():
    created = CONTRACT.document["paths"]["/streams"]["post"]["responses"]["201"]
    on_one = {found.operation_id for found in CONTRACT.operations.values() if found.path_parameters}

    assert on_one == {link["operationId"] for link in created["links"].values()}


def test_the_document_is_json_so_that_no_yaml_date_or_number_slips_in():
    assert CONTRACT.document == json.loads(json.dumps(CONTRACT.document))


def stream(**changes):
    return {**deepcopy(EXAMPLES["get-live"].response_body["data"]), **changes}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"status": "ended"}, ["status"]),
        ({"viewers": 3}, ["viewers"]),
        ({"recording": None, "last_ended_at": None}, []),
        ({"playback": {"hls": "https://cdn.example/x/master.m3u8", "dash": None}}, []),
        ({"playback": {}}, ["playback.hls", "playback.dash"]),
        ({"ladder": {}}, ["ladder"]),
        ({"ingest": {"kind": "push", "protocols": ["rtmp"], "rtmp": "rtmp://h:1/live"}}, ["ingest.srt"]),
        ({"ingest": {"kind": "pull", "primary": ENDPOINT, "rtmp": "rtmp://h:1/live"}}, ["ingest.rtmp"]),
        ({"recording": {"enabled": True, "s3_config": {"secret_access_key": "s"}}}, ["recording.s3_config"]),
        ({"stream_key": "live_123"}, ["stream_key"]),
        ({"created_at": "yesterday"}, ["created_at"]),
    ],
)
def test_an_answer_is_held_to_what_was_published(changes, broken):
    body = json.dumps({"success": True, "message": "Fetched Successfully", "data": stream(**changes)}).encode()
    found = CONTRACT.operations["GET /streams/{streamId}"].response_violations(200, "application/json", body)

    assert [f"data.{place}" for place in broken] == [".".join(map(str, violation.path)) for violation in found]
