"""What a server plays is judged with what it answers: real media, sent to what it made, watched where it says."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.contracts.server import check_server
from offair.contracts.server.playing import urls_of
from offair.emulator.emulator import Emulator
from offair.emulator.target import LIGHT, PASSTHROUGH, judged

CLOUD = promise("tenbyte")
LIVE = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXTINF:2.0,
a.ts
"""


@pytest.fixture(scope="module", name="target")
def _target():
    with Emulator(PASSTHROUGH) as emulator, judged("tenbyte", emulator) as target:
        yield target


def playing(target, text, *, is_live=True):
    """A target whose things play one text, in place of media."""
    watched = []

    @contextmanager
    def broadcast(thing):
        yield is_live

    def watch(url):
        watched.append(url)
        headers = {"Content-Type": "application/vnd.apple.mpegurl"}
        return Timeline(url, (Fetch(asked=0.0, at=0.1, url=url, status=200, headers=headers, body=text.encode()),))

    return replace(target, broadcast=broadcast, watch=watch), watched


def test_urls_of_what_plays_are_found_in_answers_however_json_spells_them():
    said = rb'{"a": "https:\/\/cdn.example\/x\/i.m3u8?t=1", "b": "http://h/m.mpd", "c": "http://h/i.png", "d": "http://h/m.mpd"}'

    assert ("https://cdn.example/x/i.m3u8?t=1", "http://h/m.mpd") == urls_of(
        [Exchange(method="GET", path="/", status=200, response_body=said)]
    )


def test_what_plays_is_watched_where_the_answer_says_and_stands_in_the_same_report(target):
    told, watched = playing(target, LIVE)

    report = check_server(CLOUD, told, only=["hls"])

    assert (1, True) == (len(watched), watched[0].endswith("/master.m3u8"))
    assert report.upheld


def test_a_playlist_that_breaks_a_rule_is_found_with_the_operation_that_made_it(target):
    told, _ = playing(target, LIVE.replace("#EXT-X-TARGETDURATION:2\n", ""))

    report = check_server(CLOUD, told, only=["hls"])

    assert {"POST /streams"} == {one.operation for one in report.violations}


@pytest.mark.parametrize("is_live", [None, False])
def test_what_cannot_be_put_on_air_is_not_judged_and_never_kept(target, is_live):
    told = target if is_live is None else playing(target, LIVE, is_live=is_live)[0]

    report = check_server(CLOUD, told, only=["hls"])

    assert [] == [*report.upheld, *report.broken]
    assert all(one.why for one in report.not_judged)


@pytest.mark.media
def test_the_clip_on_the_stand_in_keeps_what_the_standards_say():
    with Emulator(LIGHT) as emulator, judged("tenbyte", emulator, is_real=True) as target:
        begin = target.now()
        report = check_server(CLOUD, target, only=["hls", "master"])
        end = target.now()

    assert ([], begin) == ([one.rule.name for one in report.errors], end)
    assert len(report.upheld) > len(report.not_judged)
