"""Streams over real sockets, from a real encoder."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from h5live_viewer import GREETING
from playhouse import RUNG, make_stream
from rtmp_caller import Caller

from offair.emulator.core.clock import Deadline
from offair.emulator.core.events import ViewingsDoubted
from offair.emulator.core.streams import STREAMS
from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.testcard.clip import load_clip

pytestmark = pytest.mark.media
SOON = 4.0  # seconds of media
SOUND = 0.15  # seconds by which a fragment of sound may begin before the key frame that it is heard with


@pytest.fixture(scope="module", name="live")
def _live(emulator, publish_for_all):
    """A stream with two renditions that is on air for as long as the module's tests last."""
    stream = make_stream(emulator, "Live-stream", video=[RUNG])
    publish_for_all(stream)
    return stream


@pytest.fixture(scope="module", name="small")
def _small(live):
    """The name of its transcoded rendition."""
    return f"{live.key}.90p"


def update(name, request=1, **more):
    asked = {
        "options": {"faststart": False},
        "tag": f"to {name}",
        "count": request,
        "rtmp": {"url": "", "stream": name},
    }
    return {"eventType": "onUpdateSource", "onUpdateSource": {**asked, **more}, "requestId": request}


def test_a_viewer_is_greeted_in_order_and_shown_pictures(live, watch):
    viewer = watch(f"url=rtmp%3A%2F%2Flocalhost%2Fplay&stream={live.key}&cid=1&pid=2&flags=faststart")
    viewer.pictures(30)

    assert GREETING == viewer.judge.told[:4]
    assert [(True, True, 320, 180, 25.0)] == [
        (info["haveAudio"], info["haveVideo"], *info["videoInfo"].values()) for info in viewer.judge.infos
    ]


def test_time_begins_at_zero_and_goes_on_without_a_gap(live, watch):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(50)
    times = viewer.judge.times()

    assert times[0] < SOUND
    assert max(after - before for before, after in pairwise(times)) < 0.06


@pytest.mark.parametrize("path", ["stream.mp4", "stream", "stream/stream.mp4", "authstream", "authstream/stream.mp4"])
def test_a_stream_is_at_every_documented_address(live, watch, path):
    viewer = watch(f"stream={live.key}", f"/h5live/{path}")
    viewer.judge.key = None

    assert True is viewer.until("onStreamInfo")["haveVideo"]
    viewer.judge.key = "watch"


@pytest.mark.parametrize(
    "query", ["{}&token=x&expires=1&options=2&tag=y", "{}&jwtoken=a.b.c", "{}&url=", "{}&url=nonsense&flags=,,"]
)
def test_the_name_alone_chooses(live, watch, query):
    viewer = watch(f"stream={query.format(live.key)}")

    assert 320 == viewer.until("onStreamInfo")["videoInfo"]["width"]


def test_a_check_is_told_that_there_is_a_stream(live, watch):
    viewer = watch(f"stream={live.key}&url=rtmp%3A%2F%2Flocalhost%2Fplay&flags=checkandclose")

    assert (4200, GREETING[:3]) == (viewer.ended(), viewer.judge.told)


def test_who_wants_words_alone_gets_no_media(live, watch):
    viewer = watch(f"stream={live.key}&flags=metastreamonly")
    viewer.until("onStreamInfo")
    viewer.say(eventType="onPause", onPause={}, requestId=1)
    viewer.until("onStreamStatus")

    assert [*GREETING[:3], "onStreamStatus"] == viewer.judge.told


@pytest.mark.parametrize("query", ["stream=nobody", "stream=", "", "url=rtmp%3A%2F%2Flocalhost%2Fplay"])
def test_what_is_not_there_is_told_by_the_code(watch, query):
    viewer = watch(query)

    assert (4404, ["onServerInfo"]) == (viewer.ended(), viewer.judge.told)


def test_a_stream_that_is_not_on_air_is_not_there(put_on, watch):
    assert 4404 == watch(f"stream={put_on().key}").ended()


