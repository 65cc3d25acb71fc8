"""Synthetic HLS origins: MPEG-TS or fragmented MP4 with a sound group, and low latency."""

# ruff: noqa: ARG002 - a plain origin ignores what the low-latency one looks at

from urllib.parse import parse_qs, urlsplit

from airing import LAG, SITE, Clip, Origin, iso, programme
from tiny_media import CODECS, fragment

PARTS = 4


class HlsOrigin(Origin):
    """Two variants; with fragmented MP4 their sound is a group of its own."""

    target = 2

    def text(self, name, url, now):
        if name == "master.m3u8":
            return 0.0, 200, self.master().encode()
        track = name.partition("/")[0]
        return 0.0, 200, "\n".join(self.playlist(track, now)).encode() + b"\n"

    def master(self):
        has_group = "a0" in self.tracks
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
        if has_group:
            lines.append('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="main",DEFAULT=YES,URI="a0/list.m3u8"')
        for track in (track for track, kind in self.tracks.items() if kind == "video"):
            lines += (
                "#EXT-X-STREAM-INF:BANDWIDTH=50000,AVERAGE-BANDWIDTH=40000,"
                f'CODECS="{CODECS["video"]},{CODECS["audio"]}",RESOLUTION=320x180,FRAME-RATE=10.000'
                + (',AUDIO="sound"' if has_group else ""),
                f"{track}/list.m3u8",
            )
        return "\n".join(lines) + "\n"

    def playlist(self, track, now):
        listed = self.listed(now)
        gone = self.clips[listed[0].number - 1].era if listed[0].number else 0
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            f"#EXT-X-TARGETDURATION:{self.target}",
            f"#EXT-X-MEDIA-SEQUENCE:{listed[0].number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{gone}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        era, init = gone, None
        for clip in listed:
            if clip.era > era:
                lines.append("#EXT-X-DISCONTINUITY")
            if self.container == "m4s" and init != clip.era:
                lines.append(f'#EXT-X-MAP:URI="init-{clip.era}.mp4"')
            era = init = clip.era
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{iso(clip.wall)}")
            lines += self.parts(clip, now)
            lines += (f"#EXTINF:{clip.duration:.3f},", f"{clip.number}.{self.container}")
        return lines + (["#EXT-X-ENDLIST"] if self.is_over(now) else self.tail(track, now))

    def parts(self, clip, now):
        return []

    def tail(self, track, now):
        return []


class LowLatencyOrigin(HlsOrigin):
    """Parts of a quarter of a second, blocking reload, hints, delta updates and reports."""

    target = 1
    skip_until = 6.0
    keeps = 3.0  # seconds before the end of the playlist for which parts are listed

    def media(self, clip):
        return b"".join(self.part(clip, index) for index in range(PARTS))

    def part(self, clip, index):
        length = clip.duration / PARTS
        return fragment(clip.start + index * length, length, is_key=index == 0, has_key=index == 0)

    def answer(self, url, now):
        name = urlsplit(url).path.removeprefix("/live/")
        if not name.endswith("m4s") or "-" not in name:
            return super().answer(url, now)
        number, index = map(int, name.partition("/")[2].removesuffix(".m4s").split("-"))
        clip = self.clips[number]
        due = clip.wall + (index + 1) * clip.duration / PARTS + LAG
        headers = super().answer(url.replace(f"-{index}.", "."), now)[2]
        return max(0.0, due - now), 200, headers, self.part(clip, index)

    def text(self, name, url, now):
        asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}
        number, index = int(asked.get("_HLS_msn", -1)), int(asked.get("_HLS_part", -1))
        newest = self.done(now)[-1].number
        if self.is_over(now):
            return super().text(name, url, now)
        if number > newest + 2 or (number < 0 <= index):
            return 0.0, 400, b""
        ready = now
        if number > newest and number < len(self.clips):
            clip = self.clips[number]
            share = 1.0 if index < 0 else (index + 1) / PARTS
            ready = max(now, clip.wall + share * clip.duration + LAG)
        if name == "master.m3u8":
            return super().text(name, url, now)
        lines = self.playlist(name.partition("/")[0], ready)
        if "_HLS_skip" in asked:
            lines = self.delta(lines, ready)
        return ready - now, 200, "\n".join(lines).encode() + b"\n"

    def delta(self, lines, now):
        """Leave out the segments that begin before the boundary, with all that stands before their URIs."""
        listed = self.listed(now)
        old = [clip for clip in listed if listed[-1].end - clip.end >= self.skip_until]
        if not old:
            return lines
        head = [
            line
            for line in lines[: lines.index(f"{old[0].number}.m4s")]
            if not line.startswith(("#EXT-X-PROG", "#EXTINF"))
        ]
        rest = lines[lines.index(f"{old[-1].number}.m4s") + 1 :]
        head = [line for line in head if not line.startswith(("#EXT-X-MAP", "#EXT-X-DISCONTINUITY\n"))]
        return [*head, f"#EXT-X-SKIP:SKIPPED-SEGMENTS={len(old)}", *rest]

    def playlist(self, track, now):
        lines = super().playlist(track, now)
        lines[2:2] = [
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.750,CAN-SKIP-UNTIL={self.skip_until},HOLD-BACK=3",
            "#EXT-X-PART-INF:PART-TARGET=0.250",
        ]
        return lines

    def parts(self, clip, now):
        """What is older than three target durations has no parts any more, and what is over has none at all."""
        if self.is_over(now) or not self.has_parts(clip, self.listed(now)[-1].end - clip.end):
            return []
        return [self.line(clip, index) for index in range(PARTS)]

    def has_parts(self, clip, age):
        return age < self.keeps

    def line(self, clip: Clip, index):
        mark = ",INDEPENDENT=YES" if index == 0 else ""
        return f'#EXT-X-PART:DURATION={clip.duration / PARTS:.5f},URI="{clip.number}-{index}.m4s"{mark}'

    def tail(self, track, now):
        number = self.listed(now)[-1].number + 1
        clip = self.clips[number]
        ready = [i for i in range(PARTS) if clip.wall + (i + 1) * clip.duration / PARTS + LAG <= now + 1e-6]
        lines = []
        if clip.era > self.clips[number - 1].era:
            lines += ("#EXT-X-DISCONTINUITY", f'#EXT-X-MAP:URI="init-{clip.era}.mp4"')
        lines += [self.line(clip, index) for index in ready]
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{number}-{len(ready)}.m4s"')
        others = (other for other in self.tracks if other != track)
        last, part = (number, len(ready) - 1) if ready else (number - 1, PARTS - 1)
        place = f"LAST-MSN={last},LAST-PART={part}"
        return lines + [f'#EXT-X-RENDITION-REPORT:URI="../{other}/list.m3u8",{place}' for other in others]


def fragmented(*, length: float = 2.0, window: float = 6.0) -> HlsOrigin:
    clips = programme(15, length, before=10.0, breaks_at=6)
    return HlsOrigin(clips, window=window, entry=f"{SITE}master.m3u8")


def muxed() -> HlsOrigin:
    tracks = {"v0": "video", "v1": "video"}
    return HlsOrigin(programme(13, 2.0, before=10.0, breaks_at=6), tracks, "ts", entry=f"{SITE}master.m3u8")


def low_latency(kind=LowLatencyOrigin, *, window: float = 8.0) -> LowLatencyOrigin:
    clips = programme(20, 1.0, before=10.0, breaks_at=14)
    return kind(clips, {"v0": "video", "v1": "video"}, window=window, entry=f"{SITE}master.m3u8")
