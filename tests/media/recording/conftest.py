"""Broadcasts to record: what ffmpeg writes to the pipes of two encoders, made once, and a recorder to feed it to."""

import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.media.packager.plan import HlsPlan, PackagePlan, TrackPlan, VariantPlan
from offair.emulator.media.recording.recorder import Recorder
from offair.emulator.media.recording.sheet import sheet_for
from offair.emulator.media.transcoding.ffmpeg import Choice
from offair.emulator.media.transcoding.kit import Kit

FPS = 25
SECONDS = 3
FRAGMENTS = ["-f", "mp4", "-movflags", "+cmaf+frag_keyframe+delay_moov+default_base_moof+skip_trailer",
             "-frag_duration", "100000", "-flush_packets", "1"]  # fmt: skip
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(FPS), "-sc_threshold", "0"]
Broadcast = Mapping[str, bytes]  # by track
PLAN = PackagePlan(
    tracks=(
        TrackPlan(name="source", kind="video", bitrate=0, peak_bitrate=0, frame_rate=None, has_set_keys=False),
        TrackPlan(name="audio", kind="audio", bitrate=0, peak_bitrate=0, frame_rate=None),
    ),
    variants=(VariantPlan(name="source", video="source", audio="audio"),),
    segment=1.0,
    hls=HlsPlan(segment_format="fmp4", playlist_size=6, preserved_segments=0),
    dash=None,
)

SILENT = VariantPlan(name="silent", video="source", audio=None)


@pytest.fixture(scope="session", name="executable")
def _executable() -> Path:
    return Path(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(name="kit_with")
def _kit_with():
    """Make a kit with this ffmpeg."""
    with ExitStack() as opened:

        def make(executable: Path) -> Kit:
            choice, clock = opened.enter_context(closing(Choice(executable))), Clock()
            return Kit(choice=choice, clock=clock, journal=Journal(clock, 100), profile="faithful", stale_after=15.0)

        yield make


@pytest.fixture(name="kit")
def _kit(kit_with, executable) -> Kit:
    return kit_with(executable)


@pytest.fixture(scope="session", name="broadcasts")
def _broadcasts(executable, tmp_path_factory) -> Mapping[str, Broadcast]:
    """Three seconds of an encoder, and of one that sends another size."""
    folder = tmp_path_factory.mktemp("broadcasts")
    argv = [executable, "-v", "error", "-nostdin", "-f", "lavfi", "-i", f"testsrc2=s=320x180:r={FPS}:d={SECONDS}"]
    argv += ["-f", "lavfi", "-i", f"sine=r=48000:d={SECONDS}", "-filter_complex", "[0:v]split[a][b];[b]scale=160:90[c]"]
    for picture, name in (("[a]", "source"), ("[c]", "smaller")):
        argv += ["-map", picture, *H264, *FRAGMENTS, str(folder / f"{name}.mp4")]
    argv += ["-map", "1:a", "-c:a", "aac", *FRAGMENTS, str(folder / "audio.mp4")]
    subprocess.run(argv, check=True, timeout=60)
    content = {name: (folder / f"{name}.mp4").read_bytes() for name in ("source", "smaller", "audio")}
    return {
        "first": {"source": content["source"], "audio": content["audio"]},
        "other": {"source": content["smaller"], "audio": content["audio"]},
    }


@dataclass
class Desk:
    """A recorder, the room that it believes to have, and what it said."""

    folder: Path
    apart: tuple[str, ...] = ()
    room: int = 1 << 40
    troubles: list[str] = field(default_factory=list)
    ends: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.recorder = Recorder(
            sheet_for(replace(PLAN, variants=(*PLAN.variants, SILENT)) if self.apart else PLAN, self.apart),
            self.folder,
            wall=lambda: 1_700_000_000.0,
            room=lambda: self.room,
            on_trouble=self.troubles.append,
            on_over=self._end,
        )

    def _end(self) -> None:
        self.ends += 1

    def run(self, broadcast: Broadcast, *, step: int = 4096) -> None:
        """Feed a run as a pipe would, in pieces that know nothing of fragments, all tracks by turns."""
        sinks = self.recorder.begin()
        for at in range(0, max(map(len, broadcast.values())), step):
            for name, sink in sinks.items():
                sink(broadcast[name][at : at + step])
        self.recorder.flush()


@pytest.fixture(name="desk")
def _desk(tmp_path, request) -> Desk:
    """A test may say which variants are joined apart."""
    return Desk(tmp_path / "a-recording", apart=getattr(request, "param", ()))