def test_a_switch_goes_on_in_time_with_a_key_frame_of_the_other(live, small, watch):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(10)
    viewer.say(**update(small, 7))
    echoed = viewer.until("onUpdateSourceSuccess")
    told = len(viewer.judge.told)
    before = viewer.judge.times()[-1]
    viewer.until("init")
    seen = len(viewer.judge.times())
    viewer.pictures(30)
    times = viewer.judge.times()

    assert {"requestId": 7, "count": 7, "tag": f"to {small}"} == echoed
    assert ["onStreamInfo", "init"] == viewer.judge.told[told : told + 2]
    assert [(320, 180), (160, 90)] == [
        (info["videoInfo"]["width"], info["videoInfo"]["height"]) for info in viewer.judge.infos
    ]
    assert abs(times[seen] - before) < SOON
    assert max(after - before for before, after in pairwise(times[seen:])) < 0.06


def test_a_switch_to_another_stream_goes_on_behind_what_there_was(live, put_on, publish, watch):
    other = put_on()
    publish(other)
    viewer = watch(f"stream={live.key}")
    viewer.pictures(60)
    viewer.say(**update(other.key))
    viewer.until("onUpdateSourceSuccess")
    before = max(viewer.judge.times())
    viewer.pictures(5)

    assert viewer.judge.times()[-5] == pytest.approx(before, abs=0.3)


@pytest.mark.parametrize("name", ["nobody", "", "Live-stream.480p"])
def test_a_switch_to_nothing_is_an_error_and_changes_nothing(live, watch, name):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(5)
    viewer.say(**update(name, 3))
    failed = viewer.until("onUpdateSourceError")
    viewer.pictures(30)

    assert {"requestId": 3, "count": 3, "tag": f"to {name}", "code": 4404} == failed


def test_many_switches_end_where_the_last_one_led(live, small, watch):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(5)
    for number in range(1, 10):
        viewer.say(**update(small if number % 2 else live.key, number))
    answers = {}
    while 9 not in answers:
        heard = viewer.hear()
        if isinstance(heard, dict) and heard["eventType"].startswith("onUpdateSource"):
            answers[heard[heard["eventType"]]["requestId"]] = heard["eventType"]
    viewer.until("media")

    assert ("onUpdateSourceSuccess", 160) == (answers[9], viewer.judge.infos[-1]["videoInfo"]["width"])
    assert set(range(1, 10)) == set(answers)


def test_who_pauses_is_sent_nothing_until_it_plays_again(live, watch):
    viewer = watch(f"stream={live.key}")
    viewer.pictures(5)
    viewer.say(eventType="onPause", onPause={}, requestId=1)
    paused = viewer.until("onStreamStatus")
    viewer.say(eventType="onPlay", onPlay={}, requestId=2)
    told = len(viewer.judge.told)
    viewer.pictures(30)

    assert ("paused", 1) == (paused["status"], paused["requestId"])
    assert ["onStreamStatus", "onStreamInfo", "init", "media"] == viewer.judge.told[told : told + 4]


def test_who_comes_paused_is_shown_nothing_before_it_plays(live, small, watch):
    viewer = watch(f"stream={live.key}&flags=paused")
    viewer.until("onServerInfo")
    viewer.say(**update(small))
    viewer.until("onUpdateSourceSuccess")
    viewer.say(eventType="onPlay", onPlay={}, requestId=2)
    viewer.pictures(5)

    assert [160] == [info["videoInfo"]["width"] for info in viewer.judge.infos]


def test_a_viewer_hears_that_the_source_has_stopped(put_on, publish, watch):
    stream = put_on()
    encoder = publish(stream)
    viewer = watch(f"stream={stream.key}")
    viewer.pictures(5)
    encoder.terminate()
    code = viewer.ended()

    assert (4403, "onStreamStatus") == (code, viewer.judge.told[-1])


def test_who_comes_while_a_stream_starts_is_shown_its_first_key_frame(put_on, publish, watch, until):
    stream = put_on()
    publish(stream, is_live=False)
    until("admitted", kind="publication", stream=stream.id)
    viewer = watch(f"stream={stream.key}")
    viewer.pictures(10)

    assert viewer.judge.times()[0] < SOUND


