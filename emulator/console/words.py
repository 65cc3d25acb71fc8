"""Numbers and moments as people read them. Pure."""

from datetime import UTC, datetime

STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))
LAST = 253402300799.0  # the end of the year 9999, behind which nobody writes a date
SIGNS = {"live": "●", "starting": "◐", "reconnecting": "◐", "stopping": "◐", "errored": "▲",
         "waiting": "◐", "delivered": "✓", "given_up": "▲",
         "recording": "●", "processing": "◐", "ready": "✓", "shipping": "◐", "shipped": "✓", "failed": "▲"}  # fmt: skip


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


def measure(number: float, kind: str) -> str:
    """Say what a plot shows, by its kind: a bitrate, seconds, or a count."""
    if kind == "bitrate":
        return bitrate(number)
    return f"{number:.2f}".rstrip("0").rstrip(".") + " s" if kind == "seconds" else f"{round(number, 1):g}"


def size(count: float | None) -> str:
    """Say a number of bytes."""
    if count is None:
        return ""
    for limit, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return f"{count:.0f} B"


def stamp(at: float | None) -> str:
    """Write a moment of the cloud's time as RFC 3339 does, in UTC; the last one that there is for what lies behind."""
    if at is None:
        return ""
    return datetime.fromtimestamp(min(at, LAST), tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(at: float | None) -> str:
    """Say a moment to the millisecond, without its day: ``12:03:04.250``."""
    return stamp(at)[11:23]


def day(at: float | None) -> str:
    """Say a moment to the second, with its day: ``2026-04-16 12:03:04``."""
    return stamp(at)[:19].replace("T", " ")


def sign(state: str) -> str:
    """Give a state a shape of its own, so that colour is not all that tells it."""
    return SIGNS.get(state, "○")
