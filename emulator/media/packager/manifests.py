"""From histories to playlists and manifests: what is listed, at which rates, under which names. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from offair.emulator.media.formats.tracks import Track
from offair.emulator.media.packager import dash, hls
from offair.emulator.media.packager.history import History, Kept
from offair.emulator.media.packager.names import FMP4, PLAYLIST, TS, segment_name
from offair.emulator.media.packager.plan import PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.packager.rates import Rates
from offair.emulator.media.packager.take import Place, makes_transport

DELAY = 3  # segments behind the live edge, where a DASH player should be

Histories = Mapping[Place, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A run of the encoder that became playable.

    ``anchor`` is the wall-clock time of its zero, ``origin`` the presentation time at which it begins.
    ``inits`` are the init sections' file names by track, ``rates`` the measured frame rates of its pictures.
    """

    number: int
    anchor: float
    origin: Fraction
    tracks: Mapping[str, Track]
    inits: Mapping[str, str]
    rates: Mapping[str, Fraction]


def media_playlist(
    history: History, target: int, *, is_over: bool, low_latency: hls.LowLatency | None = None
) -> hls.MediaPlaylist:
    """Describe the media playlist of one rendition."""
    with_parts = history.begins_parts(target) if low_latency else history.count
    segments = [
        _line(segment, with_parts=number >= with_parts)
        for number, segment in enumerate(history.listed, history.listed_from)
    ]
    if low_latency and history.open_parts and not is_over:
        segments.append(_open_line(history.open_parts))
    return hls.MediaPlaylist(
        target=target,
        sequence=history.listed_from,
        segments=segments,
        before=_line(history.last_out) if history.last_out else None,
        is_over=is_over,
        low_latency=low_latency,
    )


def report(history: History, uri: str) -> hls.Report | None:
    """Tell where a rendition ends; None while it has no part."""
    parts = history.open_parts
    if parts:
        return hls.Report(uri=uri, sequence=history.count, part=len(parts) - 1)
    last = history.listed[-1] if history.listed else None
    return hls.Report(uri=uri, sequence=history.count - 1, part=len(last.parts) - 1) if last and last.parts else None


def _line(segment: Kept, *, with_parts: bool = False) -> hls.MediaSegment:
    return hls.MediaSegment(
        uri=segment.name,
        duration=segment.seconds,
        wall=segment.wall,
        discontinuity=segment.opening,
        init=segment.init,
        is_independent=segment.is_independent,
        parts=_part_lines(segment.parts) if with_parts else (),
    )


def _open_line(parts: Sequence[Kept]) -> hls.MediaSegment:
    first = parts[0]
    return hls.MediaSegment(
        uri=None,
        duration=sum((part.seconds for part in parts), Fraction(0)),
        wall=first.wall,
        discontinuity=first.opening,
        init=first.init,
        is_independent=first.is_independent,
        parts=_part_lines(parts),
    )


