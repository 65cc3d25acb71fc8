from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.boxes import U32, MalformedMediaError, UnsupportedMediaError, box, find
from offair.emulator.media.formats.samples import Sample, read_fragment, write_fragment
from offair.emulator.media.formats.tracks import read_track

SAMPLES = st.lists(
    st.builds(
        Sample,
        dts=st.just(0),
        pts=st.integers(-2000, 9000),
        duration=st.integers(1, 9000),
        is_sync=st.booleans(),
        content=st.binary(min_size=1, max_size=40).map(memoryview),
    ),
    min_size=1,
    max_size=20,
)


def in_a_row(samples, start):
    made = []
    for sample in samples:
        made.append(sample._replace(dts=start, pts=start + sample.pts))
        start += sample.duration
    return made


@given(samples=SAMPLES, start=st.integers(0, 1 << 40))
def test_samples_are_read_as_they_were_written(forge, samples, start):
    track = forge.track()
    samples = in_a_row(samples, start)
    assert tuple(samples) == read_fragment(track, write_fragment(track, 1, samples)).samples


@given(samples=SAMPLES, share=st.floats(0, 1))
def test_the_parts_of_a_fragment_hold_its_samples(forge, samples, share):
    track = forge.track(edits=[(0, 1024)])
    fragment = forge.fragment(track, in_a_row(samples, 5000))
    cut = round(share * len(samples))
    parts = [fragment.part(a, b) for a, b in ((0, cut), (cut, len(samples))) if a < b]
    again = [read_fragment(track, part.content) for part in parts]
    assert fragment.samples == tuple(sample for part in again for sample in part.samples)


def test_an_edit_takes_back_what_an_encoder_pushed_back(forge):
    track = forge.track(edits=[(0, 1024)])
    fragment = forge.fragment(track, forge.samples([1024, 1024], start=-1024))
    assert [-1024, 0] == [sample.pts for sample in fragment.samples]
    assert 0 == int.from_bytes(fragment.content[fragment.content.index(b"tfdt") + 8 :][:8])


def test_an_empty_edit_becomes_a_delay_of_the_fragments(forge):
    init = forge.init(edits=[(500, -1), (0, 1024)])
    track = read_track(init)
    assert (1024, 45_000) == (track.skip, track.delay)
    shown = read_track(track.init)
    assert (1024, 0) == (shown.skip, shown.delay)
    assert len(track.init) == find(track.init, b"moov").end
    undelayed = forge.track(edits=[(0, 1024)])
    written = write_fragment(undelayed, 1, forge.samples([3000], start=0))
    fragment = read_fragment(track, written)
    assert [45_000] == [sample.pts for sample in fragment.samples]
    assert [45_000] == [sample.pts for sample in read_fragment(undelayed, fragment.content).samples]


def test_defaults_of_the_fragment_stand_in_for_what_the_run_leaves_out(forge):
    track = forge.track()
    tfhd = box(b"tfhd", U32.pack(0x20038), U32.pack(1), U32.pack(3000), U32.pack(2), U32.pack(0x01010000))
    trun = box(b"trun", U32.pack(0x5), U32.pack(2), U32.pack(0), U32.pack(0x02000000))
    tfdt = box(b"tfdt", U32.pack(0), U32.pack(7))
    moof = box(b"moof", box(b"mfhd", U32.pack(0), U32.pack(1)), box(b"traf", tfhd, tfdt, trun))
    moof = moof.replace(trun, box(b"trun", U32.pack(0x5), U32.pack(2), U32.pack(len(moof) + 8), U32.pack(0x02000000)))
    first, second = read_fragment(track, moof + box(b"mdat", b"abcd")).samples
    assert (7, 3000, True, b"ab") == (first.dts, first.duration, first.is_sync, first.content)
    assert (3007, 3000, False, b"cd") == (second.dts, second.duration, second.is_sync, second.content)


def test_a_sample_outside_its_fragment_is_refused(forge):
    track = forge.track()
    content = write_fragment(track, 1, forge.samples([3000, 3000]))
    with pytest.raises(MalformedMediaError, match="outside the mdat"):
        read_fragment(track, content[: content.index(b"mdat") - 4] + box(b"mdat", b"short"))


def test_two_tracks_in_a_pipe_are_refused(forge):
    init = forge.init()
    trak = find(init, b"moov", b"trak")
    twice = bytearray(init[: trak.end] + init[trak.start : trak.end] + init[trak.end :])
    moov = find(init, b"moov")
    U32.pack_into(twice, moov.start, moov.end - moov.start + trak.end - trak.start)
    with pytest.raises(UnsupportedMediaError, match="a pipe of its own"):
        read_track(bytes(twice))


@given(noise=st.binary(max_size=60), at=st.integers(0, 200))
def test_damaged_fragments_are_read_or_malformed(forge, noise, at):
    track = forge.track()
    content = write_fragment(track, 1, forge.samples([3000] * 5))
    at %= len(content)
    with suppress(MalformedMediaError):
        read_fragment(track, content[:at] + noise + content[at + len(noise) :])
