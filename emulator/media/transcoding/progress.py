"""What ffmpeg says about its own progress: pure, lines in, the latest report out.

Source: ffmpeg's documentation of ``-progress``; a block of ``key=value`` lines ends with ``progress``.
"""

from dataclasses import dataclass

LONGEST = 1 << 14  # bytes of a block; a real one has less than a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One report: ``speed`` in media seconds per real second, frames of the first picture; None where it says N/A.

    ``dropped`` and ``duplicated`` frames are those of all pictures together; ffmpeg does not tell them apart.
    """

    frames: int | None
    speed: float | None
    dropped: int
    duplicated: int


class ProgressReader:
    """Reads reports as they come, in pieces of any size; what is no report is passed over."""

    def __init__(self) -> None:
        self._rest = b""
        self._fields: dict[str, str] = {}
        self.latest: Progress | None = None

    def push(self, content: bytes) -> None:
        """Take the next bytes."""
        *lines, self._rest = (self._rest + content).split(b"\n")
        self._rest = self._rest[-LONGEST:]
        for line in lines:
            key, _, value = line.decode("ascii", "replace").partition("=")
            if key == "progress":
                self.latest = _read(self._fields)
                self._fields = {}
            elif key in _READ:
                self._fields[key] = value.strip()


_READ = frozenset({"frame", "speed", "drop_frames", "dup_frames"})


def _read(fields: dict[str, str]) -> Progress:
    frames, dropped, duplicated = (_number(fields.get(key)) for key in ("frame", "drop_frames", "dup_frames"))
    speed = _number(fields.get("speed", "").removesuffix("x"))
    return Progress(
        frames=None if frames is None else int(frames),
        speed=speed,
        dropped=int(dropped or 0),
        duplicated=int(duplicated or 0),
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
