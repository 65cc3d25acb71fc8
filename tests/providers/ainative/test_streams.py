"""Streams from their first call to their end: who sees what, who may do what, and how often."""

import pytest

from offair.emulator.core.limits import allow

BUSY = "You already have an active stream. End it before creating a new one."


def test_where_to_publish_is_in_the_create_answer_alone(api, anybody, stream):
    shown = [api.get(f"/streams/id/{stream['id']}").json(), *api.get("/streams/").json()["streams"]]

    assert ("ingest" in stream, []) == (True, [one for one in shown if "ingest" in one or "stream_key" in one])


def test_the_two_names_of_the_key_are_one(stream):
    assert stream["ingest"]["stream_key"] == stream["ingest"]["rtmps_key"]


def test_the_whip_url_is_one_that_the_web_client_sends_to(stream):
    assert "cloudflarestream.com" in stream["ingest"]["webrtc_url"]


def test_several_offline_streams_may_be_made(make):
    assert ["offline"] * 3 == [make()["status"] for _ in range(3)]


def test_another_user_may_go_live_too(api, other, live):
    theirs = other.post("/streams/", json={"title": "theirs"}).json()

    assert "live" == other.post(f"/streams/id/{theirs['id']}/start").json()["status"]


def test_after_the_end_another_one_may_be_made(api, live):
    api.post(f"/streams/{live['id']}/end").raise_for_status()

    assert 201 == api.post("/streams/", json={"title": "again"}).status_code


def test_what_was_never_live_is_its_owners_alone(api, other, stream):
    listed = [
        stream["id"] in {one["id"] for one in client.get("/streams/").json()["streams"]} for client in (api, other)
    ]

    assert [True, False] == listed


def test_live_streams_come_first(api, make):
    offline, live = make("offline"), make("live")
    api.post(f"/streams/id/{live['id']}/start").raise_for_status()
    mine = {offline["id"], live["id"]}
    shown = [one["id"] for one in api.get("/streams/").json()["streams"] if one["id"] in mine]

    assert [live["id"], offline["id"]] == shown


@pytest.mark.parametrize(("filtered", "is_there"), [("live", True), ("ended", False), ("all", True)])
def test_the_list_is_filtered_by_status(api, live, filtered, is_there):
    shown = api.get("/streams/", params={"status_filter": filtered}).json()["streams"]

    assert is_there is (live["id"] in {one["id"] for one in shown})


def test_an_ended_stream_keeps_its_times(api, live):
    ended = api.post(f"/streams/{live['id']}/end").json()

    assert (live["started_at"], True, 0) == (ended["started_at"], ended["ended_at"] is not None, ended["viewer_count"])


def test_ending_twice_is_refused(api, live):
    answers = [api.post(f"/streams/{live['id']}/end") for _ in range(2)]

    assert [200, 400] == [answer.status_code for answer in answers]


def test_starting_twice_is_once(api, live):
    assert live == api.post(f"/streams/id/{live['id']}/start").json()


def test_an_ended_stream_does_not_start_again(api, live):
    api.post(f"/streams/{live['id']}/end").raise_for_status()

    assert 400 == api.post(f"/streams/id/{live['id']}/start").status_code


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/streams/id/{}"), ("POST", "/streams/id/{}/start"), ("POST", "/streams/{}/end")]
)
def test_somebody_elses_stream_is_forbidden(other, stream, method, path):
    body = {"json": {"title": "mine now"}} if method == "PUT" else {}

    assert 403 == other.request(method, path.format(stream["id"]), **body).status_code


def test_only_what_is_given_is_changed(api, stream):
    changed = api.put(f"/streams/id/{stream['id']}", json={"description": "new", "tags": ["Rust", "rust", ""]}).json()

    assert ("a stream", "new", ["rust"]) == (
        changed["title"], changed["description"], [tag["slug"] for tag in changed["tags"]],
    )  # fmt: skip


def test_a_category_that_is_not_there_is_not_found(api):
    wish = {"title": "x", "category_id": "00000000-0000-4000-8000-000000000000"}

    assert (404, {"detail": "Category not found"}) == (
        (answer := api.post("/streams/", json=wish)).status_code, answer.json(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "loc"),
    [
        ({}, "missing", ["body", "title"]),
        ({"title": ""}, "string_too_short", ["body", "title"]),
        ({"title": 5}, "string_type", ["body", "title"]),
        ({"title": "x", "category_id": "x"}, "uuid_parsing", ["body", "category_id"]),
        ({"title": "x", "tags": "x"}, "list_type", ["body", "tags"]),
    ],
)
def test_a_wrong_body_is_told_as_fastapi_does(api, body, kind, loc):
    answer = api.post("/streams/", json=body)
    (item,) = answer.json()["detail"]

    assert (422, kind, loc, True) == (answer.status_code, item["type"], item["loc"], "msg" in item and "input" in item)


def test_of_a_long_body_only_what_is_wrong_with_it_is_told(api):
    """FastAPI repeats all of a body for each member that it misses."""
    answer = api.post("/streams/me/schedule", json={"note": "x" * 200_000})

    assert (422, [("missing", ["body", name]) for name in ("day_of_week", "start_time", "end_time", "title")]) == (
        answer.status_code, [(item["type"], item["loc"]) for item in answer.json()["detail"]],
    )  # fmt: skip
    assert not any("input" in item for item in answer.json()["detail"])


@pytest.mark.parametrize("path", ["/streams/?limit=0", "/streams/?limit=x", "/streams/?status_filter=sleeping"])
def test_a_wrong_query_is_told_as_fastapi_does(anybody, path):
    answer = anybody.get(path)

    assert (422, "query") == (answer.status_code, answer.json()["detail"][0]["loc"][0])


def test_who_shows_nothing_is_told_so(anybody):
    answer = anybody.post("/streams/", json={"title": "x"})

    assert (401, {"detail": "No authentication credentials provided"}, "Bearer") == (
        answer.status_code, answer.json(), answer.headers["WWW-Authenticate"],
    )  # fmt: skip


def test_ten_streams_a_minute_and_no_more(api, control, make):
    for _ in range(10):
        make()
    refused = api.post("/streams/", json={"title": "one too many"})
    control.post("/clock/advance", json={"seconds": 61}).raise_for_status()

    assert (429, True, 201) == (
        refused.status_code,
        0 < int(refused.headers["Retry-After"]) <= 60,
        api.post("/streams/", json={"title": "a minute later"}).status_code,
    )


@pytest.mark.parametrize(("seconds", "words"), [(10, "1 per 10 second"), (120, "1 per 2 minute")])
def test_a_limit_that_a_test_set_is_the_one_that_is_told(api, emulator, tenant, make, seconds, words):
    allow(emulator.world, tenant.id, "createStream", calls=1, seconds=seconds)
    make()

    assert f"Rate limit exceeded: {words}" == api.post("/streams/", json={"title": "x"}).json()["detail"]


def test_what_is_refused_as_busy_counts_too(api, live):
    seen = [api.post("/streams/", json={"title": "x"}).status_code for _ in range(10)]

    assert ([400] * 9, 429) == (seen[:9], seen[9])


def test_a_notification_of_the_media_layer_moves_a_stream(api, anybody, emulator, stream):
    url = f"{emulator.addresses('ainative').services['media']}/notifications"
    seen = []
    for event in ("connected", "disconnected"):
        news = {"data": {"input_id": stream["cloudflare_stream_id"], "event_type": f"live_input.{event}"}}
        anybody.post(url, json=news).raise_for_status()
        seen.append(api.get(f"/streams/id/{stream['id']}").json()["status"])

    assert ["live", "ended"] == seen
