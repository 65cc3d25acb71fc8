"""How thoroughly a server is driven."""

from dataclasses import dataclass
from typing import Literal

Depth = Literal["quick", "ci", "deep"]


@dataclass(frozen=True, slots=True)
class Effort:
    """How many examples each operation gets, how many stories are played, and how many steps one has at most."""

    examples: int
    stories: int
    steps: int


EFFORTS: dict[Depth, Effort] = {
    "quick": Effort(examples=5, stories=15, steps=12),
    "ci": Effort(examples=30, stories=60, steps=20),
    "deep": Effort(examples=300, stories=600, steps=40),
}
