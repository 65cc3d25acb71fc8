"""Planted faults: servers that lose, keep, mix up or invent what is made, within things and beside them."""

import json
from urllib.parse import parse_qs, parse_qsl, urlencode

from planted import Answered

from offair.contracts.checks.resources import listed
from offair.contracts.jsontext import objects_in

GONE = Answered(204, [], b"")


def _is(asked, key):
    return asked.operation is not None and asked.operation.key == key


def _instead(asked, path):
    """What a look at a path below the base path is answered, in the place of what was asked."""
    environ, body = dict(asked.environ), asked.body
    asked.environ |= {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "PATH_INFO": path}
    asked.say(b"")
    answer = asked.proceed()
    asked.environ |= environ
    asked.say(body)
    return answer


def _keeps_all(asked, key):
    """A list from which nothing goes."""
    answer = asked.proceed()
    if _is(asked, key) and answer.is_good:
        rows = listed(answer.value) or answer.value
        kept = asked.memory.setdefault(asked.path, [])
        kept += [row for row in rows if row not in kept]
        return answer.saying(kept) if isinstance(answer.value, list) else answer.rows(lambda _: kept)
    return answer


def _said(asked):
    value = json.loads(asked.body or b"null")
    return value if isinstance(value, dict) else {}


def a_clip_is_cut_anywhere(asked):
    if _is(asked, "POST /streams/{stream_id}/clips"):
        said = _said(asked)
        asked.say(json.dumps({"title": said["title"]} if "title" in said else said).encode())
    return asked.proceed()


def a_clip_is_never_deleted(asked):
    return GONE if _is(asked, "DELETE /streams/clips/{clip_id}") else asked.proceed()


def a_deleted_clip_stays_in_the_list(asked):
    return _keeps_all(asked, "GET /streams/{stream_id}/clips")


def nobody_is_made_a_moderator(asked):
    answer = asked.proceed()
    is_list = _is(asked, "GET /streams/{stream_id}/moderators") and answer.is_good
    return answer.saying([]) if is_list else answer


def a_moderator_stays_one(asked):
    return GONE if _is(asked, "DELETE /streams/{stream_id}/moderators/{user_id}") else asked.proceed()


def a_moderator_never_becomes_a_vip(asked):
    answer = asked.proceed()
    is_list = _is(asked, "GET /streams/{stream_id}/moderators") and answer.is_good
    return answer.saying([row | {"is_vip": False} for row in answer.value]) if is_list else answer


def an_upload_stays_as_it_is(asked):
    if _is(asked, "PATCH /vod/{vod_id}/status"):
        answer = _instead(asked, asked.environ["PATH_INFO"].removesuffix("/status"))
        return answer.saying(answer.value["vod"]) if answer.is_good else answer
    return asked.proceed()


def an_upload_goes_back(asked):
    answer = asked.proceed()
    if _is(asked, "PATCH /vod/{vod_id}/status"):
        word = parse_qs(asked.query).get("status", [""])[0]
        if answer.is_good:
            asked.memory[asked.path] = answer.value
        elif asked.memory.get(asked.path, {}).get("status") == "ready" and word == "failed":
            kept = asked.memory[asked.path] | {"status": "processing"}
            return Answered(200, answer.headers, json.dumps(kept).encode())
    return answer


def a_search_finds_nothing(asked):
    answer = asked.proceed()
    if _is(asked, "GET /streams/search") and answer.is_good:
        return answer.rows(lambda _: [])
    return answer


def a_search_finds_everything(asked):
    if _is(asked, "GET /streams/search"):
        said = parse_qsl(asked.query)
        asked.environ["QUERY_STRING"] = urlencode([(n, "Offair" if n == "query" else v) for n, v in said])
    return asked.proceed()


def a_removed_transcode_is_still_shown(asked):
    if _is(asked, "DELETE /stream/{id}/transcode/{transcode}"):
        return _instead(asked, asked.environ["PATH_INFO"].rpartition("/transcode/")[0])
    return asked.proceed()


