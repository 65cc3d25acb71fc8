"""Numbers as lines: the points of an SVG polyline. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, PAD = 120.0, 28.0, 2.0


@dataclass(frozen=True, slots=True)
class Plot:
    """A line in a box; ``points`` is what ``polyline`` takes, empty where there is too little to draw.

    ``top`` is the largest number, ``last`` the newest; both None where there is none.
    """

    points: str
    top: float | None
    last: float | None
    width: float
    height: float

    @property
    def area(self) -> str:
        """The same with the ground below it, for ``polygon``."""
        if not self.points:
            return ""
        first, last = self.points.split(" ")[0], self.points.split(" ")[-1]
        ground = f"{self.height:g}"
        return f"{first.split(',')[0]},{ground} {self.points} {last.split(',')[0]},{ground}"


def plot(values: Sequence[float | None], *, width: float = WIDTH, height: float = HEIGHT) -> Plot:
    """Draw numbers from left to right at even distances, from 0 at the ground; those that nobody knows are left out."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return Plot("", None, None, width, height)
    top = max(value for _, value in known)
    steps, room = max(1, len(values) - 1), height - 2 * PAD
    drawn = " ".join(
        f"{place / steps * width:.1f},{height - PAD - max(0.0, value) / (top or 1) * room:.1f}"
        for place, value in known
    )
    return Plot(drawn if len(known) > 1 else "", top, known[-1][1], width, height)
