"""Transcripts of recorded streams: a chosen text in the form that is asked for. Nothing is transcribed. Pure."""

import re
from dataclasses import dataclass

from offair.emulator.providers.bintu.captions import Captions

MEDIA_TYPES = {"vtt": "text/vtt; charset=utf-8", "srt": "application/x-subrip", "txt": "text/plain; charset=utf-8"}
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Which transcript is asked for: ``kind`` is vtt, srt or txt."""

    source: str
    target: str
    kind: str


def read_file(file: str, name: str, captions: Captions) -> Script | None:
    """Read ``<name>.<source>-<target>.<kind>``; None for what these captions do not have."""
    if not file.startswith(f"{name}."):
        return None
    for target in (captions.source, *captions.targets):  # a language may have a hyphen of its own
        found = re.fullmatch(
            rf"{re.escape(captions.source)}-{re.escape(target)}\.(vtt|srt|txt)", file.removeprefix(f"{name}.")
        )
        if found:
            return Script(source=captions.source, target=target, kind=found[1])
    return None


def write(script: Script, words: str, seconds: float) -> str:
    """Write a transcript of so many seconds that has these words alone."""
    text = f"[{script.target}] {words}"
    if script.kind == "txt":
        return f"{text}\n"
    if script.kind == "vtt":
        return f"WEBVTT\n\n{_time(0.0, '.')} --> {_time(seconds, '.')}\n{text}\n"
    return f"1\n{_time(0.0, ',')} --> {_time(seconds, ',')}\n{text}\n"


def _time(seconds: float, point: str) -> str:
    whole = int(seconds)
    rest = int((seconds - whole) * 1000)
    return f"{whole // HOUR:02}:{whole % HOUR // MINUTE:02}:{whole % MINUTE:02}{point}{rest:03}"
