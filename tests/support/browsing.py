"""Chromium, driven by Playwright: whoever needs it is skipped where one of them is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update")  # fmt: skip
PLAYS_BY_ITSELF = "--autoplay-policy=no-user-gesture-required"


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Have a browser run without a window, with these flags beside the usual ones."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        yield browser
        browser.close()