def a_deleted_tag_is_still_listed(asked):
    return _keeps_all(asked, "GET /tag")


def two_things_are_played_at_one_url(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        value = answer.value
        for node in objects_in(value):
            for name, said in node.items():
                if isinstance(said, str) and said.endswith((".m3u8", ".mpd")):
                    node[name] = asked.memory.setdefault(name, said)
        return answer.saying(value)
    return answer


def two_things_have_one_id(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return answer.thing(lambda row: row.update(id=asked.memory.setdefault("id", row["id"])))
    return answer


def it_is_live_at_once(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        return answer.thing(lambda row: row.update({n: "live" for n in ("status", "state") if n in row}))
    return answer


def a_look_shows_another_thing(asked):
    answer = asked.proceed()
    other = "11111111-1111-4111-8111-111111111111"
    return answer.thing(lambda row: row.update(id=other)) if asked.is_look and answer.is_good else answer


def a_rung_is_another_than_was_asked(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        value = answer.value
        for node in objects_in(value):
            node.update({name: said + 1 for name, said in node.items() if name == "bitrate_kbps"})
        return answer.saying(value)
    return answer


def what_is_on_air_is_shown_as_before(asked):
    answer = asked.proceed()
    if asked.is_make and answer.is_good:
        answer.thing(lambda row: asked.memory.update({row["id"]: row.get("status", row.get("state"))}))
    if asked.is_look and answer.is_good and asked.thing in asked.memory:
        before = asked.memory[asked.thing]
        return answer.thing(lambda row: row.update({n: before for n in ("status", "state") if row.get(n) == "live"}))
    return answer


def a_clip_is_of_another_stream(asked):
    answer = asked.proceed()
    if _is(asked, "POST /streams/{stream_id}/clips") and answer.is_good:
        return answer.thing(lambda row: row.update(stream_id="11111111-1111-4111-8111-111111111111"))
    return answer


def _shows(asked, key, change):
    """What an operation shows, with something else about it."""
    answer = asked.proceed()
    return answer.saying(change(answer.value)) if _is(asked, key) and answer.is_good else answer


def an_ended_stream_has_no_recording(asked):
    return _shows(asked, "GET /streams/vods", lambda shown: shown | {"items": []})


def an_album_stays_empty(asked):
    return _shows(asked, "GET /videos/albums/{album_id}", lambda shown: shown | {"video_ids": []})


def nobody_is_followed(asked):
    return _shows(asked, "GET /streams/users/{username}/follow", lambda _: {"is_following": False})


def everybody_is_followed_for_ever(asked):
    return _shows(asked, "GET /streams/users/{username}/follow", lambda _: {"is_following": True})


def a_follower_is_not_listed(asked):
    return _shows(asked, "GET /streams/users/{username}/followers", lambda shown: shown | {"followers": []})


def a_like_is_forgotten(asked):
    return _shows(asked, "GET /videos/{video_id}/engagement", lambda shown: shown | {"is_liked": False})


def nobody_takes_part(asked):
    key = "GET /video-sessions/sessions/{session_id}/participants"
    return _shows(asked, key, lambda shown: shown | {"participants": []})


def a_day_has_what_is_planned_for_the_next(asked):
    def moved(shown):
        return shown | {"schedule": [day | {"day_of_week": (day["day_of_week"] + 1) % 7} for day in shown["schedule"]]}

    return _shows(asked, "GET /streams/me/schedule", moved)


def nobody_knows_since_when_it_is_live(asked):
    answer = asked.proceed()
    unknown = dict.fromkeys(("started_at", "last_live_at"))
    return answer.thing(lambda row: row.update({n: None for n in unknown if n in row})) if asked.is_look else answer


def a_group_lacks_its_last_member(asked):
    def shortened(shown):
        return shown | {"playout": {kind: rows[:-1] for kind, rows in shown["playout"].items()}}

    return _shows(asked, "GET /stream/{id}/group", shortened)


def a_group_is_not_among_the_groups(asked):
    return _shows(asked, "GET /stream/group", lambda _: [])