@pytest.mark.parametrize("track", ["video", "audio"])
def test_a_stream_of_one_kind_is_told_as_that(put_on, publish, watch, track):
    stream = put_on()
    publish(stream, "-vn" if track == "audio" else "-an")
    viewer = watch(f"stream={stream.key}")
    info = viewer.until("onStreamInfo")
    viewer.until("init")
    viewer.hear()

    assert (track == "audio", track == "video", f"{track}/mp4") == (
        info["haveAudio"], info["haveVideo"], info["mimeType"].partition(";")[0]
    )  # fmt: skip


def test_who_may_not_watch_is_told_by_the_code(put_on, publish, watch):
    stream = put_on(extra={"guarded": "sesame"})
    publish(stream)
    inside = watch(f"stream={stream.key}&token=sesame")
    inside.pictures(1)

    assert 4401 == watch(f"stream={stream.key}&token=wrong").ended()


def test_a_switch_shows_the_token_that_comes_with_it(live, put_on, publish, watch):
    stream = put_on(extra={"guarded": "sesame"})
    publish(stream)
    viewer = watch(f"stream={live.key}")
    viewer.until("init")
    viewer.say(**update(stream.key, 1))
    refused = viewer.until("onUpdateSourceError")
    viewer.say(**update(stream.key, 2, security={"token": "sesame"}))
    let_in = viewer.until("onUpdateSourceSuccess")

    assert (4401, 2) == (refused["code"], let_in["requestId"])


def test_who_may_not_watch_any_more_is_sent_away(emulator, put_on, publish, watch):
    stream = put_on(extra={"guarded": "sesame"})
    publish(stream)
    viewer = watch(f"stream={stream.key}&token=sesame")
    viewer.pictures(1)
    with emulator.world.transaction():
        now = emulator.world.get(STREAMS, stream.id)
        emulator.world.put(STREAMS, replace(now, extra={"guarded": "another"}))
        emulator.world.events.publish(ViewingsDoubted(cloud=stream.cloud))

    assert 4401 == viewer.ended()


def test_every_viewer_is_counted_until_it_goes(emulator, put_on, publish, watch):
    stream = put_on()
    publish(stream)
    viewers = [watch(f"stream={stream.key}") for _ in range(3)]
    for viewer in viewers:
        viewer.pictures(1)
    there = emulator.audience.numbers(stream.id).viewers
    for viewer in viewers:
        viewer.close()
    deadline = Deadline(30.0)
    while emulator.audience.numbers(stream.id).viewers and not deadline.is_over:
        viewers[0].ended()

    assert (3, 0) == (there, emulator.audience.numbers(stream.id).viewers)


def test_timecodes_are_told_one_after_the_other_on_the_viewers_line_of_time(put_on, publish, watch):
    stream = put_on(timecodes=0.5)
    publish(stream)
    viewer = watch(f"stream={stream.key}")
    said = [viewer.until("onMetaData") for _ in range(3)]
    times = [one["streamTime"] for one in said]

    assert ["timecode"] * 3 == [key for one in said for key in json.loads(one["message"])]
    assert times == sorted(times)
    assert times[-1] > times[0] >= 0


def test_what_an_encoder_says_is_heard_between_its_pictures(emulator, put_on, watch):
    stream, clip = put_on(), load_clip()
    with Caller(emulator.media.edge.port, stream.key) as encoder:
        encoder.ask()
        encoder.send(*(tag for tag in clip if tag.timestamp < 2_000))
        viewer = watch(f"stream={stream.key}")
        viewer.pictures(20)
        said = Tag(TagKind.SCRIPT, 2_000, amf0.encode("onCuePoint", {"goal": 1.0, "of": ["ä", None]}))
        encoder.send(said, *(tag for tag in clip if tag.timestamp >= 2_000))
        heard = viewer.until("onMetaData")
        encoder.finish()

    assert ("onCuePoint", {"goal": 1.0, "of": ["ä", None]}) == (heard["handlerName"], json.loads(heard["message"]))
    assert 0 < heard["streamTime"] <= 2.1
