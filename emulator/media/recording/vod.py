"""A recording as HLS (RFC 8216): byte ranges of its files. An EVENT while the broadcast runs, then VOD. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from offair.emulator.media.packager import hls
from offair.emulator.media.packager.history import peak_at_end
from offair.emulator.media.packager.plan import VariantPlan
from offair.emulator.media.packager.rates import announced_peak
from offair.emulator.media.recording.reel import Reel, Shot
from offair.emulator.media.recording.sheet import Reels, Sheet

INDEX = "index.m3u8"
REPLAY_INDEX = "replay.m3u8"  # the same, with URIs from the stream's root
FOLDER = "recordings"  # below a stream's root
STEP = 1000  # bit/s: a measured rate is given in these


def root_of(recording: str) -> str:
    """Say where a recording lies, seen from its stream's root."""
    return f"{FOLDER}/{recording}/"


def complete_runs(reels: Reels) -> list[int]:
    """Name the runs that have a segment of every track; one that ended before leaves no trace."""
    shortest = min((len(track) for track in reels.values()), default=0)
    return [run for run in range(shortest) if all(track[run].shots for track in reels.values())]


def media_playlist(sheet: Sheet, reels: Reels, track: str, *, is_over: bool) -> str:
    """Write one track's playlist: a discontinuity between runs, as each has an init section of its own."""
    segments = [
        _line(f"{run}.mp4", reels[track][run], shot, zero=sheet.zeros[run], discontinuity=number)
        for number, run in enumerate(complete_runs(reels))
        for shot in reels[track][run].shots
    ]
    longest = max((hls.round_up_half(segment.duration) for segment in segments), default=0)
    return hls.render_media(
        hls.MediaPlaylist(
            target=max(ceil(sheet.segment), longest),
            sequence=0,
            segments=segments,
            is_over=is_over,
            kind="VOD" if is_over else "EVENT",
        )
    )


def master_playlist(sheet: Sheet, reels: Reels, *, root: str = "", is_over: bool = True) -> str | None:
    """Write the master playlist; ``root`` goes before its URIs. None while there is nothing to play.

    Rates are those that were measured, and as in a broadcast while it grows, as they may not move with every segment.
    """
    runs = complete_runs(reels)
    if not runs:
        return None
    groups = dict.fromkeys(variant.audio for variant in sheet.variants if variant.audio and variant.video)
    sounds = [
        hls.SoundGroup(group=name, uri=f"{root}{name}/{INDEX}", channels=audio.channels)
        for name in groups
        if name and (track := reels[name][runs[-1]].track) and (audio := track.audio)
    ]
    return hls.render_master(
        [_variant(sheet, variant, reels, root, is_over=is_over) for variant in sheet.variants], sounds
    )


def of_variant(master: str, name: str) -> str:
    """Keep of a master playlist the variant alone whose playlist lies in the folder of this name; else all of it."""
    lines = master.split("\n")
    own = {f"{name}/{INDEX}", f"/{name}/{INDEX}"}
    uris = [place for place, line in enumerate(lines) if line and not line.startswith("#")]
    chosen = [place for place in uris if lines[place].endswith(tuple(own))]
    left_out = {at for place in uris if chosen and place not in chosen for at in (place - 1, place)}
    return "\n".join(line for place, line in enumerate(lines) if place not in left_out)


def joined_variants(sheet: Sheet, reels: Reels) -> list[VariantPlan]:
    """Choose the variants that an MP4 is made of: those that were asked for, or else the best."""
    wanted = [variant for variant in sheet.variants if variant.name in sheet.apart]
    return wanted or [best_variant(sheet, reels)]


def best_variant(sheet: Sheet, reels: Reels) -> VariantPlan:
    """Choose the variant with the most bytes."""
    return max(sheet.variants, key=lambda v: sum(reel.size for name in v.tracks for reel in reels[name]))


def seconds(reels: Reels) -> float:
    """Say how long a recording is."""
    lengths = [
        max(sum((shot.length for shot in track[run].shots), Fraction(0)) for track in reels.values())
        for run in complete_runs(reels)
    ]
    return float(sum(lengths, Fraction(0)))


def _variant(sheet: Sheet, variant: VariantPlan, reels: Reels, root: str, *, is_over: bool) -> hls.StreamVariant:
    names, runs = variant.tracks, complete_runs(reels)
    shots = [[shot for run in runs for shot in reels[name][run].shots] for name in names]
    formats = [track.format for name in names for run in runs if (track := reels[name][run].track)]
    newest = reels[names[0]][runs[-1]].track
    picture = newest.video if newest else None
    known = sheet.frame_rates.get(names[0])
    rates = [Fraction(known).limit_denominator(1001) if known else reels[names[0]][run].frame_rate for run in runs]
    mean = sum(map(_rate, shots))
    peak = max(mean, sum(max(_peaks(of_track, sheet.length), default=0) for of_track in shots))
    if not is_over:
        peak = sum(_announced(sheet, name, of_track) for name, of_track in zip(names, shots, strict=True))
        mean = min(mean, peak)
    return hls.StreamVariant(
        uri=f"{root}{names[0]}/{INDEX}",
        bandwidth=peak,
        average=mean,
        codecs=list(dict.fromkeys(one.name for one in formats)),
        resolution=(picture.width, picture.height) if picture else None,
        frame_rate=max(filter(None, rates), default=None) if picture else None,
        sound=variant.audio if variant.video else None,
    )


def _line(uri: str, reel: Reel, shot: Shot, *, zero: float, discontinuity: int) -> hls.MediaSegment:
    return hls.MediaSegment(
        uri=uri,
        duration=shot.length,
        wall=zero + float(shot.start),
        discontinuity=discontinuity,
        init=uri,
        init_range=hls.ByteRange(reel.init_size, 0),
        byte_range=hls.ByteRange(shot.size, shot.offset),
        is_independent=shot.is_independent,
    )


def _rate(shots: Sequence[Shot]) -> int:
    length = sum((shot.length for shot in shots), Fraction(0))
    return _rounded(8 * sum(shot.size for shot in shots) / length) if length else 0


def _peaks(shots: Sequence[Shot], length: Fraction) -> Iterator[int]:
    """Give the highest rate that each segment ended, alone or with those before it (RFC 8216, 4.1)."""
    for last in range(len(shots)):
        newest_first = ((shots[at].size, shots[at].length) for at in range(last, -1, -1))
        if peak := peak_at_end(newest_first, length / 2):
            yield _rounded(peak)


def _announced(sheet: Sheet, track: str, shots: Sequence[Shot]) -> int:
    return sheet.peaks.get(track) or announced_peak(_peaks(shots, sheet.length)) or _rate(shots)


def _rounded(rate: Fraction) -> int:
    return ceil(rate / STEP) * STEP
