"""Faults of encoders, as data: what goes wrong with the media that a running encoder sends."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from offair.emulator.core.problems import Conflict

Kind = Literal["drop", "freeze", "black", "silence", "jump", "keyless"]
SPOKEN = re.compile(
    r"(?P<kind>[a-z]+)@(?P<at>\d+(\.\d+)?)(\+(?P<seconds>\d+(\.\d+)?))?(=(?P<by>[+-]?\d+(\.\d+)?))?", re.ASCII
)


class CannotDisturb(Conflict):
    """This encoder's media cannot have this fault (now); the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderFault:
    """One thing that goes wrong, from ``at`` seconds of media after it was asked for.

    For ``seconds`` of media: ``drop`` loses everything, ``freeze`` lets the picture stand while the sound goes on,
    ``black`` and ``silence`` are what they say, and ``keyless`` loses the key frames. ``jump`` moves all timestamps
    ``by`` so many seconds from then on, never before zero. Pictures are right again at the next key frame.
    """

    id: str
    stream: str
    kind: Kind
    at: float = 0.0
    seconds: float = 3.0
    by: float = 0.0


def parse(text: str) -> EncoderFault:
    """Read ``black@5+3`` (from second 5, for 3 seconds) or ``jump@8=-30``; ValueError says how to write it."""
    read = SPOKEN.fullmatch(text)
    if read is not None and read["kind"] in get_args(Kind) and (read["kind"] == "jump") == (read["by"] is not None):
        given = {name: float(read[name]) for name in ("at", "seconds", "by") if read[name] is not None}
        if "seconds" not in given or read["kind"] != "jump":
            return EncoderFault(id=text, stream="", kind=read["kind"], **given)  # type: ignore[arg-type] # it is one
    raise ValueError(
        f"{text!r} is no fault; write {', '.join(kind for kind in get_args(Kind) if kind != 'jump')} as in 'black@5+3' "
        "(from second 5, for 3 seconds), or 'jump@8=+30' (30 seconds forward at second 8)"
    )
