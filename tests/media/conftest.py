"""Fragments: made by hand where bytes are enough, by the real ffmpeg (once) where they must play."""

import subprocess
from collections.abc import Mapping

import imageio_ffmpeg
import pytest
from forging import Forge, Recording, record

SECONDS = 5
FPS = 30
FRAGMENTS = [
    *("-f", "mp4", "-movflags", "+cmaf+frag_keyframe+delay_moov+default_base_moof+skip_trailer"),
    *("-frag_duration", "500000", "-flush_packets", "1"),
]
KEYS = ["-g", "600", "-sc_threshold", "0", "-forced-idr", "1", "-force_key_frames", "expr:gte(t,n_forced*1)"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", *KEYS]
X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params", "log-level=error", *KEYS]
OUTPUTS = {
    "180p": ["-map", "[a]", *X264, "-tune", "zerolatency", "-b:v", "300k"],
    "90p": ["-map", "[b]", *X264, "-bf", "2", "-b:v", "100k"],
    "hevc": ["-map", "[c]", *X265, "-b:v", "100k"],
    "sparse": ["-map", "[d]", "-c:v", "libx264", "-preset", "ultrafast", "-g", "75", "-sc_threshold", "0"],
    "audio": ["-map", "1:a", "-c:a", "aac", "-b:a", "96k", "-ac", "2"],
    "late": ["-map", "2:a", "-c:a", "aac", "-b:a", "64k", "-ac", "1"],
}


@pytest.fixture(scope="session")
def recordings(tmp_path_factory) -> Mapping[str, Recording]:
    """Five seconds of pictures (with and without B frames, HEVC, sparse key frames) and sound (one 0.4 s late)."""
    folder = tmp_path_factory.mktemp("recordings")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "2"]
    command += ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r={FPS}:d={SECONDS}"]
    command += ["-f", "lavfi", "-i", f"sine=r=48000:d={SECONDS}"]
    command += ["-itsoffset", "0.4", "-f", "lavfi", "-i", f"sine=r=44100:d={SECONDS - 1}"]
    command += ["-filter_complex", "[0:v]split=4[a][b0][c0][d];[b0]scale=160:90[b];[c0]scale=160:90[c]"]
    for name, options in OUTPUTS.items():
        command += [*options, "-t", str(SECONDS), *FRAGMENTS, str(folder / f"{name}.mp4")]
    subprocess.run(command, check=True, timeout=60)
    return {name: record((folder / f"{name}.mp4").read_bytes()) for name in OUTPUTS}


@pytest.fixture(scope="session")
def forge() -> Forge:
    return Forge()
