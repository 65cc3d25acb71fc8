"""With real media: encoders over RTMP and SRT, and every place where a rendition plays."""

import re

import av
import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.media.testcard.playing import count_frames

pytestmark = pytest.mark.media

PROFILES = [{"profile": "vtrans2-852x480x800x25"}, {"profile": "vtrans2-640x360x400x25"}]


def _places(stream, place, **shown):
    entry = stream["playout"]["h5live"][place]
    query = httpx.QueryParams({"url": entry["rtmp"]["url"], "stream": entry["rtmp"]["streamname"], **shown})
    hls = stream["playout"]["hls"][place]["url"]
    shown_alone = f"?{httpx.QueryParams(shown)}" if shown else ""
    return [hls + shown_alone, *(f"{entry['server'][kind]}?{query}" for kind in ("hls", "progressive"))]


def _size(url):
    with av.open(url, timeout=20) as played:
        frame = next(played.decode(video=0))
        return frame.width, frame.height


def test_every_rendition_of_a_group_plays_everywhere(create, rtmp_of, publish, until, executable, api):
    stream = create(transcodes=PROFILES)
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        state = api.get(f"/stream/{stream['id']}").json()["state"]
        silent = [url for place in range(3) for url in _places(stream, place) if not count_frames(executable, url, 0.6)]
        sizes = [_size(_places(stream, place)[0]) for place in range(3)]
    until("stopping to idle", stream=stream["id"])

    assert ("live", [], (320, 180)) == (state, silent, sizes[0])
    assert sizes[1] != sizes[2]
    assert "ended" == api.get(f"/stream/{stream['id']}").json()["state"]


def test_an_encoder_over_srt_pushes_to_the_name(emulator, create, publish, until, executable):
    stream = create()
    url = f"{emulator.addresses('bintu').srt}?mode=caller&streamid=push:{stream['ingest']['rtmp']['streamname']}"
    with publish(url, "mpegts"):
        until("to live", stream=stream["id"])

        assert count_frames(executable, _places(stream, 0)[0], 0.6) > 0


def test_an_encoder_over_rtmps_that_trusts_the_house_publishes_to_the_name(
    emulator, create, publish, until, executable, rtmp_of
):
    stream = create()
    url = rtmp_of(stream).replace(emulator.rtmp_url, emulator.rtmps_url)
    trust = ["-ca_file", str(emulator.media.await_ca_file()), "-tls_verify", "1"]
    with publish(url, options=trust):
        until("to live", stream=stream["id"])

        assert count_frames(executable, _places(stream, 0)[0], 0.6) > 0


def test_the_webhook_hears_what_stood_behind_the_name_and_the_bytes_at_the_end(create, publish, until, inbox, rtmp_of):
    stream = create()
    with publish(rtmp_of(stream, query="?passcode=7&x=%5B")):
        until("to live", stream=stream["id"])
    done = inbox.wait("publish_done").body

    assert inbox.wait("publish").content.startswith(b"passcode=7&x=%5B&call=publish&name=")
    assert ("7", True) == (done["passcode"], int(done["bytes_in"]) > 10_000)


@pytest.mark.parametrize("why", ["denied", "other case", "locked"])
def test_an_encoder_that_may_not_publish_is_refused_in_its_protocol(api, create, publish, inbox, why, rtmp_of):
    stream = create()
    if why == "denied":
        inbox.answers["publish"] = (403, "")
    if why == "locked":
        api.put(f"/stream/{stream['id']}/lock").raise_for_status()
    url = rtmp_of(stream)
    if why == "other case":
        url = f"{url.rpartition('/')[0]}/{url.rpartition('/')[2].swapcase()}"
    with publish(url) as encoder:
        assert 0 != encoder.wait(timeout=20)


def test_stopping_a_stream_disconnects_its_encoder(api, create, publish, until, rtmp_of):
    stream = create()
    with publish(rtmp_of(stream)) as encoder:
        until("to live", stream=stream["id"])
        stopped = api.put(f"/stream/{stream['id']}/stop").json()
        encoder.wait(timeout=20)

    assert (200, "ended") == (api.put(f"/stream/{stream['id']}/stop").status_code, stopped["state"])


