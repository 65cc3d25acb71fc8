"""Tests that are called alike: workers run one of them, and say nothing of the others."""

from collections import Counter
from collections.abc import Iterable


def refusal(names: Iterable[str]) -> str | None:
    """Say in a sentence which tests have one name between them; None where each has its own."""
    for name, count in Counter(names).items():
        if count > 1:
            return f"{count} tests are called {name}, of which workers run one; give each a name of its own"
    return None
