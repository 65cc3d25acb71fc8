"""VODs, chapters, clips, texts, video sessions, and standalone videos."""

from itertools import pairwise

import httpx
import pytest

from offair.emulator.emulator import Emulator


@pytest.fixture(name="vod")
def _vod(api, control, live):
    """What was attached to a stream that lasted ten minutes, without media."""
    control.post("/clock/advance", json={"seconds": 600})
    ended = api.post(f"/streams/{live['id']}/end").raise_for_status().json()
    return api.get(f"/streams/vods/{ended['vod_id']}").raise_for_status().json()


def test_a_vod_hangs_on_its_stream_and_its_streamer(api, vod, tenant):
    name = tenant.credentials["username"]
    listed = api.get(f"/streams/users/{name}/vods").json()

    assert ([vod["id"]], "a stream", 600) == (
        [one["id"] for one in listed],
        vod["stream"]["title"],
        vod["duration"],
    )


def test_a_vod_without_media_says_that_nothing_plays(vod):
    assert (None, None) == (vod["video_url"], vod["thumbnail_url"])


def test_a_vod_is_found_under_either_name_of_the_question(api, live, make):
    api.put(f"/streams/id/{live['id']}", json={"title": "zebrafish imaging"}).raise_for_status()
    vod = api.post(f"/streams/{live['id']}/end").json()["vod_id"]
    found = [api.get("/streams/vods/search", params={name: "zebraf"}).json()["items"] for name in ("q", "query")]

    assert [[vod]] * 2 == [[one["id"] for one in items] for items in found]


def test_a_deleted_vod_is_not_found(api, vod):
    assert (204, 404) == (
        api.delete(f"/streams/vods/{vod['id']}").status_code, api.get(f"/streams/vods/{vod['id']}").status_code,
    )  # fmt: skip


def test_somebody_elses_vod_is_forbidden(other, vod):
    assert 403 == other.put(f"/streams/vods/{vod['id']}", json={"title": "mine"}).status_code


@pytest.mark.parametrize(("options", "count"), [({}, 10), ({"max_chapters": 3}, 3), ({"min_chapter_duration": 250}, 2)])
def test_chapters_are_made_in_equal_parts(api, vod, options, count):
    made = api.post(f"/streams/vods/{vod['id']}/chapters/generate", json=options).json()
    seams = [(one["end_time_seconds"], two["start_time_seconds"]) for one, two in pairwise(made)]

    assert (count, True) == (len(made), all(end == begin for end, begin in seams))


def test_chapters_that_are_made_again_replace_those_before_and_no_others(api, vod):
    path = f"/streams/vods/{vod['id']}/chapters"
    mine = {"title": "mine", "start_time_seconds": 5, "end_time_seconds": 10}
    api.post(path, json=mine).raise_for_status()
    for _ in range(2):
        api.post(f"{path}/generate", json={"max_chapters": 2}).raise_for_status()

    assert ["Part 1", "mine", "Part 2"] == [one["title"] for one in api.get(path).json()]


def test_a_chapter_ends_after_it_begins(api, vod):
    body = {"title": "x", "start_time_seconds": 10, "end_time_seconds": 10}

    assert 400 == api.post(f"/streams/vods/{vod['id']}/chapters", json=body).status_code


def test_a_clip_is_a_part_of_what_is_recorded(api, other, vod):
    body = {"title": "the best", "start_time": 5, "end_time": 20}
    clip = other.post(f"/streams/{vod['stream_id']}/clips", json=body).json()
    listed = [api.get(path).json() for path in (f"/streams/{vod['stream_id']}/clips", "/streams/clips/popular")]

    assert (15, True, True) == (clip["duration"], clip["video_url"].endswith("#t=5,20"), clip["id"] in str(listed[0]))
    assert clip["id"] in {one["id"] for one in listed[1]}  # a bare list


def test_looking_at_a_clip_is_counted(api, vod):
    clip = api.post(f"/streams/{vod['stream_id']}/clips", json={"title": "x"}).json()["id"]

    assert [1, 2] == [api.get(f"/streams/clips/{clip}").json()["view_count"] for _ in range(2)]


def test_nothing_is_cut_out_of_what_was_never_live(api, stream):
    assert 400 == api.post(f"/streams/{stream['id']}/clips", json={"title": "x"}).status_code


