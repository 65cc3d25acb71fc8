"""The names of what players fetch, below a stream's root: the one place that writes them, and reads them.

``720p/`` is a rendition of pictures, ``audio.128k/`` one of sound: no rung's name can have a dot in it, so the name of
a folder says what is in it. Within it lie ``<broadcast>-17.m4s``, its segment number 17, ``<broadcast>-part-170.m4s``,
a part of one, ``<broadcast>-init-0.mp4``, and a ``playlist.m3u8``. ``720p/index.m3u8`` is a master playlist of that
variant alone, which is complete by itself: its sound may lie in another folder. Pure.
"""

import re
from pathlib import PurePosixPath

from offair.emulator.core.faults.players import Asked

MASTER, MANIFEST, PLAYLIST, INDEX = "master.m3u8", "manifest.mpd", "playlist.m3u8", "index.m3u8"
FMP4, TS = ".m4s", ".ts"
SOUND = "audio."
AUDIO = "audio/mp4"
MEDIA_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    TS: "video/mp2t",
    FMP4: "video/mp4",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
}
IN_BOXES = frozenset({FMP4, ".mp4"})
NUMBER = r"[0-9]{1,18}"  # as we write them; a player may ask for any
SEGMENT = re.compile(rf"(?P<broadcast>[^/]+)-(?P<number>{NUMBER})(?P<suffix>\.(m4s|ts))")
PART = re.compile(rf"[^/]+-part-{NUMBER}\.(m4s|ts)")  # which does not tell its segment
INIT = re.compile(rf"[^/]+-init-{NUMBER}\.mp4")


def sound_name(words: str) -> str:
    """Name a rendition of sound alone."""
    return f"{SOUND}{words}"


def is_sound(rendition: str) -> bool:
    """Say whether a rendition is sound alone, by its name."""
    return rendition.startswith(SOUND)


def segment_name(broadcast: str, number: int | str, suffix: str) -> str:
    """Name a segment in its folder; the number may be a template's variable."""
    return f"{broadcast}-{number}{suffix}"


def part_name(broadcast: str, number: int, suffix: str) -> str:
    """Name a part in its folder; parts are counted through all segments."""
    return f"{broadcast}-part-{number}{suffix}"


def init_name(broadcast: str, run: int) -> str:
    """Name the init section of a run of the encoder."""
    return f"{broadcast}-init-{run}.mp4"


def media_type(name: str) -> str | None:
    """Give the media type of a file; None for one of a kind that is not served."""
    path = PurePosixPath(name)
    return AUDIO if path.suffix in IN_BOXES and is_sound(path.parent.name) else MEDIA_TYPES.get(path.suffix)


def segment_number(file: str) -> int | None:
    """Read the sequence number of a segment from its name in its folder; None for what is no whole segment."""
    named = None if PART.fullmatch(file) else SEGMENT.fullmatch(file)
    return int(named["number"]) if named else None


def former_name(file: str) -> str | None:
    """Name the segment (or part) before one; None before the first, and for what has no number."""
    named = SEGMENT.fullmatch(file)
    if named is None or int(named["number"]) == 0:
        return None
    return segment_name(named["broadcast"], int(named["number"]) - 1, named["suffix"])


def read_name(stream: str, name: str) -> Asked:
    """Read a name such as ``720p/3f0a-17.m4s``: a segment of the rendition ``720p`` with the number 17."""
    folder, _, file = name.rpartition("/")
    rendition = folder or None
    if rendition and "/" not in rendition:
        if PART.fullmatch(file):
            return Asked(stream=stream, thing="part", rendition=rendition)
        if (number := segment_number(file)) is not None:
            return Asked(stream=stream, thing="segment", rendition=rendition, number=number)
        if INIT.fullmatch(file):
            return Asked(stream=stream, thing="init", rendition=rendition)
        if file == INDEX:
            return Asked(stream=stream, thing="master", rendition=rendition)
        if file.endswith(".m3u8"):
            return Asked(stream=stream, thing="playlist", rendition=rendition)
    if file.endswith(".m3u8") and rendition is None:
        return Asked(stream=stream, thing="master")
    if file.endswith(".mpd"):
        return Asked(stream=stream, thing="manifest")
    return Asked(stream=stream, thing="progressive" if file.endswith(".mp4") else None, rendition=rendition)
