"""What a document allows is no breach: answers that checks of exchanges let pass, each beside one that they do not."""

import json

import pytest

from offair.contracts.checks import (
    acting,
    agreement,
    auth,
    changing,
    counting,
    keys,
    lifecycle,
    limits,
    reads,
    requests,
    tenants,
)
from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.contracts.server.driving import is_excused

AINATIVE, BINTU = promise("ainative"), promise("bintu")
JSON = {"Content-Type": "application/json"}
SESSION = "6b7c2a54-1f66-4c8c-9b83-1e9a3a4f5d10"
STREAM = "de04f7df-69d7-4d1b-aa1b-a7dfe3f14cc1"


def call(cloud, method, path, status, answer=None, *, body=None, who="a", at=0.0):
    return Exchange(
        method=method,
        path=cloud.base_path + path,
        status=status,
        who=who,
        at=at,
        request_headers={"Authorization": f"Bearer {who}", "X-BINTU-APIKEY": str(who), **(JSON if body else {})},
        request_body=b"" if body is None else json.dumps(body).encode(),
        response_headers=JSON,
        response_body=b"" if answer is None else json.dumps(answer).encode(),
    )


@pytest.mark.parametrize(("status", "count"), [(400, 0), (422, 1)])
def test_what_the_state_of_things_forbids_is_no_refusal_of_a_form(status, count):
    day = [call(AINATIVE, "POST", "/auth/verify-email", status, {"detail": "no"}, body={"token": "unheard of"})]

    assert count == len(requests.taken(AINATIVE, day))


@pytest.mark.parametrize(("ending", "count"), [([("DELETE", "/users/me", 204)], 0), ([], 1)])
def test_who_has_ended_its_own_access_is_a_stranger(ending, count):
    day = [call(AINATIVE, *one) for one in [*ending, ("GET", "/auth/me", 401)]]

    assert count == len(auth.accepted(AINATIVE, day))


@pytest.mark.parametrize(("status", "count"), [(201, 1), (400, 0), (401, 0), (422, 0), (429, 0)])
def test_a_rate_counts_what_passed_credentials_and_form(status, count):
    day = [call(AINATIVE, "POST", "/streams/", status, body={"title": "x"}) for _ in range(11)]

    assert count == len(limits.never_over(AINATIVE, day))


def made(path, name):
    return call(AINATIVE, "POST", path, 201, {"id": name}, body={"session_name": "x", "title": "x"})


@pytest.mark.parametrize(
    ("asked", "check", "count"),
    [
        (("GET", f"/video-sessions/sessions/{SESSION}", 200), tenants.read, 0),
        (("POST", f"/video-sessions/sessions/{SESSION}/token", 200), tenants.change, 0),
        (("DELETE", f"/video-sessions/sessions/{SESSION}", 204), tenants.change, 1),
    ],
)
def test_what_is_shared_is_for_whoever_was_told_its_id(asked, check, count):
    day = [made("/video-sessions/sessions", SESSION), call(AINATIVE, *asked, who="b")]

    assert count == len(check(AINATIVE, day))


def test_what_everybody_may_read_another_tenant_may_read():
    day = [
        call(BINTU, "POST", "/stream", 200, {"id": STREAM}),
        call(BINTU, "GET", f"/stream/{STREAM}", 200, {"id": STREAM}, who="b"),
    ]

    assert [] == tenants.read(BINTU, day)


@pytest.mark.parametrize(("path", "count"), [("/video-sessions/ice-servers", 0), ("/auth/me", 1)])
def test_what_is_fresh_is_another_at_every_look(path, count):
    day = [call(AINATIVE, "GET", path, 200, {"name": name}) for name in ("one", "two")]

    assert count == len(reads.same(AINATIVE, day))


@pytest.mark.parametrize(("member", "count"), [("type", 0), ("push_url", 1)])
def test_a_member_that_is_always_shown_as_another_is_no_promise(member, count):
    answer = {"id": STREAM, member: "low-latency"}
    day = [call(BINTU, "POST", "/stream", 200, answer, body={member: "wowza"})]

    assert count == len(changing.made_is_as_asked(BINTU, day))


@pytest.mark.parametrize(
    ("path", "is_let_pass"), [("/video-sessions/sessions/active", True), ("/video-sessions/ice-servers", False)]
)
def test_a_method_that_another_path_documents_there_is_documented(path, is_let_pass):
    shown = call(AINATIVE, "DELETE", path, 422)

    assert is_let_pass == is_excused(AINATIVE, "unsupported_method", shown)


