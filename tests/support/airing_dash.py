"""A synthetic DASH origin: a SegmentTimeline with numbers, two periods, a clock, static at the end."""

from itertools import groupby

from airing import SITE, Origin, iso, programme
from tiny_media import CODECS, TIMESCALE

EPOCH = 1_799_999_000.0
DEPTH = 8.0


class DashOrigin(Origin):
    """One set of two pictures and one of sound."""

    def text(self, name, url, now):  # noqa: ARG002 - there is one manifest
        return 0.0, 200, self.manifest(now).encode()

    def in_window(self, now):
        """What ends within the depth before the newest end, which is a little more than the depth before now."""
        done = self.done(now)
        return [clip for clip in done if clip.end > done[-1].end - DEPTH]

    def manifest(self, now):
        is_over = self.is_over(now)
        listed = self.in_window(now)
        eras = [(era, list(clips)) for era, clips in groupby(listed, key=lambda clip: clip.era)]
        total = sum(clip.duration for clip in listed)
        published = self.done(now)[-1].end
        live = (
            f'type="dynamic" availabilityStartTime="{iso(EPOCH)}" publishTime="{iso(published)}" '
            f'minimumUpdatePeriod="PT2S" timeShiftBufferDepth="PT{DEPTH:g}S"'
        )
        static = f'type="static" mediaPresentationDuration="PT{total:.3f}S"'
        periods, at = [], 0.0
        for era, clips in eras:
            first = next(clip for clip in self.clips if clip.era == era)
            zero = clips[0] if is_over else first
            start = at if is_over else zero.wall - EPOCH
            at += sum(clip.duration for clip in clips)
            sets = "".join(
                self.adaptation(number, kind, clips, zero.start) for number, kind in enumerate(("video", "audio"))
            )
            periods.append(f'<Period id="p{era}" start="PT{start:.3f}S">\n{sets}</Period>\n')
        clock = '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="time"/>\n'
        return (
            '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
            'profiles="urn:mpeg:dash:profile:isoff-live:2011" minBufferTime="PT2S" '
            f"{static if is_over else live}>\n{''.join(periods)}{'' if is_over else clock}</MPD>\n"
        )

    def adaptation(self, number, kind, clips, zero):
        tracks = [track for track, of in self.tracks.items() if of == kind]
        bounds = [(round(clip.start * TIMESCALE), round((clip.start + clip.duration) * TIMESCALE)) for clip in clips]
        entries = "".join(f'<S t="{begin}" d="{end - begin}"/>\n' for begin, end in bounds)
        representations = "".join(
            f'<Representation id="{track}" bandwidth="40000" codecs="{CODECS[kind]}">\n'
            f'<SegmentTemplate timescale="{TIMESCALE}" presentationTimeOffset="{round(zero * TIMESCALE)}" '
            f'startNumber="{clips[0].number}" media="{track}/$Number$.m4s" '
            f'initialization="$RepresentationID$/init-{clips[0].era}.mp4">\n'
            f"<SegmentTimeline>\n{entries}</SegmentTimeline>\n</SegmentTemplate>\n</Representation>\n"
            for track in tracks
        )
        return (
            f'<AdaptationSet id="{number}" contentType="{kind}" mimeType="{kind}/mp4" '
            f'segmentAlignment="true" startWithSAP="1">\n{representations}</AdaptationSet>\n'
        )


def dash() -> DashOrigin:
    return DashOrigin(programme(14, 2.0, before=10.0, breaks_at=6), entry=f"{SITE}live.mpd")