def test_what_was_kept_is_where_the_answer_says(api, anybody, control, create, publish, until, executable, rtmp_of):
    items = [{"id": "replay", "duration": None}, {"id": "thumbs", "interval": 10}, {"id": "rec", "duration": None},
             {"id": "motionclip", "interval": 10, "duration": 1}]  # fmt: skip
    stream = create(processing=[items])
    with publish(rtmp_of(stream)) as encoder:
        until("to live", stream=stream["id"])
        count_frames(executable, _places(stream, 0)[1], 4.0)
        encoder.terminate()
        encoder.wait(timeout=20)
    until("recording is ready", kind="recording", stream=stream["id"])
    playout = api.get(f"/stream/{stream['id']}").json()["playout"]
    (vod,) = [entry for entry in playout["web"] if entry["type"] == "vod"]
    pictures = [httpx.get(playout[kind][0]["url"]) for kind in ("thumbnails", "motionclip")]
    name = stream["ingest"]["rtmp"]["streamname"]
    replay = vod["url"].replace(f"{name}.mp4", f"replay/{name}.m3u8")
    api.put("/organisation/vod", json={"public": False}).raise_for_status()
    private = anybody.get(f"/stream/{stream['id']}").json()["playout"]["web"]
    told = control.get(f"/streams/{stream['id']}").json()
    urls = [told["thumbnail_url"], told["clip_url"], told["replay_url"], *told["recordings"][0]["files"].values()]

    assert [200] * len(urls) == [httpx.head(url).status_code for url in urls], urls
    assert [(200, "image/jpeg"), (200, "image/gif")] == [
        (one.status_code, one.headers["Content-Type"]) for one in pictures
    ]
    assert (stream["id"], True, True) == (
        vod["streamId"],
        count_frames(executable, vod["url"], 1.0) > 0,
        count_frames(executable, replay, 1.0) > 0,
    )
    assert ([name], ["live"]) == (
        [entry["streamname"] for entry in playout["replay"]],
        [one["type"] for one in private],
    )


def test_a_rendition_is_sent_to_its_own_push_url(api, create, publish, until, rtmp_of):
    stream, own, other = create(transcodes=PROFILES), create(), create()
    first, _, third = stream["playout"]["h5live"]
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        for entry, target in ((first, own), (third, other)):
            api.put(f"/stream/{entry['id']}/push_url", json={"url": rtmp_of(target)}).raise_for_status()
        for target in (own, other):
            until("to live", stream=target["id"])
        sizes = [_size(_places(one, place)[0]) for one, place in ((own, 0), (stream, 2), (other, 0))]
        api.put(f"/stream/{third['id']}/push_url").raise_for_status()
        until("to idle", stream=other["id"])

    assert (320, 180) == sizes[0]
    assert sizes[1] == sizes[2] != sizes[0]


def test_what_is_set_before_is_sent_from_the_beginning(api, create, publish, until, rtmp_of):
    stream, other = create(transcodes=PROFILES[1:]), create()
    second = stream["playout"]["h5live"][1]
    api.put(f"/stream/{second['id']}/push_url", json={"url": rtmp_of(other)}).raise_for_status()
    lives = []
    for _ in range(2):  # the second broadcast is sent too
        with publish(rtmp_of(stream)):
            lives.append(until("to live", stream=other["id"], after=lives[-1] if lives else 0).number)
        ended = until("to idle", stream=other["id"], after=lives[-1]).number
        until("to idle", stream=stream["id"], after=lives[-1])

    assert lives[0] < lives[1] < ended


