"""What a file below a stream's playback root is, by its name: the one place that knows how the packager calls them."""

import re

from offair.emulator.core.faults.players import Asked

PART = re.compile(r"(?P<rendition>[^/]+)/[^/]+-part-\d+\.(m4s|ts)")  # which does not tell its segment
SEGMENT = re.compile(r"(?P<rendition>[^/]+)/[^/]+-(?P<number>\d+)\.(m4s|ts)")
INIT = re.compile(r"(?P<rendition>[^/]+)/[^/]+-init-\d+\.mp4")
PLAYLIST = re.compile(r"(?P<rendition>[^/]+)/[^/]+\.m3u8")


def read_name(stream: str, name: str) -> Asked:
    """Read a name such as ``720p/3f0a-17.m4s``: a segment of the rendition ``720p`` with the number 17."""
    if part := PART.fullmatch(name):
        return Asked(stream=stream, thing="part", rendition=part["rendition"])
    if segment := SEGMENT.fullmatch(name):
        return Asked(stream=stream, thing="segment", rendition=segment["rendition"], number=int(segment["number"]))
    if init := INIT.fullmatch(name):
        return Asked(stream=stream, thing="init", rendition=init["rendition"])
    if playlist := PLAYLIST.fullmatch(name):
        return Asked(stream=stream, thing="playlist", rendition=playlist["rendition"])
    if name.endswith(".m3u8") and "/" not in name:
        return Asked(stream=stream, thing="master")
    if name.endswith(".mpd"):
        return Asked(stream=stream, thing="manifest")
    rendition = name.rpartition("/")[0] or None
    return Asked(stream=stream, thing="progressive" if name.endswith(".mp4") else None, rendition=rendition)
