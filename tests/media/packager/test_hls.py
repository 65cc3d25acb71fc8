from fractions import Fraction

import m3u8
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.packager.history import History, Kept
from offair.emulator.media.packager.hls import (
    MediaPlaylist,
    MediaSegment,
    SoundGroup,
    StreamVariant,
    render_master,
    render_media,
    round_up_half,
)
from offair.emulator.media.packager.manifests import media_playlist

LENGTHS = st.lists(
    st.tuples(st.integers(1, 300_000), st.sampled_from([False, False, False, True])), min_size=1, max_size=25
)


def histories(lengths, *, least=3, preserved=0, window=None):
    """Add segments one after the other; give the history and the target duration after each."""
    history = History(least_listed=least, preserved=preserved, window=window, segment=2.0)
    opening, start, target = 0, 0, 2
    for number, (length, is_new) in enumerate(lengths):
        opening += is_new and number > 0
        kept = Kept(
            name=f"b-{number}.m4s",
            opening=opening,
            start=start,
            length=length,
            timescale=90_000,
            wall=1_700_000_000 + start / 90_000,
            size=1000,
            is_independent=True,
            init=f"b-init-{opening}.mp4",
        )
        history.add(kept)
        start += length
        target = max(target, round_up_half(kept.seconds))
        history.slide(target)
        yield history, target


@given(LENGTHS)
def test_a_playlist_says_to_a_parser_what_it_was_made_of(lengths):
    for history, target in histories(lengths):
        parsed = m3u8.loads(render_media(media_playlist(history, target, is_over=False)))
        listed = history.listed
        assert (7, target, history.listed_from) == (parsed.version, parsed.target_duration, parsed.media_sequence)
        assert [kept.name for kept in listed] == [segment.uri for segment in parsed.segments]
        for kept, segment in zip(listed, parsed.segments, strict=True):
            assert abs(float(kept.seconds) - segment.duration) <= 0.00001
            assert abs(kept.wall - segment.program_date_time.timestamp()) <= 0.0011
            assert kept.init == segment.init_section.uri
            assert round_up_half(Fraction(str(segment.duration))) <= parsed.target_duration


@given(LENGTHS)
def test_a_segment_keeps_its_numbers_while_the_window_slides(lengths):
    """RFC 8216, 6.2.1: neither the media sequence number nor the discontinuity sequence number may change."""
    seen: dict[str, tuple[int, int]] = {}
    for history, target in histories(lengths):
        parsed = m3u8.loads(render_media(media_playlist(history, target, is_over=False)))
        discontinuity = parsed.discontinuity_sequence or 0
        for number, segment in enumerate(parsed.segments, parsed.media_sequence):
            discontinuity += bool(segment.discontinuity)
            assert (number, discontinuity) == seen.setdefault(segment.uri, (number, discontinuity))


@given(lengths=LENGTHS, least=st.integers(3, 8))
def test_no_segment_leaves_a_playlist_that_would_be_shorter_than_three_targets(lengths, least):
    """RFC 8216, 6.2.2."""
    listed_from = 0
    for history, target in histories(lengths, least=least):
        assert len(history.listed) >= min(least, history.count)
        if history.listed_from > listed_from:
            assert sum(kept.seconds for kept in history.listed) >= 3 * target
        listed_from = history.listed_from


@given(lengths=LENGTHS, preserved=st.integers(0, 5), window=st.sampled_from([None, 4.0, 20.0]))
def test_a_segment_stays_on_disk_for_as_long_as_a_player_may_ask_for_it(lengths, preserved, window):
    """RFC 8216, 6.2.2: for its duration and that of the longest playlist that listed it; DASH: while in the window."""
    edge = Fraction(0)
    longest: dict[str, Fraction] = {}  # the longest playlist that listed each segment
    left_at: dict[str, Fraction] = {}
    for history, _ in histories(lengths, preserved=preserved, window=window):
        edge += history.listed[-1].seconds
        listed = {kept.name for kept in history.listed}
        total = sum(kept.seconds for kept in history.listed)
        left_at |= {name: edge for name in longest if name not in listed and name not in left_at}
        longest |= {name: max(longest.get(name, total), total) for name in listed}
        in_window = {kept.name for _, kept in history.window}
        for gone in history.expire(1):
            assert gone.name not in listed | in_window
            assert edge - left_at[gone.name] >= gone.seconds + longest[gone.name]
            assert int(gone.name[2:-4]) < history.listed_from - preserved


def test_what_no_player_can_ask_for_is_given_up():
    lengths = [(180_000, False)] * 200
    on_disk = 0
    for history, _ in histories(lengths, preserved=4, window=20.0):
        on_disk += 1 - len(history.expire(1))
        assert on_disk <= 14  # 20 s of window, 3 segments of slack, and the newest


def test_transport_playlists_are_of_version_3_and_have_no_map():
    segments = [MediaSegment(uri="a.ts", duration=Fraction(2), wall=0)]
    text = render_media(MediaPlaylist(target=2, sequence=0, segments=segments, is_over=True))
    assert text == (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z\n"
        "#EXTINF:2.00000,\na.ts\n#EXT-X-ENDLIST\n"
    )


def test_a_playlist_with_a_segment_that_needs_another_does_not_call_them_independent():
    segments = [MediaSegment(uri="a.ts", duration=Fraction(2), wall=0, is_independent=False)]
    assert "INDEPENDENT" not in render_media(MediaPlaylist(target=2, sequence=0, segments=segments))


def test_a_discontinuity_that_left_is_counted():
    before = MediaSegment(uri="b.ts", duration=Fraction(2), wall=0, discontinuity=2)
    segments = [MediaSegment(uri="c.ts", duration=Fraction(2), wall=0, discontinuity=3)]
    text = render_media(MediaPlaylist(target=2, sequence=9, segments=segments, before=before))
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2\n" in text
    assert 1 == text.count("#EXT-X-DISCONTINUITY\n")


def test_a_master_playlist_keeps_the_order_of_its_variants():
    variants = [
        StreamVariant(
            uri=f"{height}p/playlist.m3u8",
            bandwidth=height * 1000,
            average=height * 900,
            codecs=["avc1.42c01e", "mp4a.40.2"],
            resolution=(height * 16 // 9, height),
            frame_rate=Fraction(30000, 1001),
            sound="audio",
        )
        for height in (720, 360)
    ]
    text = render_master(variants, [SoundGroup(group="audio", uri="audio/playlist.m3u8", channels=2)])
    parsed = m3u8.loads(text)
    assert ["720p/playlist.m3u8", "360p/playlist.m3u8"] == [variant.uri for variant in parsed.playlists]
    assert "FRAME-RATE=29.970," in text
    assert all(variant.media[0].group_id == "audio" for variant in parsed.playlists)
