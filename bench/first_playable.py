"""How long after publishing a stream plays, and how long after the end its playlist is closed.

The peer is ffmpeg's own HLS muxer, fed with the same clip at the same pace and without a network in between.
"""

import statistics
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from understudy.emulator.core.moves import STREAMS
from understudy.emulator.core.streams import (
    AudioRung,
    DashPackaging,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    Stream,
    VideoRung,
)
from understudy.emulator.emulator import Emulator
from understudy.emulator.media.ffmpeg import choose
from understudy.emulator.settings import Settings

FPS = 30
RUNS = 3
SEGMENTS = (0.5, 1.0, 2.0, 4.0)
RUNG = VideoRung(width=640, height=360, fps=FPS, gop=FPS, bitrate_kbps=600, codec="h264", audio=AudioRung())


def make_clip(ffmpeg: Path, folder: Path, segment: float) -> Path:
    """Encode ten seconds with a key frame every segment."""
    clip = folder / f"{segment:g}.flv"
    picture, tone = f"testsrc2=s=640x360:r={FPS}:d=10", "sine=r=48000:d=10"
    encode = f"-c:v libx264 -preset ultrafast -g {round(segment * FPS)} -sc_threshold 0 -b:v 600k -c:a aac -f flv"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
    subprocess.run([ffmpeg, "-y", "-v", "error", *inputs, *encode.split(), clip], check=True)
    return clip


def push(ffmpeg: Path, clip: Path, *output: str) -> subprocess.Popen[bytes]:
    """Send a clip in real time, over and over."""
    return subprocess.Popen(
        [ffmpeg, "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", clip, "-c", "copy", *output]
    )


def until(condition, seconds: float = 30.0) -> None:
    """Wait closely, as this measures."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("nothing came")
        time.sleep(0.005)


def ours(emulator: Emulator, ffmpeg: Path, clip: Path, segment: float) -> tuple[float, float]:
    """Seconds from the admission to a playable playlist, and from the encoder's goodbye to its end."""
    now = emulator.clock.now()
    tenant = next(iter(emulator.providers))
    stream = Stream(
        id=emulator.world.ids.uuid(), key=emulator.world.ids.uuid(), cloud=tenant, tenant="bench", app="live", name="b",
        source=Source(kind="push", protocols=("rtmp",)), created_at=now, updated_at=now,
        ladder=Ladder(video=(replace(RUNG, gop=round(segment * FPS)),)),
        packaging=Packaging(hls=HlsPackaging(segment_format="mpegts"), dash=DashPackaging()),
    )  # fmt: skip
    emulator.world.put(STREAMS, stream)
    publisher = push(ffmpeg, clip, "-f", "flv", f"{emulator.rtmp_url}/live/{stream.key}")

    def moment(text: str) -> float:
        wanted = {"kind": "move", "stream": stream.id, "text": text}
        move = emulator.journal.wait_for(wanted, emulator.clock.deadline(30))
        if move is None:
            raise TimeoutError(f"the stream did not go {text}")
        return move.at

    starting, live = moment("to starting"), moment("to live")
    publisher.terminate()
    stopping, idle = moment("to stopping"), moment("to idle")
    publisher.wait()
    return live - starting, idle - stopping


def theirs(ffmpeg: Path, clip: Path, segment: float, folder: Path) -> float:
    """Seconds from the start of ffmpeg's own muxer to its first playlist."""
    playlist = folder / "peer.m3u8"
    playlist.unlink(missing_ok=True)
    began = time.monotonic()
    muxer = push(ffmpeg, clip, "-f", "hls", "-hls_time", str(segment), str(playlist))
    until(playlist.exists)
    took = time.monotonic() - began
    muxer.terminate()
    muxer.wait()
    return took


def main() -> None:
    """Print the table."""
    ffmpeg = choose(None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'profile':<12}{'segment':>8}{'playable':>10}{'peer':>8}{'ratio':>7}{'over segment':>14}{'closed':>8}")
        for profile in ("passthrough", "faithful"):
            with Emulator(Settings(port=0, rtmp_port=0, media_profile=profile)) as emulator:
                for segment in SEGMENTS:
                    clip = make_clip(ffmpeg, folder, segment)
                    runs = [ours(emulator, ffmpeg, clip, segment) for _ in range(RUNS)]
                    peer = statistics.median(theirs(ffmpeg, clip, segment, folder) for _ in range(RUNS))
                    playable, closed = (statistics.median(column) for column in zip(*runs, strict=True))
                    print(
                        f"{profile:<12}{segment:>6g} s{playable:>8.2f} s{peer:>6.2f} s{playable / peer:>7.2f}"
                        f"{playable - segment:>12.2f} s{closed:>6.2f} s"
                    )


if __name__ == "__main__":
    main()
