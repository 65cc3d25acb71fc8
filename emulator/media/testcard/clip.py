"""The test clip that comes with the installation: eight seconds of H.264 and AAC that can be repeated without a seam.

640x360, 30 pictures a second, a key frame every second, a counter, and a tone that beeps every second. It was made
with::

    ffmpeg -f lavfi -i testsrc=s=640x360:r=30:decimals=2 -f lavfi -i sine=frequency=440:beep_factor=4:r=48000 -t 8 \
        -c:v libx264 -preset slow -profile:v main -bf 0 -g 30 -keyint_min 30 -sc_threshold 0 -crf 30 -pix_fmt yuv420p \
        -c:a aac -b:a 48k -ac 2 -flvflags no_duration_filesize -f flv clip.flv
"""

from importlib.resources import files

from offair.emulator.media.formats import flv


def load_clip() -> list[flv.Tag]:
    """Give the test clip's tags."""
    return flv.read((files("offair.emulator.media.testcard") / "clip.flv").read_bytes())
