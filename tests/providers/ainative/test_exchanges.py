"""Every published exchange and transcript, replayed: what differs is a value that is ours to choose."""

import json

import pytest

from offair.contracts.contract import promise

PROMISE = promise("ainative")
TRANSCRIPTS = {
    one["id"]: one
    for file in sorted(PROMISE.folder.joinpath("transcripts").iterdir(), key=lambda file: file.name)
    if (one := json.loads(file.read_text("utf-8")))
}
PUBLISHED_FIRST = 10  # members of the published create answer


def _members(value):
    """Reduce an answer to its members and the kinds of their values, in their order; an empty list says nothing."""
    if isinstance(value, dict):
        return [(name, _members(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [_members(inner) for inner in value[:1]]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def test_every_exchange_and_transcript_is_there(examples):
    wanted = {*(f"d{n:02}" for n in range(1, 19)), *(f"c{n:02}" for n in range(1, 11))}

    assert (wanted, {f"W0{n}" for n in range(1, 8)}) == (set(examples), set(TRANSCRIPTS))


def test_the_published_creation_is_answered_as_published(api, examples):
    """D01: the published members come first, in their order."""
    example = examples["d01"]
    answer = api.post("/streams/", json=example.request_body)
    shown = dict(list(answer.json().items())[:PUBLISHED_FIRST])
    shown["ingest"] = dict(list(shown["ingest"].items())[:2])

    assert (201, _members(example.response_body)) == (answer.status_code, _members(shown))


@pytest.mark.parametrize("name", ["d02", "c02"])
def test_a_second_stream_beside_a_live_one_is_refused_as_published(api, examples, live, name):
    example = examples[name]
    answer = api.post("/streams/", json=example.request_body)

    assert (400, True) == (answer.status_code, "already have an active stream" in answer.json()["detail"])
    assert example.response_body in (None, answer.json())


def test_the_quick_starts_call_is_taken_literally(api, examples):
    """D03: the id of its category is cut short."""
    answer = api.post("/streams/", json=examples["d03"].request_body)

    assert (201, {"rtmps_url", "stream_key"} - set(answer.json()["ingest"])) == (answer.status_code, set())
    assert "technology" == answer.json()["category"]["slug"]


def test_polling_sees_a_stream_go_live(anybody, control, stream):
    """D04."""
    control.post(f"/streams/{stream['id']}/simulate", json={"to": "live"}).raise_for_status()

    assert "live" == anybody.get(f"/streams/id/{stream['id']}").json()["status"]


def test_categories_have_the_published_members(anybody, examples):
    """D05: what public code knows stands behind them, and we have no icons."""
    (wanted,) = examples["d05"].response_body
    shown = next(one for one in anybody.get("/streams/categories").json() if one["id"] == wanted["id"])
    fixed = ("id", "name", "slug", "description", "parent_id", "is_active")

    assert (list(wanted), [wanted[name] for name in fixed]) == (list(shown)[: len(wanted)], [shown[n] for n in fixed])


def test_subcategories_are_those_of_one_parent(anybody):
    """D06."""
    parent = "7a2f3c80-e11b-4d8a-9e3c-1f2a3b4c5d6e"
    found = anybody.get("/streams/categories", params={"parent_id": parent}).json()

    assert {parent} == {one["parent_id"] for one in found}


def test_the_published_subcategory_call_is_taken_literally(anybody):
    assert [] == anybody.get("/streams/categories?parent_id=abc123-...").json()


def test_an_unknown_slug_is_not_found(anybody):
    """D07."""
    answer = anybody.get("/streams/categories/by-slug/no-such-slug")

    assert (404, {"detail": "Category not found"}) == (answer.status_code, answer.json())


def test_the_tree_counts_every_node(anybody, examples):
    """D08."""
    shown = anybody.get("/streams/categories/tree").json()
    wanted = examples["d08"].response_body

    def count(nodes):
        return sum(1 + count(node["children"]) for node in nodes)

    assert (list(wanted), shown["total_categories"]) == (list(shown), count(shown["categories"]))
    assert list(wanted["categories"][0]) == list(shown["categories"][0])


def test_numbers_are_their_owners_alone(other, live):
    """D09."""
    assert 403 == other.get(f"/streams/{live['id']}/analytics").status_code


@pytest.mark.parametrize(("name", "path"), [("d10", ""), ("d11", "/viewers?interval_minutes=5"), ("d12", "/chat")])
def test_numbers_have_the_published_members(api, enter, live, examples, name, path):
    talk = enter(live["id"])
    talk.say(type="message", content="hello")
    talk.hear()
    shown = api.get(f"/streams/{live['id']}/analytics{path}").json()

    assert _members(examples[name].response_body) == _members(shown)


def test_an_upload_is_answered_as_published(api, examples):
    """D13: the published members come first."""
    wanted = examples["d13"].response_body
    answer = api.post("/vod/upload", json=examples["d13"].request_body)
    shown = answer.json()
    shown["vod"] = dict(list(shown["vod"].items())[: len(wanted["vod"])])

    assert (201, _members(wanted)) == (answer.status_code, _members(shown))
    assert ("processing", "VIDEO", "My coding session", "public") == (
        shown["vod"]["status"], shown["post"]["type"], shown["post"]["content"], shown["post"]["visibility"],
    )  # fmt: skip


def test_another_tenants_vod_is_not_found(api, emulator, anybody):
    """D14."""
    made = api.post("/vod/upload", json={"cloudflare_video_id": "abc123", "title": "mine"}).json()["vod"]["id"]
    stranger = emulator.tenancy.invite("ainative", "a stranger")

    assert (200, 404) == (
        api.get(f"/vod/{made}").status_code,
        anybody.get(f"/vod/{made}", headers=dict(stranger.headers)).status_code,
    )


@pytest.mark.parametrize("way", [["ready"], ["failed"], ["ready", "deleted"]])
def test_a_vod_goes_the_documented_ways(api, way):
    """D15."""
    made = api.post("/vod/upload", json={"cloudflare_video_id": "abc123", "title": "mine"}).json()["vod"]["id"]
    seen = [api.patch(f"/vod/{made}/status", params={"status": status}).json()["status"] for status in way]

    assert way == seen


@pytest.mark.parametrize(("first", "second"), [("ready", "failed"), ("failed", "ready"), (None, "deleted")])
def test_a_vod_goes_no_other_way(api, first, second):
    made = api.post("/vod/upload", json={"cloudflare_video_id": "abc123", "title": "mine"}).json()["vod"]["id"]
    if first:
        api.patch(f"/vod/{made}/status", params={"status": first}).raise_for_status()

    assert 400 == api.patch(f"/vod/{made}/status", params={"status": second}).status_code


def test_ice_servers_are_the_published_ones(anybody, examples):
    """D16: the credential alone is ours."""
    shown = anybody.get("/video-sessions/ice-servers").json()
    shown["ice_servers"][-1]["credential"] = "..."

    assert examples["d16"].response_body == shown


def test_a_session_is_opened_and_joined_as_published(api, examples):
    """D17 and D18."""
    session = api.post("/video-sessions/sessions", json=examples["d17"].request_body)
    joined = api.post(f"/video-sessions/sessions/{session.json()['id']}/token").json()

    assert (201, _members(examples["d18"].response_body), 86_400) == (
        session.status_code, _members(joined), joined["turn_credentials"]["ttl"],
    )  # fmt: skip


def test_the_list_of_what_is_live_has_its_envelope(anybody, emulator):
    """C01, below the shorter prefix."""
    shown = anybody.get(f"{emulator.http_url}/ainative/v1/streams/?status_filter=live&limit=12").json()

    assert ["streams", "total"] == list(shown)


def test_start_and_end_are_answered_with_the_stream(api, examples, stream):
    """C03 and C04."""
    started = api.post(f"/streams/id/{stream['id']}/start", json=examples["c04"].request_body)
    ended = api.post(f"/streams/{stream['id']}/end", json=examples["c03"].request_body)

    assert [(200, "live"), (200, "ended")] == [(one.status_code, one.json()["status"]) for one in (started, ended)]


def test_a_login_has_the_published_members(anybody, tenant, examples):
    """C05."""
    asked = {"email": tenant.credentials["email"], "password": tenant.credentials["password"]}
    shown = anybody.post("/auth/login", json=asked).json()
    wanted = examples["c05"].response_body

    assert (list(wanted), "bearer", 1800) == (list(shown)[:4], shown["token_type"], shown["expires_in"])


@pytest.mark.parametrize(
    ("name", "path"), [("c06", "/dashboard/streamer/quick-stats"), ("c07", "/dashboard/streamer/overview")]
)
def test_the_dashboard_has_the_published_members(api, live, examples, name, path):
    assert list(examples[name].response_body) == list(api.get(path).json())


def test_notifications_have_their_envelope(api):
    """C08: the count of unread ones stands behind it."""
    assert {"notifications": [], "total": 0, "unread_count": 0} == api.get("/streams/notifications/follows").json()


@pytest.mark.parametrize("path", ["/streams", "/no-such-route"])
def test_what_is_no_route_is_not_found(anybody, path):
    """C09 and C10."""
    answer = anybody.get(path)

    assert (404, {"detail": "Not Found"}) == (answer.status_code, answer.json())


def test_the_transcripts_frames_are_documented():
    """W01 to W07 as data: what they send and hear is in the contract, whatever placeholders stand in it."""
    term = PROMISE.sockets["chat"]
    kinds = [
        ("from_client" if side == "send" else "from_server", frame["type"])
        for one in TRANSCRIPTS.values()
        for step in one["steps"]
        for side, frame in step.items()
        if side in {"send", "receive", "everybody"}
    ]

    assert [] == [(side, kind) for side, kind in kinds if kind not in term.frames(side)]


def test_history_comes_first(api, enter, live):
    """W01."""
    api.post(f"/streams/{live['id']}/chat", json={"content": "Hello everyone!"}).raise_for_status()
    (first, _) = enter(live["id"]).first
    wanted = TRANSCRIPTS["W01"]["steps"][0]["receive"]
    wanted["data"][0]["user"]["avatar_url"] = None

    assert _members(wanted) == _members(first)


def test_a_ping_is_answered(enter, live):
    """W02."""
    talk = enter(live["id"])
    talk.say(**TRANSCRIPTS["W02"]["steps"][0]["send"])

    assert TRANSCRIPTS["W02"]["steps"][1]["receive"] == talk.hear()


def test_what_one_says_all_hear(enter, hear, live):
    """W03 and W04."""
    ann, bob = enter(live["id"]), enter(live["id"], token="other_token")
    ann.say(**TRANSCRIPTS["W03"]["steps"][0]["send"])
    heard = [hear(talk) for talk in (ann, bob)]
    wanted = TRANSCRIPTS["W04"]["steps"][0]["receive"]
    wanted["data"]["user"]["avatar_url"] = None

    assert (heard[0], "Hello everyone!", _members(wanted)) == (
        heard[1],
        heard[0]["data"]["content"],
        _members(heard[0]),
    )


def test_a_message_that_is_taken_away_is_told(api, enter, hear, live):
    """W05."""
    message = api.post(f"/streams/{live['id']}/chat", json={"content": "oops"}).json()
    talk = enter(live["id"])
    assert 204 == api.delete(f"/streams/{live['id']}/chat/{message['id']}").status_code

    assert {"type": "message_deleted", "data": {"message_id": message["id"]}} == hear(talk)


@pytest.mark.parametrize("token", [None, "", "wrong", "x.y.z"])
def test_without_a_good_token_there_is_no_chat(enter, live, token):
    """W06."""
    assert 1008 == enter(live["id"], token=token, frames=0).ended()


def test_nothing_is_not_said(enter, live):
    """W07."""
    talk = enter(live["id"])
    talk.say(type="message", content="")
    told = talk.hear()

    assert ("error", {"type": "pong"}) == (told["type"], talk.say(type="ping") or talk.hear())
