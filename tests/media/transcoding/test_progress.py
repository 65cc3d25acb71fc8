"""What ffmpeg reports of itself."""

import subprocess
from itertools import pairwise

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.transcoding.progress import Progress, ProgressReader

BLOCK = b"""frame=129
fps=24.02
stream_0_0_q=-1.0
bitrate=N/A
total_size=N/A
out_time=00:00:05.375000
dup_frames=2
drop_frames=1
speed=1.07x
progress=continue
"""
READ = Progress(frames=129, speed=1.07, dropped=1, duplicated=2)


def test_a_block_is_one_report():
    reader = ProgressReader()
    reader.push(BLOCK)

    assert READ == reader.latest


def test_half_a_block_is_none():
    reader = ProgressReader()
    reader.push(BLOCK[:-10])

    assert reader.latest is None


@given(st.lists(st.integers(0, len(BLOCK) * 3), max_size=12))
def test_how_the_bytes_were_split_makes_no_difference(cuts):
    reader = ProgressReader()
    bounds = [0, *sorted(cuts), len(BLOCK) * 3]
    for begin, end in pairwise(bounds):
        reader.push((BLOCK * 3)[begin:end])

    assert READ == reader.latest


def test_what_is_not_applicable_is_not_known():
    reader = ProgressReader()
    reader.push(b"frame=0\nspeed=N/A\nprogress=continue\n")

    assert Progress(frames=0, speed=None, dropped=0, duplicated=0) == reader.latest


def test_a_report_of_sound_alone_has_no_frames():
    reader = ProgressReader()
    reader.push(b"bitrate=N/A\nspeed=   1x\nprogress=end\n")

    assert Progress(frames=None, speed=1.0, dropped=0, duplicated=0) == reader.latest


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_rubbish_is_passed_over(pieces):
    reader = ProgressReader()
    for piece in pieces:
        reader.push(piece)
    reader.push(b"\n" + BLOCK)

    assert READ.speed == reader.latest.speed


@pytest.mark.media
def test_the_real_ffmpeg_is_understood():
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostats", "-nostdin", "-progress", "pipe:1"]
    source = ["-f", "lavfi", "-i", "color=s=64x64:r=25:d=2", "-vf", "fps=50", "-f", "null", "/dev/null"]
    reader = ProgressReader()
    reader.push(subprocess.run([*argv, *source], check=True, capture_output=True, timeout=30).stdout)

    assert 100 == reader.latest.frames