def _part_lines(parts: Sequence[Kept]) -> list[hls.PartialSegment]:
    return [hls.PartialSegment(part.name, part.seconds, part.is_independent) for part in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """What a manifest says about the whole: ``published`` is now, in seconds since the epoch.

    ``name`` is the broadcast's, which every segment's name begins with.
    """

    plan: PackagePlan
    openings: Sequence[Opening]
    rates: Rates
    published: float
    available_from: float
    time_url: str | None
    name: str
    is_over: bool


def master_playlist(broadcast: Broadcast, histories: Histories) -> str:
    """Write the master playlist."""
    return _multivariant(broadcast, broadcast.plan.variants, histories, root="")


def index_playlist(broadcast: Broadcast, variant: VariantPlan, histories: Histories) -> str:
    """Write a master playlist of one variant alone, which lies in a folder below the other's."""
    return _multivariant(broadcast, [variant], histories, root="../")


def _multivariant(broadcast: Broadcast, variants: Sequence[VariantPlan], histories: Histories, *, root: str) -> str:
    is_muxed = makes_transport(broadcast.plan)
    groups = dict.fromkeys(v.audio for v in variants if v.audio and v.video) if not is_muxed else {}
    tracks = broadcast.openings[-1].tracks
    sounds = [
        hls.SoundGroup(group=name, uri=f"{root}{name}/{PLAYLIST}", channels=audio.channels)
        for name in groups
        if (audio := tracks[name].audio)
    ]
    return hls.render_master([_variant(broadcast, variant, histories, root) for variant in variants], sounds)


def _variant(broadcast: Broadcast, variant: VariantPlan, histories: Histories, root: str) -> hls.StreamVariant:
    """Describe what every run is that a segment is listed of: the newest first, as players begin there."""
    plan, names = broadcast.plan, variant.tracks
    is_muxed = makes_transport(plan)
    places = [Place(variant.name, TS)] if is_muxed else [Place(name, FMP4) for name in names]
    rate = broadcast.rates.of(places)
    listed = {kept.opening for place in places for kept in histories[place].listed}
    newest, *former = reversed(broadcast.openings)
    runs = [newest, *(opening for opening in former if opening.number in listed)]
    picture = newest.tracks[variant.video].video if variant.video and variant.video in newest.tracks else None
    formats = [run.tracks[name].format for name in names for run in runs if name in run.tracks]
    frame_rates = [_frame_rate(plan.track(variant.video), run) for run in runs] if variant.video else []
    return hls.StreamVariant(
        uri=f"{root}{variant.name if is_muxed else names[0]}/{PLAYLIST}",
        bandwidth=rate.peak,
        average=rate.mean,
        codecs=list(dict.fromkeys(one.name for one in formats)),
        resolution=(picture.width, picture.height) if picture else None,
        frame_rate=max(filter(None, frame_rates), default=None),
        sound=variant.audio if variant.video and not is_muxed else None,
    )


def _frame_rate(track: TrackPlan, opening: Opening) -> Fraction | None:
    return track.frame_rate or opening.rates.get(track.name)


def manifest(broadcast: Broadcast, histories: Histories) -> str:
    """Write the MPD: one period for each run of the encoder that has a segment in the window.

    A manifest that is over plays from its first segment on, so its periods are moved together.
    """
    plan = broadcast.plan
    if plan.dash is None:
        raise ValueError("this package has no DASH: ask for a manifest only where plan.dash is set")
    windows = {track.name: histories[Place(track.name, FMP4)].window for track in plan.tracks}
    periods: list[dash.Period] = []
    now = 0.0
    for opening in broadcast.openings:
        listed = {
            name: [(number, kept) for number, kept in window if kept.opening == opening.number]
            for name, window in windows.items()
        }
        heard = {name: segments for name, segments in listed.items() if segments}
        if not heard:
            continue
        starts = [Fraction(s[0][1].start, s[0][1].timescale) for s in heard.values()]
        ends = [Fraction(s[-1][1].start + s[-1][1].length, s[-1][1].timescale) for s in heard.values()]
        origin = min(starts) if broadcast.is_over else opening.origin
        start = now if broadcast.is_over else opening.anchor + float(origin) - broadcast.available_from
        now += float(max(ends) - origin)
        sets = _sets(broadcast, opening, heard, origin)
        periods.append(dash.Period(id=str(opening.number), start=max(start, 0.0), sets=sets))
    longest = max(float(history.longest) for place, history in histories.items() if place.suffix == FMP4)
    uneven = [float(histories[Place(track.name, FMP4)].longest) for track in plan.tracks if not track.has_set_keys]
    usual = max([plan.segment, *uneven])
    depth = max(history.depth for history in histories.values())
    return dash.render(
        dash.Presentation(
            periods=periods,
            min_buffer=plan.dash.min_buffer,
            longest_segment=max(longest, plan.segment),
            live=None
            if broadcast.is_over
            else dash.Live(
                available_from=broadcast.available_from,
                published=broadcast.published,
                update_period=plan.segment,
                window=depth,
                delay=min(DELAY * usual, depth - usual),
                time_url=broadcast.time_url,
            ),
            duration=now if broadcast.is_over else None,
        )
    )


def _sets(
    broadcast: Broadcast,
    opening: Opening,
    listed: Mapping[str, Sequence[tuple[int, Kept]]],
    origin: Fraction,
) -> list[dash.AdaptationSet]:
    """Group tracks between which a player may switch, best first: of one kind and codec, and sound of one form.

    Sound of another sampling rate has other segment boundaries, and so has what is the encoder's own.
    """
    groups: dict[Any, list[TrackPlan]] = {}
    for track in broadcast.plan.tracks:
        if track.name in listed:
            form = opening.tracks[track.name]
            sound = (form.audio.sample_rate, form.audio.channels) if form.audio else None
            groups.setdefault((track.kind, track.has_set_keys, form.format.name.split(".")[0], sound), []).append(track)
    sets: list[dash.AdaptationSet] = []
    for tracks in groups.values():
        shown = [
            _representation(broadcast, opening, plan=track, listed=listed[track.name], origin=origin)
            for track in tracks
        ]
        sets.append(
            dash.AdaptationSet(
                kind=tracks[0].kind,
                representations=sorted(shown, key=lambda one: one.bandwidth, reverse=True),
                is_independent=all(kept.is_independent for track in tracks for _, kept in listed[track.name]),
            )
        )
    return sets


def _representation(
    broadcast: Broadcast,
    opening: Opening,
    *,
    plan: TrackPlan,
    listed: Sequence[tuple[int, Kept]],
    origin: Fraction,
) -> dash.Representation:
    track = opening.tracks[plan.name]
    picture, sound = track.video, track.audio
    return dash.Representation(
        id=plan.name,
        bandwidth=broadcast.rates.of([Place(plan.name, FMP4)]).peak,
        codecs=track.format.name,
        timescale=track.timescale,
        offset=round(origin * track.timescale),
        number=listed[0][0],
        initialization=f"{plan.name}/{opening.inits[plan.name]}",
        media=f"{plan.name}/{segment_name(broadcast.name, '$Number$', FMP4)}",
        timeline=[(kept.start, kept.length) for _, kept in listed],
        size=(picture.width, picture.height) if picture else None,
        frame_rate=_frame_rate(plan, opening) if picture else None,
        sample_rate=sound.sample_rate if sound else None,
        channels=sound.channels if sound else None,
    )
