"""What the toy's documents leave open, and a user may choose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """``any_title`` lets a title of any length pass; ``greetings`` is how many a user may send in a minute.

    Times are seconds: ``beat_seconds`` on the cloud's clock, the others real.
    """

    any_title: bool = False
    greetings: int = 3
    beat_seconds: float = 30.0
    grace_seconds: float = 2.0
    answer_seconds: float = 2.0