def test_each_rendition_that_is_recorded_has_a_file_of_its_own_and_a_replay(
    emulator, api, create, publish, until, rtmp_of
):
    rec = [{"id": "rec", "duration": None}, {"id": "replay", "duration": None}]
    stream = create(transcodes=PROFILES, processing=[rec, [], rec])
    with publish(rtmp_of(stream)) as encoder:
        until("to live", stream=stream["id"])
        live = [_size(_places(stream, place)[0]) for place in (0, 2)]
        encoder.terminate()
        encoder.wait(timeout=20)
    until("recording is ready", kind="recording", stream=stream["id"])
    web = api.get(f"/stream/{stream['id']}").json()["playout"]["web"]
    kept = {entry["streamId"]: _size(entry["url"]) for entry in web if entry["type"] == "vod"}

    ids = [entry["id"] for entry in stream["playout"]["h5live"][::2]]
    assert dict(zip(ids, live, strict=True)) == kept
    assert live[0] != live[1]
    name = stream["playout"]["h5live"][2]["rtmp"]["streamname"]
    root, services = f"{emulator.addresses('bintu').cdn}/vod/replay", emulator.addresses("bintu").services
    shown = httpx.get(f"{root}/{name}.m3u8?_=1").text
    session = re.search(rf"#EXT-X-NANO-PLAYLIST:{name}-(\d+)[.]m3u8", shown)[1]
    led = f"{services['vod']}/replay/{name[:5]}/{name}/{name}.m3u8"
    same = [f"{root}/{name}-{session}.m3u8", f"{root}/{name[:5]}/{name}.m3u8", led]
    texts = [httpx.get(url, follow_redirects=True).text for url in same]
    every = httpx.get(f"{root}/{name}-abr.m3u8").text

    assert (live[1], 1, 3) == (_size(led), *(text.count("#EXT-X-STREAM-INF") for text in (shown, every)))
    assert [shown.count("\n")] * 3 == [text.count("\n") for text in texts]
    assert 404 == httpx.get(f"{services['vod']}/replay/xxxxx/{name}/{name}.m3u8").status_code


def test_who_came_to_the_recording_application_is_recorded(emulator, api, create, publish, until, rtmp_of):
    stream = create()
    name = stream["ingest"]["rtmp"]["streamname"]
    wanted = {"sourceLanguage": "en-US", "targetLanguages": ["pt-BR"]}
    api.post(f"/stream/{stream['id']}/options", json={"name": "captions", "options": wanted}).raise_for_status()
    root = f"{emulator.addresses('bintu').services['vod']}/transcript/{name.partition('-')[0]}/{name}"
    files = [f"{name}.{file}" for file in ("en-US-en-US.vtt", "en-US-pt-BR.srt", "en-US-pt-BR.txt")]
    before = {httpx.get(f"{root}/{file}").status_code for file in files}
    with publish(rtmp_of(stream, app="rec")):
        until("to live", stream=stream["id"])
    until("recording is ready", kind="recording", stream=stream["id"])
    entries = [entry["type"] for entry in api.get(f"/stream/{stream['id']}").json()["playout"]["web"]]
    texts = [httpx.get(f"{root}/{way}{file}").text for file in files for way in ("", "production/")]

    assert ({404}, ["live", "vod"]) == (before, entries)
    assert ["WEBVTT", "WEBVTT", "1\n00:0", "1\n00:0", "[pt-BR", "[pt-BR"] == [text[:6] for text in texts]
    assert 404 == httpx.get(f"{root}/{name}.en-US-de.vtt").status_code


def test_a_secure_group_plays_to_a_token_until_it_is_taken_back(service, create, publish, until, executable, rtmp_of):
    stream = create(secure=True, transcodes=PROFILES[:1])
    token = service("token", "/splay", {"groupid": stream["id"], "revocable": True}).json()["data"]["token"]
    with publish(rtmp_of(stream)):
        until("to live", stream=stream["id"])
        played = [
            count_frames(executable, url, 0.6) > 0 for place in (0, 1) for url in _places(stream, place, jwtoken=token)
        ]
        closed = {httpx.get(url).status_code for place in (0, 1) for url in _places(stream, place)}
        endless = _places(stream, 0, jwtoken=token)[2]
        with httpx.stream("GET", endless, timeout=20) as watched:
            pieces = watched.iter_raw()
            first = next(pieces)
            assert 204 == service("token", "/splay/revoke", {"token": token}).status_code
            with pytest.raises(httpx.HTTPError):
                while next(pieces):
                    pass

    assert ([True] * 6, {403}, b"ftyp") == (played, closed, first[4:8])


def test_where_nothing_is_transcoded_every_rendition_plays_all_the_same(executable, publish, rtmp_of):
    with Emulator({"port": 0, "rtmp_port": 0, "media_profile": "passthrough"}) as emulator:
        tenant, url = emulator.tenancy.invite("bintu", "a test"), emulator.addresses("bintu").api
        stream = httpx.post(f"{url}/stream", headers=dict(tenant.headers), json={"transcodes": PROFILES}).json()
        with publish(rtmp_of(stream)):
            live = {"kind": "move", "stream": stream["id"], "text": "to live"}
            assert emulator.journal.wait_for(live, emulator.clock.deadline(30))
            silent = [
                url for place in range(3) for url in _places(stream, place) if not count_frames(executable, url, 0.6)
            ]

    assert [] == silent
