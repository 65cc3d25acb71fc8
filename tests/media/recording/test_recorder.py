"""What a recorder has written plays at any moment; what goes wrong is said once, and never to the stream."""

import io
from collections.abc import Iterator

import av
import m3u8
import pytest

from offair.emulator.media.recording.recorder import RESERVE
from offair.emulator.media.recording.sheet import read_sheet
from offair.emulator.media.recording.vod import master_playlist, media_playlist, of_variant, seconds

FRAMES = 75


def frames(content: bytes) -> Iterator[float]:
    with av.open(io.BytesIO(content), format="mp4") as container:
        for frame in container.decode(video=0):
            yield frame.time


def test_every_packet_is_written(desk, broadcasts):
    desk.run(broadcasts["first"])

    assert FRAMES == len(list(frames((desk.folder / "source" / "0.mp4").read_bytes())))


def test_what_is_written_plays_up_to_the_last_fragment_at_any_moment(desk, broadcasts):
    sinks = desk.recorder.begin()
    content, seen = broadcasts["first"]["source"], []
    for at in range(0, len(content), len(content) // 8):
        sinks["source"](content[at : at + len(content) // 8])
        path = desk.folder / "source" / "0.mp4"
        seen.append(len(list(frames(path.read_bytes()))) if path.exists() else 0)
    desk.recorder.finish()

    assert (sorted(seen), FRAMES) == (seen, seen[-1])
    assert seen[4] >= FRAMES // 4


def test_a_broadcast_is_over_once(desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.recorder.finish()
    desk.recorder.finish()

    assert 1 == desk.ends


def test_while_it_runs_there_is_an_event_of_what_is_there(desk, broadcasts):
    desk.run(broadcasts["first"])
    playlist = m3u8.loads(desk.recorder.playlist("source"))

    assert ("event", False, 3) == (playlist.playlist_type, playlist.is_endlist, len(playlist.segments))


def test_before_anything_came_there_is_nothing_to_play(desk):
    desk.recorder.begin()

    assert desk.recorder.master("") is None


def test_the_master_playlist_names_the_codecs_and_the_measured_rate(desk, broadcasts):
    desk.run(broadcasts["first"])
    (variant,) = m3u8.loads(desk.recorder.master("below/")).playlists
    rate = 8 * sum(map(len, broadcasts["first"].values())) / 3

    assert ("below/source/index.m3u8", (320, 180)) == (variant.uri, variant.stream_info.resolution)
    assert ["avc1", "mp4a"] == [codec.split(".")[0] for codec in variant.stream_info.codecs.split(",")]
    assert pytest.approx(rate, rel=0.1) == variant.stream_info.average_bandwidth


def test_the_master_playlist_names_the_codecs_of_every_run(desk, broadcasts):
    """As each is a format of the media that it leads to (RFC 8216, 4.3.4.2)."""
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    (variant,) = m3u8.loads(desk.recorder.master("")).playlists

    assert "avc1.42c00c,avc1.42c00b,mp4a.40.2" == variant.stream_info.codecs


def test_the_master_playlist_names_the_frame_rate_that_was_measured(desk, broadcasts):
    desk.run(broadcasts["first"])
    (variant,) = m3u8.loads(desk.recorder.master("")).playlists

    assert 25.0 == variant.stream_info.frame_rate


def test_runs_are_divided_by_a_discontinuity(desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    playlist = m3u8.loads(desk.recorder.playlist("source"))

    assert [False] * 3 + [True] + [False] * 2 == [segment.discontinuity for segment in playlist.segments]
    assert ["0.mp4"] * 3 + ["1.mp4"] * 3 == [segment.init_section.uri for segment in playlist.segments]


def test_a_run_without_every_track_leaves_no_trace_in_the_playlists(desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run({**broadcasts["first"], "audio": b""})
    desk.run(broadcasts["first"])
    playlist = m3u8.loads(desk.recorder.playlist("source"))

    assert {"0.mp4", "2.mp4"} == {segment.uri for segment in playlist.segments}


def test_byte_ranges_are_segments_that_decode(desk, broadcasts):
    desk.run(broadcasts["first"])
    content = (desk.folder / "source" / "0.mp4").read_bytes()
    decoded = []
    for segment in m3u8.loads(desk.recorder.playlist("source")).segments:
        length, offset = map(int, segment.byterange.split("@"))
        init, _ = map(int, segment.init_section.byterange.split("@"))
        decoded.append(len(list(frames(content[:init] + content[offset : offset + length]))))

    assert [25, 25, 25] == decoded


def test_the_folder_alone_tells_what_was_recorded(desk, broadcasts):
    desk.run(broadcasts["first"])
    desk.run(broadcasts["other"])
    sheet = read_sheet(desk.folder)
    reels = sheet.scan(desk.folder)

    assert desk.recorder.master("") == master_playlist(sheet, reels, is_over=False)
    assert m3u8.loads(media_playlist(sheet, reels, "audio", is_over=True)).is_endlist
    assert pytest.approx(6, abs=0.1) == seconds(reels)


def test_what_a_kill_left_half_written_is_cut_off(desk, broadcasts):
    desk.run(broadcasts["first"])
    path = desk.folder / "source" / "0.mp4"
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(broadcasts["first"]["source"][-100:])
    read_sheet(desk.folder).scan(desk.folder)

    assert whole == path.stat().st_size


def test_a_recording_stops_while_there_is_room_for_its_mp4(desk, broadcasts):
    desk.room = RESERVE + len(broadcasts["first"]["source"]) // 2
    desk.run(broadcasts["first"])
    (words,) = desk.troubles

    assert "free some space" in words
    assert 0 < len(list(frames((desk.folder / "source" / "0.mp4").read_bytes()))) < FRAMES


def test_a_recording_that_stopped_takes_nothing_more(desk, broadcasts):
    desk.room = 0
    desk.run(broadcasts["first"])

    assert {} == desk.recorder.begin()


def test_a_folder_that_is_gone_stops_the_recording_and_nothing_else(desk, broadcasts):
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    desk.run(broadcasts["first"])

    assert 1 == len(desk.troubles)


def test_garbage_is_the_packagers_to_complain_of(desk):
    desk.run({"source": b"\0\0\0\1garbage" * 20, "audio": b""})

    assert 1 == len(desk.troubles)


def test_a_master_playlist_that_grows_raises_a_rate_at_most_once(desk, broadcasts):
    seen = []
    sinks = desk.recorder.begin()
    for name in broadcasts["first"]:
        content = broadcasts["first"][name]
        for at in range(0, len(content), 4000):
            sinks[name](content[at : at + 4000])
            text = desk.recorder.master("")
            seen += [entry.stream_info.bandwidth for entry in m3u8.loads(text).playlists] if text else []
    desk.recorder.flush()

    assert seen
    assert len(set(seen)) <= 2


def test_a_burst_at_the_start_puts_no_date_of_a_replay_into_the_future(desk, broadcasts):
    desk.run(broadcasts["first"])  # three seconds of media in a moment
    first = m3u8.loads(desk.recorder.playlist("audio")).segments[0]

    assert first.current_program_date_time.timestamp() + first.duration <= 1_700_000_000.1


MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="recordings/1/a/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2
recordings/1/source/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1
recordings/1/small/index.m3u8
"""


@pytest.mark.parametrize(
    ("name", "left"),
    [("small", ["small"]), ("source", ["source"]), ("a", ["source", "small"]), ("", ["source", "small"])],
)
def test_a_variant_alone_keeps_the_sounds_and_an_unknown_one_leaves_all(name, left):
    kept = m3u8.loads(of_variant(MASTER, name))

    assert ([f"recordings/1/{one}/index.m3u8" for one in left], 1) == (
        [variant.uri for variant in kept.playlists], len(kept.media)
    )  # fmt: skip
