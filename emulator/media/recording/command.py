"""The ffmpeg command lines that finish a recording and make pictures of it: pure, built with ffmpeg-python."""

from collections.abc import Sequence

import ffmpeg

from offair.emulator.media.transcoding.command import QUIET

FAST_START = {"c": "copy", "movflags": "+faststart", "f": "mp4"}  # moov before mdat: it plays while it is fetched
JPEG_QUALITY = 4  # of 2 (best) to 31
CLIP_WIDTH = 320
CLIP_FPS = 10
PIPES = ("pipe:0", "pipe:1")


def join(executable: str, tracks: Sequence[Sequence[str]], target: str) -> list[str]:
    """Build the argv that puts every track's files, which lie on one timeline, one after the other into an MP4.

    Names are relative to the folder that it runs in. The init sections of all but the first are read over.
    """
    inputs = [ffmpeg.input(f"concat:{'|'.join(files)}", f="mp4") for files in tracks]
    output = ffmpeg.output(*inputs, target, **FAST_START)
    return _compiled(output.overwrite_output().global_args("-copyts"), executable)


def picture(executable: str) -> list[str]:
    """Build the argv that reads MP4 from stdin and writes its first picture to stdout, as JPEG."""
    source, target = PIPES
    full = ffmpeg.input(source, f="mp4")["v:0"].filter("scale", out_range="full").filter("format", "yuvj420p")
    return _compiled(ffmpeg.output(full, target, f="mjpeg", vframes=1, **{"q:v": JPEG_QUALITY}), executable)


def motion(executable: str, seconds: float) -> list[str]:
    """Build the argv that reads MP4 from stdin and writes at most so many seconds of it to stdout, as a GIF."""
    source, target = PIPES
    small = ffmpeg.input(source, f="mp4")["v:0"].filter("fps", CLIP_FPS).filter("scale", CLIP_WIDTH, -2)
    ways = small.filter_multi_output("split", 2)
    colours = ways[0].filter("palettegen")
    clip = ffmpeg.filter([ways[1], colours], "paletteuse")
    return _compiled(ffmpeg.output(clip, target, f="gif", t=seconds, loop=0), executable)


def _compiled(output: "ffmpeg.nodes.OutputStream", executable: str) -> list[str]:
    return list(ffmpeg.compile(output.global_args(*QUIET), cmd=executable))
