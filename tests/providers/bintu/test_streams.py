"""What streams look like and do, call by call."""

import pytest

PROFILE = "vtrans2-640x360x400x25"


def test_who_says_nothing_is_not_told_where_to_publish(anybody, stream):
    shown = anybody.get(f"/stream/{stream['id']}").json()

    assert (False, False, stream["playout"]["rtmp"]) == (
        "ingest" in shown,
        "push_url" in shown,
        shown["playout"]["rtmp"],
    )


def test_a_player_gets_no_more_than_it_needs(anybody, stream):
    shown = anybody.get(f"/stream/{stream['id']}/group", params={"profile": "player"}).json()

    assert ({"id", "streamgroup", "state", "playout"}, {"rtmp", "hls", "h5live"}) == (set(shown), set(shown["playout"]))


def test_a_transcode_is_addressed_by_its_own_id(api, stream):
    entry = stream["playout"]["h5live"][2]
    shown = api.get(f"/stream/{entry['id']}").json()

    assert (entry["id"], stream["id"], [[2], [2], [2]]) == (
        shown["id"],
        shown["streamgroup"],
        [[one["index"] for one in shown["playout"][kind]] for kind in ("rtmp", "hls", "h5live")],
    )


def test_a_transcode_leads_to_its_group(api, stream):
    shown = api.get(f"/stream/{stream['playout']['h5live'][2]['id']}/group").json()

    assert stream["id"] == shown["id"]


def test_a_transcode_has_tags_of_its_own(api, stream):
    entry = stream["playout"]["h5live"][1]
    api.put(f"/stream/{entry['id']}/tag", json={"tags": ["small"]})
    shown = api.get(f"/stream/{stream['id']}").json()

    assert (["first"], ["small"]) == (shown["tags"], shown["playout"]["h5live"][1]["tags"])


def test_info_is_what_the_profile_says(create):
    shown = create(transcodes=[{"profile": "vtrans2-852x480x800x25"}, {"profile": "vtrans-400k15"}])
    entries = shown["playout"]["h5live"]

    assert [None, {"width": 852, "height": 480, "bitrate": 800, "fps": 25}, {"bitrate": 400, "fps": 15}] == [
        entry.get("info") for entry in entries
    ]


@pytest.mark.parametrize(
    "profile", ["vtrans2", "vtrans3-640x360x400", "vtrans2-640x400", "640x360x400x25", "vtrans2-0x0x1"]
)
def test_a_profile_of_another_form_is_refused(api, profile):
    error = api.post("/stream", json={"transcodes": [{"profile": profile}]}).json()["error"]

    assert (3003, {"profile": profile}) == (error["code"], error["userinfo"])


def test_a_push_url_is_shown_to_its_own_people_and_cleared(api, anybody, stream):
    url, path = "rtmp://127.0.0.1:9/live/key", f"/stream/{stream['id']}/push_url"
    pushed = api.put(path, json={"url": url}).json()
    public = anybody.get(f"/stream/{stream['id']}").json()
    cleared = api.put(path, json={"url": None}).json()

    assert (url, url, None, None) == (
        pushed["push_url"],
        pushed["playout"]["web"][0]["pushUrl"],
        public["playout"]["web"][0]["pushUrl"],
        cleared["push_url"],
    )


def test_a_broadcast_goes_where_the_push_url_says(emulator, api, stream):
    api.put(f"/stream/{stream['id']}/push_url", json={"url": "rtmp://127.0.0.1:9/live/key"})
    shown = emulator.rooms["bintu"].world
    from offair.emulator.core.streams import STREAMS

    assert ["rtmp://127.0.0.1:9/live/key"] == [one.url for one in shown.get(STREAMS, stream["id"]).relays]


def test_a_deleted_stream_is_found_among_the_deleted_alone(api, stream):
    gone = api.delete(f"/stream/{stream['id']}")
    listed = {
        state: [row["id"] for row in api.get("/stream", params={"state": state}).json()] for state in ("", "deleted")
    }
    counts = api.get("/stream/state/count").json()

    assert (200, b"", {"": [], "deleted": [stream["id"]]}, 404, 1) == (
        gone.status_code,
        gone.content,
        listed,
        api.get(f"/stream/{stream['id']}").status_code,
        counts["deleted"],
    )


@pytest.mark.parametrize("state", ["created", "live", "ended"])
def test_a_locked_stream_lets_nobody_publish_and_is_what_it_was_when_unlocked(
    api, control, stream, simulate, until, state
):
    simulate(stream, *{"created": (), "live": ("live",), "ended": ("live", "ended")}[state])
    locked = api.put(f"/stream/{stream['id']}/lock").json()["state"]
    if state == "live":
        until("stopping to idle", stream=stream["id"])
    refused = control.post(f"/streams/{stream['id']}/simulate", json={"to": "live"}).status_code
    unlocked = api.put(f"/stream/{stream['id']}/unlock").json()["state"]

    assert ("locked", 409, "created" if state == "created" else "ended") == (locked, refused, unlocked)


