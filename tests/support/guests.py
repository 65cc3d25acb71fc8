"""Suites of somebody else's: run in this process, and without the other plugins that our tests bring."""

import importlib
from functools import cache

import pytest

from offair.emulator.provider.provider import discover

# they take seconds to import, or change what a suite is like
OTHERS = (
    "schemathesis", "hypothesispytest", "anyio", "respx", "playwright", "base_url", "asyncio", "randomly", "socket",
    "pytest_httpserver", "timeout", "xdist", "xdist.looponfail", "time_machine", "recording",
)  # fmt: skip
LATE = ("hosting", "telling")  # what the plugin imports when it is used


def without(*beside: str) -> list[str]:
    """Write the options by which pytest does without all but these."""
    return [f"-pno:{name}" for name in OTHERS if name not in beside]


def run_here(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the suite that was written down in this process, with warnings as errors.

    A start of Python, pytest and a stand-in costs a hundred times what most of these suites do.
    """
    _import_what_is_used()
    return pytester.runpytest_inprocess("-W", "error", *options)


@cache
def _import_what_is_used() -> None:
    """Import it before a suite does: ``pytester`` takes back whatever its suite imports first."""
    discover()
    for name in LATE:
        importlib.import_module(f"offair.fixtures.{name}")