def test_a_clip_ends_with_what_it_is_cut_from(api, vod):
    body = {"title": "x", "start_time": 0, "end_time": 100_000}
    made = api.post(f"/streams/{vod['stream_id']}/clips", json=body).json()

    assert made["end_time"] == pytest.approx(vod["duration"], abs=1)


def test_a_clip_of_moments_of_the_day_is_the_last_seconds(api, live, control):
    control.post("/clock/advance", json={"seconds": 100}).raise_for_status()
    body = {"title": "x", "start_time": 1_800_000_000, "end_time": 1_800_000_045}
    made = api.post(f"/streams/{live['id']}/clips", json=body).json()

    assert (45, True) == (made["duration"], made["end_time"] >= 100)


@pytest.mark.parametrize(
    ("part", "member"), [("blog", "blog_draft"), ("snippets", "code_snippets"), ("chapters", "id")]
)
def test_what_needs_an_ai_says_that_there_is_none(api, vod, part, member):
    made = api.post(f"/streams/id/{vod['stream_id']}/content/{part}").json()

    assert (False, True, True) == (made["is_ai_generated"], "has none" in made["note"], bool(made[member]))


@pytest.mark.parametrize(("form", "begin"), [("markdown", "# "), ("html", "<h1>"), ("json", "{")])
def test_texts_are_a_string_in_every_form(api, vod, form, begin):
    answer = api.get(f"/streams/id/{vod['stream_id']}/content/export", params={"format": form})

    assert begin == answer.json()[: len(begin)]


def test_a_vod_is_processing_for_as_long_as_a_switch_says():
    with Emulator({"ainative.vod_seconds": 60}) as alone:
        tenant, url = alone.tenancy.invite("ainative"), alone.addresses("ainative").api
        with httpx.Client(base_url=url, headers=dict(tenant.headers)) as api:
            made = api.post("/streams/", json={"title": "x"}).json()["id"]
            api.post(f"/streams/id/{made}/start").raise_for_status()
            vod = api.post(f"/streams/{made}/end").json()["vod_id"]
            seen = [api.get(f"/streams/vods/{vod}").json()["status"]]
            alone.clock.advance(61)
            seen.append(api.get(f"/streams/vods/{vod}").json()["status"])

    assert ["processing", "ready"] == seen


def test_a_session_is_its_hosts(api, other):
    path = "/video-sessions/sessions"
    session = api.post(path, json={"session_name": "standup", "max_participants": 1}).json()["id"]
    joined = [client.post(f"{path}/{session}/token").status_code for client in (other, api)]
    changed = [client.put(f"{path}/{session}", json={"status": "ended"}).status_code for client in (other, api)]

    assert ([200, 400], [403, 200], []) == (joined, changed, api.get(f"{path}/active").json())


def test_somebody_elses_sessions_are_theirs(api, tenant):
    path = "/video-sessions/sessions/user"
    mine, theirs = tenant.credentials["user_id"], tenant.credentials["other_user_id"]

    assert (200, 403) == (api.get(f"{path}/{mine}").status_code, api.get(f"{path}/{theirs}").status_code)


def test_a_video_is_liked_annotated_and_put_into_an_album(api, other):
    video = api.post("/videos", json={"title": "aardvark"}).json()["id"]
    liked = other.post(f"/videos/{video}/engagement", json={"action": "like"}).json()
    other.post(f"/videos/{video}/annotations", json={"text": "here", "time_seconds": 3}).raise_for_status()
    album = api.post("/videos/albums", json={"title": "all"}).json()["id"]
    filled = api.post(f"/videos/albums/{album}/videos", json={"video_id": video}).json()
    found = other.get("/videos/search", params={"q": "aard"}).json()["items"]

    assert (1, True, ["here"], [video], video in {one["id"] for one in found}) == (
        liked["like_count"], liked["is_liked"],
        [one["text"] for one in api.get(f"/videos/{video}/annotations").json()], filled["video_ids"], True,
    )  # fmt: skip


def test_a_private_video_is_its_owners(api, other):
    video = api.post("/videos", json={"title": "mine", "visibility": "private"}).json()["id"]

    assert (200, 404) == (api.get(f"/videos/{video}").status_code, other.get(f"/videos/{video}").status_code)