@pytest.mark.parametrize(
    ("content_type", "status", "is_let_pass"),
    [("application/yaml", 400, True), ("application/json", 400, False)],
)
def test_a_body_of_another_media_type_than_the_documented_ones_may_be_refused(content_type, status, is_let_pass):
    shown = Exchange(
        method="POST",
        path=f"{BINTU.base_path}/stream/validate",
        status=status,
        request_headers={"Content-Type": content_type},
        request_body=b'{"name": "x"}' if content_type.endswith("json") else b"name: x\n",
    )

    assert is_let_pass == is_excused(BINTU, "positive_data_acceptance", shown)


def test_no_secret_stands_in_what_is_said_of_it():
    keys = [f"a-secret-{name}" for name in ("one", "other")]
    day = [
        call(AINATIVE, "POST", "/streams/", 201, {"id": STREAM, "stream_key": keys[0]}, body={"title": "x"}),
        call(AINATIVE, "GET", f"/streams/id/{STREAM}", 200, {"id": STREAM, "stream_key": keys[1]}),
        call(AINATIVE, "GET", "/streams/", 200, {"streams": [{"id": STREAM, "stream_key": keys[0]}]}),
        call(AINATIVE, "GET", f"/streams/id/{STREAM}", 200, {"id": STREAM, "stream_key": keys[0]}, who="b"),
    ]
    found = [*agreement.agree(AINATIVE, day), *tenants.secrets(AINATIVE, day)]

    assert (2, False) == (len(found), any(key in f"{one} {one.got} {one.expected}" for key in keys for one in found))


def listed(query, rows):
    return call(BINTU, "GET", f"/stream{query}", 200, rows)


@pytest.mark.parametrize(
    ("asked", "tags", "count"),
    [
        ("?tags[]=a", ["a", "b"], 0),
        ("?tags[]=a", ["b"], 1),
        ("?tags[]=a&tags[]=b", ["b", "a", "c"], 0),
        ("?tags[]=a&tags[]=b", ["a"], 1),
        ("?tags[]=", ["b"], 0),
    ],
)
def test_what_is_asked_for_with_some_words_has_all_of_them(asked, tags, count):
    assert count == len(agreement.filtered(BINTU, [listed(asked, [{"id": STREAM, "tags": tags}])]))


@pytest.mark.parametrize(
    ("said", "count"), [({"created": 2, "live": 1, "ended": 7}, 0), ({"created": 1, "live": 2}, 2)]
)
def test_what_is_counted_by_state_is_what_a_list_shows(said, count):
    rows = [{"id": f"{STREAM[:-1]}{n}", "state": state} for n, state in enumerate(("created", "created", "live"))]
    day = [listed("?offset=0&quantity=50", rows), call(BINTU, "GET", "/stream/state/count", 200, said)]

    assert count == len(counting.counted_apart(BINTU, day))


@pytest.mark.parametrize(("shown", "count"), [("rtmp://a.test/b", 0), ("rtmp://a.test/c", 1), (None, 1)])
def test_what_is_written_to_a_place_of_one_value_stands_under_the_name_of_that_place(shown, count):
    answer = {"id": STREAM, "push_url": shown}
    day = [
        call(BINTU, "POST", "/stream", 200, {"id": STREAM}),
        call(BINTU, "PUT", f"/stream/{STREAM}/push_url", 200, {"id": STREAM}, body={"url": "rtmp://a.test/b"}),
        call(BINTU, "GET", f"/stream/{STREAM}", 200, answer),
    ]

    assert count == len(changing.changed_is_as_asked(BINTU, day))


@pytest.mark.parametrize(
    ("done", "states", "count"),
    [
        ("lock", ("created", "locked"), 0),
        ("lock", ("created", "created"), 1),
        ("unlock", ("locked", "created"), 0),
        ("unlock", ("locked", "locked"), 1),
        ("stop", ("created", "created"), 0),
    ],
)
def test_what_was_done_shows_where_a_state_is_called_after_it(done, states, count):
    looks = [call(BINTU, "GET", f"/stream/{STREAM}", 200, {"id": STREAM, "state": state}) for state in states]
    made_here = call(BINTU, "POST", "/stream", 200, {"id": STREAM})
    day = [made_here, looks[0], call(BINTU, "PUT", f"/stream/{STREAM}/{done}", 200, {"id": STREAM}), looks[1]]

    assert count == len(acting.done_shows(BINTU, day))


@pytest.mark.parametrize(("state", "count"), [("stopping", 0), ("live", 1)])
def test_a_state_on_its_way_may_have_gone_on_by_the_next_look(state, count):
    day = [
        call(AINATIVE, "POST", "/videos", 201, {"id": STREAM}, body={"title": "x"}),
        call(AINATIVE, "PUT", f"/videos/{STREAM}", 200, {"id": STREAM, "status": state}),
        call(AINATIVE, "GET", f"/videos/{STREAM}", 200, {"id": STREAM, "status": "ready"}),
    ]

    assert count == len(agreement.agree(AINATIVE, day))


