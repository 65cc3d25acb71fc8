"""Clips that publishers repeat: H.264 and AAC in FLV, encoded once a run."""

import subprocess
from pathlib import Path

from offair.emulator.media.formats import flv
from offair.emulator.media.transcoding.ffmpeg import choose

FPS = 30
CODE_BITS = 11
CODE_WIDTH = 32 * CODE_BITS
CODE_HEIGHT = 180
CODED = "geq=lum='16+219*mod(floor(N/pow(2,floor(X/32))),2)':cb=128:cr=128"  # each bit of the frame's number is a bar
SIZES = {360: "640x360", 720: "1280x720", 1080: "1920x1080"}


def ffmpeg() -> Path:
    """The ffmpeg that the stand-in chooses too."""
    return choose(None)


def plain(folder: Path, *, gop: float = 1.0, kbps: int = 1000, height: int = 360, seconds: int = 10) -> Path:
    """A test picture at a constant bit rate (sound included), with a key frame every ``gop`` seconds."""
    rate = f"{kbps - 64}k"
    picture = f"testsrc2=s={SIZES[height]}:r={FPS}"
    constant = ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-nal-hrd", "cbr"]
    return _encode(folder / f"plain-{gop:g}-{kbps}-{height}-{seconds}.flv", picture, gop, seconds, *constant)


def coded(folder: Path, *, gop: float = 2.0, seconds: int = 60) -> Path:
    """Pictures that show their own number, as bars that are black or white."""
    picture = f"color=s={CODE_WIDTH}x{CODE_HEIGHT}:r={FPS}"
    return _encode(folder / f"coded-{gop:g}-{seconds}.flv", picture, gop, seconds, "-vf", CODED, "-b:v", "400k")


def tags(clip: Path) -> list[flv.Tag]:
    """Read a clip."""
    return flv.read(clip.read_bytes())


def _encode(clip: Path, picture: str, gop: float, seconds: int, *options: str) -> Path:
    if not clip.exists():
        frames = str(round(gop * FPS))
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=r=48000", "-t", str(seconds)]
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p",
                 "-g", frames, "-keyint_min", frames, "-sc_threshold", "0"]  # fmt: skip
        argv = [ffmpeg(), "-v", "error", "-nostdin", *inputs, *video, *options, "-c:a", "aac", "-b:a", "64k", clip]
        subprocess.run(argv, check=True, timeout=120)
    return clip
