"""The switch for the vendor's own web client: what departs from the documents behind it, and only there."""

import httpx
import pytest
from talk import Talk

from offair.emulator.emulator import Emulator

FLAT = ["id", "streamId", "userId", "username", "displayName", "avatar", "content", "messageType", "badges",
        "createdAt"]  # fmt: skip


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator({"ainative.web_client": True}) as emulator:
        yield emulator


@pytest.fixture(name="listen")
def _listen(emulator):
    def listen(stream, token=None):
        root = emulator.addresses("ainative").api.replace("http", "ws", 1).replace("/api/v1", "/v1")
        return Talk(f"{root}/streams/{stream}/chat/ws" + (f"?token={token}" if token else ""))

    return listen


def test_a_message_is_told_flat_and_in_camel_case_too(tenant, stream, listen):
    with listen(stream["id"], tenant.credentials["token"]) as talk:
        talk.say(type="chat_message", content="hello")
        frames = [talk.hear() for _ in range(4)]
    shown = next(frame["data"] for frame in frames if frame["type"] == "chat_message")

    assert FLAT == list(shown)
    assert ("hello", stream["id"]) == (shown["content"], shown["streamId"])


def test_who_has_no_token_may_listen_and_say_nothing(tenant, stream, listen):
    with listen(stream["id"]) as guest:
        first = [guest.hear()["type"] for _ in range(2)]
        guest.say(type="chat_message", content="hello")

        assert (["history", "viewer_count"], "error") == (first, guest.hear()["type"])


def test_the_key_stands_beside_the_ingest_too(stream):
    assert stream["stream_key"] == stream["ingest"]["stream_key"]


def test_bodies_are_read_in_camel_case(api, tenant, stream):
    category = "7a2f3c80-e11b-4d8a-9e3c-1f2a3b4c5d6e"
    changed = api.put(f"/streams/id/{stream['id']}", json={"categoryId": category}).json()
    body = {"dayOfWeek": 1, "startTime": "10:00", "endTime": "11:00", "title": "x", "isRecurring": False}
    slot = api.post("/streams/me/schedule", json=body).json()
    warden = {"userId": tenant.credentials["other_user_id"], "isVip": True}
    made = api.post(f"/streams/{stream['id']}/moderators", json=warden).json()

    assert (category, 1, False, True) == (
        changed["category_id"], slot["day_of_week"], slot["is_recurring"], made["is_vip"],
    )  # fmt: skip


def test_a_category_that_was_not_chosen_is_none(api):
    body = {"dayOfWeek": 1, "startTime": "10:00", "endTime": "11:00", "title": "x", "categoryId": ""}

    assert None is api.post("/streams/me/schedule", json=body).json()["category"]


def test_the_history_is_a_bare_list(api, stream):
    api.post(f"/streams/{stream['id']}/chat", json={"content": "hello"}).raise_for_status()

    assert ["hello"] == [message["content"] for message in api.get(f"/streams/{stream['id']}/chat/history").json()]


def test_an_offline_stream_is_active_too(api, stream):
    answer = api.post("/streams/", json={"title": "another"})

    assert (400, True) == (answer.status_code, "already have an active stream" in answer.json()["detail"])


def test_every_category_that_its_navigation_leads_to_is_there(anybody):
    slugs = ("ai-ml", "devops", "game-dev", "mobile", "open-source", "security", "vibe-coding", "web-dev")

    assert {200} == {anybody.get(f"/streams/categories/by-slug/{slug}/streams").status_code for slug in slugs}


def test_a_stream_ends_once_and_is_over_when_it_is_asked_again(api, live):
    answers = [api.post(f"/streams/{live['id']}/end", json={}) for _ in range(2)]

    assert [(200, "ended")] * 2 == [(one.status_code, one.json()["status"]) for one in answers]


def test_a_whole_visit(anybody, emulator, tenant):
    """The calls that the front end makes, in its order."""
    asked = {"email": tenant.credentials["email"], "password": tenant.credentials["password"]}
    tokens = anybody.post("/auth/login", json=asked).json()
    root, name = f"{emulator.http_url}/ainative/v1", tenant.credentials["username"]
    with httpx.Client(base_url=root, headers={"Authorization": f"Bearer {tokens['access_token']}"}) as page:
        made = page.post("/streams/", json={"title": "a visit", "categoryId": None, "tags": []}).json()["id"]
        page.post(f"/streams/id/{made}/start", json={}).raise_for_status()
        read = [
            "/auth/me", "/streams/", f"/streams/id/{made}", "/streams/trending", "/streams/rising",
            "/streams/recommended", "/streams/categories", "/streams/categories/popular",
            f"/streams/users/{name}/profile", f"/streams/users/{name}/live",
            f"/streams/users/{name}/follow", f"/streams/users/{name}/streams",
            f"/streams/users/{name}/schedule", f"/streams/users/{name}/followers", f"/streams/users/{name}/following",
            "/streams/me/profile", "/streams/me/schedule", "/streams/notifications/follows",
            "/streams/search?query=visit", "/streams/search/suggestions?query=vi", "/streams/vods",
            "/streams/vods/search?q=visit", "/streams/clips/popular", "/dashboard/streamer/overview",
            "/dashboard/streamer/quick-stats",
        ]  # fmt: skip
        seen = {path: page.get(path).status_code for path in read}
        vod = page.post(f"/streams/{made}/end", json={}).json()["vod_id"]
        seen |= {path: page.get(path).status_code for path in (f"/streams/vods/{vod}", f"/streams/vods/{vod}/chapters")}
        seen["logout"] = page.post("/auth/logout").status_code

    assert {200} == set(seen.values()), seen


def test_people_and_streams_have_the_names_of_its_types_too(api, stream):
    shown = api.post(f"/streams/id/{stream['id']}/start").json()

    assert (shown["streamer"], None, shown["cloudflare_stream_id"]) == (
        shown["user"], shown["user"]["avatar"], shown["cloudflare_video_id"],
    )  # fmt: skip


def test_the_account_is_read_without_being_respelt(api, tenant):
    shown = api.get("/auth/me").json()

    assert (shown["display_name"], None) == (shown["displayName"], shown["avatar"])


def test_a_message_over_rest_says_who_said_it(api, tenant, stream):
    said = api.post(f"/streams/{stream['id']}/chat", json={"content": "hello"}).json()
    (kept,) = api.get(f"/streams/{stream['id']}/chat").json()

    assert (said, tenant.credentials["username"], "broadcaster") == (
        kept, kept["username"], kept["badges"][0]["type"],
    )  # fmt: skip


def test_the_key_is_found_again_by_its_owner_alone(api, other, stream):
    changed = api.put(f"/streams/id/{stream['id']}", json={"title": "another"}).json()
    mine = next(one for one in api.get("/streams/").json()["streams"] if one["id"] == stream["id"])
    seen = [shown.get("stream_key") for shown in (changed, mine, other.get(f"/streams/id/{stream['id']}").json())]

    assert [stream["stream_key"]] * 2 + [None] == seen


def test_what_it_reads_is_told_to_it_alone(emulator):
    with Emulator() as plain:
        headers = dict(plain.tenancy.invite("ainative").headers)
        with httpx.Client(base_url=plain.addresses("ainative").api, headers=headers) as api:
            made = api.post("/streams/", json={"title": "x"}).json()
            told = [*made, *made["streamer"], *api.get("/auth/me").json()]

    assert set() == {"user", "avatar", "displayName", "stream_key"} & set(told)