@pytest.mark.parametrize(("path", "is_let_pass"), [(f"/stream/{STREAM}/options", True), (f"/stream/{STREAM}", False)])
def test_a_place_that_was_emptied_is_still_there(path, is_let_pass):
    assert is_let_pass == is_excused(BINTU, "use_after_free", call(BINTU, "GET", path, 200, []))


@pytest.mark.parametrize(("again", "count"), [(True, 0), (False, 1)])
def test_what_people_have_named_may_be_named_again(again, count):
    tagged = [call(BINTU, "PUT", f"/stream/{STREAM}/tag", 200, {"id": STREAM}, body={"tags": ["foo"]})]
    day = [
        call(BINTU, "POST", "/tag", 200, ["foo"], body={"name": "foo"}),
        call(BINTU, "DELETE", "/tag/foo", 200, []),
        *(tagged if again else []),
        call(BINTU, "GET", "/tag", 200, ["foo"]),
    ]

    assert count == len(lifecycle.deleted_is_unlisted(BINTU, day))


@pytest.mark.parametrize(("ending", "count"), [("deleted", 0), ("ready", 1)])
def test_what_was_asked_to_be_deleted_may_be_gone(ending, count):
    vod = {"vod": {"id": STREAM, "status": "ready"}, "post": None}
    day = [
        call(AINATIVE, "POST", "/vod/upload", 201, vod, body={"cloudflare_video_id": "x", "title": "y"}),
        call(AINATIVE, "PATCH", f"/vod/{STREAM}/status?status={ending}", 200, {"id": STREAM, "status": ending}),
        call(AINATIVE, "GET", f"/vod/{STREAM}", 404, {"detail": "VOD not found"}),
    ]

    assert count == len(lifecycle.made_is_there(AINATIVE, day))


@pytest.mark.parametrize(("shown", "count"), [(3.0, 0), (2.5, 0), (20.0, 1)])
def test_a_clip_may_be_cut_short_and_not_long(shown, count):
    clip = {"id": SESSION, "title": "a", "duration": shown}
    path = f"/streams/{STREAM}/clips"

    day = [call(AINATIVE, "POST", path, 201, clip, body={"title": "a", "duration": 3})]

    assert count == len(changing.made_is_as_asked(AINATIVE, day))


@pytest.mark.parametrize(("row", "count"), [(SESSION, 0), (STREAM, 1)])
def test_who_is_named_by_a_row_of_a_list_may_have_an_id_of_their_own(row, count):
    path = f"/streams/{STREAM}/moderators/{SESSION}"

    day = [call(AINATIVE, "PUT", path, 200, {"id": row, "user_id": "another"}, body={"is_vip": True})]

    assert count == len(reads.names_it(AINATIVE, day))


@pytest.mark.parametrize(("server", "count"), [("h5live", 0), ("hls", 1)])
def test_a_url_that_is_for_all_is_nobodys_own(server, count):
    url = "https://bintu-h5live.nanocosmos.de/h5live/http/playlist.m3u8"
    playout = {"hls": [{"url": url}]} if server == "hls" else {"h5live": [{"server": {"hls": url}}]}
    day = [call(BINTU, "POST", "/stream", 200, {"id": one, "playout": playout}) for one in (STREAM, SESSION)]

    assert count == len(keys.own_place(BINTU, day))


@pytest.mark.parametrize(("state", "count"), [("locked", 0), ("live", 1)])
def test_what_was_locked_was_not_on_air_and_stays_as_it_is(state, count):
    thing = {"id": STREAM, "state": state}
    day = [
        call(BINTU, "POST", "/stream", 200, {"id": STREAM, "state": "created"}),
        call(BINTU, "PUT", f"/stream/{STREAM}/lock", 200, thing),
        call(BINTU, "GET", f"/stream/{STREAM}", 200, thing),
        call(BINTU, "PUT", f"/stream/{STREAM}/stop", 200, thing),
        call(BINTU, "GET", f"/stream/{STREAM}", 200, thing, at=15.0),
    ]

    assert count == len(lifecycle.stopped_rests(BINTU, day))


@pytest.mark.parametrize(("name", "count"), [("auth/enforced", 0), ("auth/else", 1)])
def test_two_uploads_of_one_video_are_played_at_one_url(name, count):
    url, body = "https://example.com/auth/enforced/video.m3u8", {"cloudflare_video_id": name, "title": "y"}
    shown = [{"vod": {"id": one, "playback_url": url}} for one in (STREAM, SESSION)]

    day = [call(AINATIVE, "POST", "/vod/upload", 201, answer, body=body) for answer in shown]

    assert count == len(keys.own_place(AINATIVE, day))
