"""Firefox, driven over WebDriver BiDi (W3C): whoever needs it is skipped where there is none."""

import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from talk import Talk

from offair.emulator.core.clock import Deadline

NAMES = ("firefox-esr", "firefox")
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://[\d.]+:\d+)")
PATIENCE = 60.0
PREFERENCES = """
user_pref("media.autoplay.default", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


class Firefox:
    """One tab of a running Firefox."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._ids = talk, count(1)
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def go(self, url: str) -> None:
        """Load a page."""
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """Give the value of an expression that is a text, a number or a boolean."""
        target = {"context": self._tab}
        told = self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert "success" == told["type"], told
        return told["result"].get("value")

    def reaches(self, expression: str, least: float) -> None:
        """Wait until a number is so large."""
        deadline, pause = Deadline(PATIENCE), threading.Event()
        while (found := self.evaluate(expression)) < least:
            assert not deadline.is_over, f"{expression} is {found}: {self.evaluate('document.body.innerText')[:600]}"
            pause.wait(0.1)

    def _ask(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        self._talk.say(id=number, method=method, params=parameters)
        while (told := self._talk.hear()).get("id") != number:
            pass
        assert "success" == told["type"], told
        return told["result"]


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Have a Firefox run without a window, with a profile of its own."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("there is no Firefox; apt install firefox-esr")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "user.js").write_text(PREFERENCES)
        said = Path(folder, "said.log")
        argv = [found, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"]
        with said.open("wb") as stderr:
            process = subprocess.Popen(argv, stderr=stderr, stdout=stderr)
        try:
            with Talk(f"{_address(process, said)}/session") as talk:
                yield Firefox(talk)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _address(process: subprocess.Popen, said: Path) -> str:
    deadline, pause = Deadline(PATIENCE), threading.Event()
    while not (found := LISTENS.search(said.read_text(errors="replace"))):
        assert process.poll() is None, f"Firefox ended with {process.returncode}"
        assert not deadline.is_over, f"it does not listen within {PATIENCE:g} s"
        pause.wait(0.1)
    return found[1]
