"""Where the toy's rooms are watched, and by whom."""

import httpx
import pytest

from offair.emulator.media.testcard.playing import count_frames


def _fetch(emulator, path, **options):
    return httpx.get(f"{emulator.addresses('toy').cdn}/{path}", **options)


def test_a_room_is_watched_at_the_clouds_own_path(emulator, make_room):
    answer = httpx.get(make_room()["watch"])

    assert (404, "master.m3u8 does not exist (yet, or any more)\n") == (answer.status_code, answer.text)


@pytest.mark.parametrize("path", ["hls/xxxxx-yyyyy/master.m3u8", "hls", "hls/", "x", "", "hls//master.m3u8"])
def test_what_is_nothing_that_plays_is_said_to_be(emulator, path):
    assert 404 == _fetch(emulator, path).status_code


def test_the_common_form_is_none_of_a_cloud_with_its_own(emulator, make_room):
    answer = _fetch(emulator, f"{make_room()['room']}/master.m3u8")

    assert "is nothing that plays" in answer.text


def test_the_time_of_day_is_told_beside_it(emulator):
    assert 200 == _fetch(emulator, "time").status_code


def test_a_guarded_room_wants_a_pass(make_room):
    answer = httpx.get(make_room(guarded=True)["watch"])

    assert (403, "this room is guarded, and your pass is not good\n", "*") == (
        answer.status_code,
        answer.text,
        answer.headers["Access-Control-Allow-Origin"],
    )


def test_a_guarded_room_is_not_behind_another_clouds_door(emulator, make_room):
    answer = httpx.get(f"{emulator.addresses('tenbyte').cdn}/{make_room(guarded=True)['room']}/master.m3u8")

    assert (404, True) == (answer.status_code, "is nothing that plays" in answer.text)


def test_a_pass_opens_its_own_room_alone(api, make_room):
    own, other = make_room(guarded=True), make_room(guarded=True)
    paper = api.post(f"/rooms/{own['room']}/passes", json={}).json()["pass"]
    seen = [httpx.get(room["watch"], params={"pass": paper}).status_code for room in (own, other)]

    assert [404, 403] == seen


def test_a_pass_needs_no_wish(api, make_room):
    assert 201 == api.post(f"/rooms/{make_room()['room']}/passes").status_code


def test_a_pass_runs_out_on_the_clouds_clock(emulator, api, make_room):
    room = make_room(guarded=True)
    paper = api.post(f"/rooms/{room['room']}/passes", json={"seconds": 5}).json()["pass"]
    emulator.clock.advance(5)
    status = httpx.get(room["watch"], params={"pass": paper}).status_code
    emulator.clock.reset()

    assert 403 == status


def test_a_pass_that_is_taken_back_opens_nothing(api, make_room):
    room = make_room(guarded=True)
    paper = api.post(f"/rooms/{room['room']}/passes").json()["pass"]
    taken = api.delete(f"/passes/{paper}").status_code

    assert (204, 403, 404) == (
        taken,
        httpx.get(room["watch"], params={"pass": paper}).status_code,
        api.delete(f"/passes/{paper}").status_code,
    )


def test_a_browser_may_ask_a_guarded_room_beforehand(make_room):
    assert 204 == httpx.options(make_room(guarded=True)["watch"]).status_code


def test_the_pass_is_not_in_the_journal(emulator, api, make_room):
    room = make_room(guarded=True)
    paper = api.post(f"/rooms/{room['room']}/passes").json()["pass"]
    api.get(f"/rooms/{room['room']}", params={"pass": paper})

    assert [] == [entry for entry in emulator.journal.entries() if paper in str(entry)]


@pytest.mark.media
def test_who_watches_is_cut_off_when_their_pass_is_taken_back(api, make_room, publish, until, inbox):
    room = make_room(guarded=True)
    paper = api.post(f"/rooms/{room['room']}/passes").json()["pass"]
    url = room["watch"].replace("master.m3u8", "stream.mp4")
    with publish(room):
        until("to live", stream=room["room"])
        with httpx.stream("GET", url, params={"pass": paper}, timeout=20) as watched:
            pieces = watched.iter_raw()
            first = next(pieces)
            api.delete(f"/passes/{paper}")
            with pytest.raises(httpx.HTTPError):
                while next(pieces):
                    pass
        came, went = inbox.wait("came").body, inbox.wait("went").body

    assert (b"ftyp", "127.0.0.1", True) == (first[4:8], came["peer"], int(went["size"]) >= len(first))


@pytest.mark.media
def test_a_guarded_room_plays_to_who_shows_the_pass_once(executable, api, make_room, publish, until):
    room = make_room(guarded=True)
    paper = api.post(f"/rooms/{room['room']}/passes").json()["pass"]
    with publish(room):
        until("to live", stream=room["room"])
        frames = count_frames(executable, f"{room['watch']}?pass={paper}", 1.0)

    assert frames > 0
