"""One line of a benchmark's table: what was measured, ours beside a peer's, and what it should be."""

from dataclasses import dataclass

HEADER = f"{'what':<52}{'ours':>11}{'peer':>11}{'ratio':>8}  {'target':<18}{'':<8}peer is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measured number in ``unit``; ``peer_name`` says whose the other is.

    At most one target: ``most`` and ``least`` bound our number, ``most_ratio`` ours over the peer's.
    """

    what: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = "none that can be installed here"
    most: float | None = None
    least: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def target(self) -> str:
        """What it should be, in words."""
        if self.most is not None:
            return f"<= {self.most:.4g} {self.unit}"
        if self.least is not None:
            return f">= {self.least:.4g} {self.unit}"
        return "" if self.most_ratio is None else f"<= {self.most_ratio:.4g} x peer"

    @property
    def verdict(self) -> str:
        """Met or missed; nothing where there is no target, or no peer to hold it to."""
        if self.most is not None:
            return "met" if self.ours <= self.most else "MISSED"
        if self.least is not None:
            return "met" if self.ours >= self.least else "MISSED"
        if self.most_ratio is None or self.ratio is None:
            return ""
        return "met" if self.ratio <= self.most_ratio else "MISSED"

    def __str__(self) -> str:
        peer = "-" if self.peer is None else f"{_short(self.peer)} {self.unit}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        ours = f"{_short(self.ours)} {self.unit}"
        return f"{self.what:<52}{ours:>11}{peer:>11}{ratio:>8}  {self.target:<18}{self.verdict:<8}{self.peer_name}"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
