"""Numbers and moments as people read them. Pure."""

from datetime import UTC, datetime

STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))
SIGNS = {"live": "●", "starting": "◐", "reconnecting": "◐", "stopping": "◐", "errored": "▲"}


def span(seconds: float | None) -> str:
    """Say how long something lasts, in the largest unit that it fills: ``3 min``; nothing where nobody knows."""
    if seconds is None:
        return ""
    for size, unit in STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def bitrate(bits: float | None) -> str:
    """Say a rate of bit/s: ``640 kbit/s``, ``2.4 Mbit/s``."""
    if bits is None:
        return ""
    return f"{bits / 1_000_000:.1f} Mbit/s" if bits >= 1_000_000 else f"{bits / 1000:.0f} kbit/s"


def size(count: float | None) -> str:
    """Say a number of bytes."""
    if count is None:
        return ""
    for limit, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count:.0f} B"


def moment(at: float | None) -> str:
    """Say a moment of the cloud's time to the millisecond, in UTC: ``12:03:04.250``."""
    return "" if at is None else _utc(at).strftime("%H:%M:%S.") + f"{int(at * 1000) % 1000:03d}"


def stamp(at: float | None) -> str:
    """Write a moment as RFC 3339 does, for machines and whoever hovers."""
    return "" if at is None else _utc(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(at: float | None) -> str:
    """Say a moment with its day, in UTC: ``2026-04-16 12:03:04``."""
    return "" if at is None else _utc(at).strftime("%Y-%m-%d %H:%M:%S")


def sign(state: str) -> str:
    """Give a state a shape of its own, so that colour is not all that tells it."""
    return SIGNS.get(state, "○")


def _utc(at: float) -> datetime:
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):  # a clock that was set far away
        return datetime.max.replace(tzinfo=UTC)
