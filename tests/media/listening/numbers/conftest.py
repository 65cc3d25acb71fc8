"""A clock that goes when it is told."""

from dataclasses import dataclass

import pytest


@dataclass
class Hand:
    """The hand of a clock, in seconds."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="hand")
def _hand() -> Hand:
    return Hand()