def test_a_stream_can_be_published_to_again_as_soon_as_it_has_ended(api, stream, simulate):
    simulate(stream, "live", "ended", "live")

    assert "live" == api.get(f"/stream/{stream['id']}").json()["state"]


def test_stopping_what_is_not_live_changes_nothing(api, stream):
    answer = api.put(f"/stream/{stream['id']}/stop")

    assert (200, "created") == (answer.status_code, answer.json()["state"])


def test_a_lost_encoder_that_stays_away_ends_the_stream(api, stream, simulate, until):
    simulate(stream, "live", "lost")
    until("stopping to idle", stream=stream["id"])

    assert "ended" == api.get(f"/stream/{stream['id']}").json()["state"]


def test_a_name_is_said_to_be_taken_whose_case_fits(api, stream):
    name = stream["ingest"]["rtmp"]["streamname"]
    asked = [api.post("/stream/validate", json={"streamname": one}).json()["valid"] for one in (name, name.swapcase())]

    assert [True, False] == asked


@pytest.mark.parametrize(
    ("item", "is_taken"),
    [
        ({"id": "thumbs", "interval": 10}, True),
        ({"id": "thumbs", "interval": 9}, False),
        ({"id": "thumbs", "interval": 3600}, True),
        ({"id": "thumbs", "interval": 3601}, False),
        ({"id": "motionclip", "interval": 10, "duration": 60}, True),
        ({"id": "motionclip", "interval": 10, "duration": 61}, False),
        ({"id": "rec", "duration": 61}, True),
        ({"id": "rec", "duration": 0}, False),
        ({"id": "other"}, False),
    ],
)
def test_live_processing_has_its_limits(api, stream, item, is_taken):
    answers = [api.post(f"/stream/{stream['id']}/processing", json=body) for body in ([item], {"processing": [[item]]})]

    assert [200 if is_taken else 400] * 2 == [answer.status_code for answer in answers]


def test_processing_by_rendition_stays_with_its_rendition(create):
    shown = create(transcodes=[{"profile": PROFILE}], processing=[[{"id": "rec"}], [{"id": "replay", "duration": 5}]])

    assert [[{"id": "rec", "duration": None}], [{"id": "replay", "duration": 5}]] == [
        entry["processing"] for entry in shown["playout"]["rtmp"]
    ]


@pytest.mark.parametrize("target", ["en", "en-GB"])
def test_captions_in_the_sources_own_language_are_refused(api, stream, target):
    options = {"sourceLanguage": "en-US", "targetLanguages": ["de", target]}
    error = api.post(f"/stream/{stream['id']}/options", json={"name": "captions", "options": options}).json()["error"]

    assert (1004, "targetLanguages") == (error["code"], error["userinfo"]["parameter"])


def test_a_tag_is_renamed_and_taken_away_everywhere(api, create):
    made = create(tags=["a", "b"])
    api.put("/tag/a", json={"name": "c"})
    renamed, tags = api.get(f"/stream/{made['id']}").json()["tags"], api.get("/tag").json()
    api.delete("/tag/c")

    assert (["c", "b"], ["b", "c"], ["b"], 404) == (
        renamed,
        tags,
        api.get(f"/stream/{made['id']}").json()["tags"],
        api.delete("/tag/c").status_code,
    )


def test_a_secure_stream_names_the_secure_places(create):
    entry = create(secure=True)["playout"]["h5live"][0]

    assert (True, True, True) == (
        entry["rtmp"]["url"].endswith("/splay"),
        "/authhttp/" in entry["server"]["hls"],
        entry["server"]["websocket"].endswith("/h5live/authstream"),
    )


def test_json_that_cannot_be_read_is_a_wrong_type(api):
    error = api.post("/stream", content="{", headers={"Content-Type": "text/plain"}).json()["error"]

    assert (1004, {"parameter": "body", "type": "object"}) == (error["code"], error["userinfo"])


def test_an_unknown_path_and_method_are_said_in_its_words(api):
    missing, wrong = api.get("/nothing"), api.delete("/organisation")

    assert ((404, 1001), (405, "GET")) == (
        (missing.status_code, missing.json()["error"]["code"]),
        (wrong.status_code, wrong.headers["Allow"]),
    )


@pytest.mark.parametrize("media_type", ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "x/y", None])
def test_json_is_json_whatever_it_is_said_to_be(api, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    answer = api.post("/stream", content='{"tags": ["a"]}', headers=headers)

    assert (200, ["a"]) == (answer.status_code, answer.json()["tags"])
