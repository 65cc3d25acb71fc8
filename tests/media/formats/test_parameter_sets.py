"""The size of a picture is read from what its encoder wrote about it."""

import subprocess

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.formats.boxes import MalformedMediaError
from offair.emulator.media.formats.parameter_sets import find_size, split_units

X264 = ["-c:v", "libx264", "-preset", "ultrafast"]
X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"]
CASES = {
    "even": (X264, (320, 180)),
    "cropped on all sides": (X264, (322, 178)),
    "large": (X264, (1920, 1080)),
    "high profile": ([*X264, "-profile:v", "high", "-preset", "medium"], (426, 240)),
    "4:4:4": ([*X264, "-pix_fmt", "yuv444p", "-profile:v", "high444"], (321, 181)),
    "4:2:2, ten bits": ([*X264, "-pix_fmt", "yuv422p10le"], (322, 181)),
    "interlaced": ([*X264, "-flags", "+ilme+ildct", "-x264-params", "interlaced=1"], (320, 180)),
    "with scaling lists": ([*X264, "-preset", "medium", "-x264-params", "cqm=jvt"], (320, 180)),
    "hevc": (X265, (320, 180)),
    "hevc, cropped": (X265, (326, 186)),
    "hevc, ten bits": ([*X265, "-pix_fmt", "yuv420p10le"], (640, 360)),
    "hevc, temporal layers": ([*X265[:-1], "log-level=error:temporal-layers=1:b-adapt=0:bframes=3"], (320, 180)),
}


@pytest.mark.media
@pytest.mark.parametrize(("options", "size"), CASES.values(), ids=CASES)
def test_the_size_is_the_one_that_was_encoded(options, size):
    codec, container = ("avc1", "h264") if "libx264" in options else ("hvc1", "hevc")
    source = ["-f", "lavfi", "-i", f"color=s={size[0]}x{size[1]}:r=25", "-frames:v", "1"]
    pixels = [] if "-pix_fmt" in options else ["-pix_fmt", "yuv420p"]
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-nostdin",
        *source,
        *pixels,
        *options,
        "-f",
        container,
        "-",
    ]
    made = subprocess.run(argv, check=True, capture_output=True, timeout=30).stdout

    assert size == find_size(split_units(made), codec)


def test_units_of_another_kind_say_nothing():
    assert find_size([b"", b"\x65\x88", b"\x06\x05"], "avc1") is None


@given(st.binary(max_size=60), st.sampled_from([("avc1", b"\x67"), ("hvc1", b"\x42\x01")]))
def test_rubbish_is_malformed_or_a_size(rubbish, kind):
    codec, header = kind
    try:
        size = find_size([header + rubbish], codec)
    except MalformedMediaError:
        return

    assert size is not None
