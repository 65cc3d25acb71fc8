"""What happens, as lines for a person: one line a thing, with the time, the cloud and words."""

import json
import os
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from offair.contracts.terminal import harmless
from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.settings.surroundings import wants_colours

PAUSE = 0.25  # seconds after which a teller looks whether it is over
FAREWELL = 2.0
LONGEST = 600  # characters of a line; --verbose shows all
BODIES = ("request_body", "response_body", "body", "traceback")
COLOURS = {"move": "green", "hook": "cyan", "fault": "magenta", "recording": "blue", "trouble": "bright_red"}


class Teller:
    """Writes a line to the standard output for each entry of a journal, from its beginning until it is closed.

    It never holds anybody: where lines come faster than somebody reads them, it says how many it left out.
    """

    def __init__(self, journal: Journal, *, is_verbose: bool) -> None:
        self._journal = journal
        self._is_verbose = is_verbose
        self._has_colours = has_colours()
        self._is_over = threading.Event()
        self._told = 0
        self._thread = threading.Thread(target=self._run, name="offair-telling", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Tell what is left and end; a reader who takes nothing is not waited for."""
        self._is_over.set()
        self._thread.join(FAREWELL)

    def _run(self) -> None:
        clock = Clock()
        try:
            while not self._is_over.is_set():
                self._journal.wait_for(lambda entry: entry.number > self._told, clock.deadline(PAUSE))
                self._tell()
            self._tell()
        except OSError:  # nobody reads any more, and that is no reason to stop serving
            self._is_over.set()
        except Exception as error:  # noqa: BLE001 - the journal is where trouble is looked for
            self._journal.write("trouble", f"what happens could not be told: {error!r}")

    def _tell(self) -> None:
        for entry in self._journal.entries({"after": str(self._told)}):
            missed = entry.number - self._told - 1
            if missed:
                _write(f"({missed} more, which came too fast to be told)\n")
            _write(lines(entry.as_json(), is_verbose=self._is_verbose, has_colours=self._has_colours))
            self._told = entry.number


def lines(entry: Mapping[str, Any], *, is_verbose: bool, has_colours: bool) -> str:
    """Write an entry of the journal as a line, and below it the bodies where they are wanted."""
    details = entry["details"]
    refused = details.get("refused")
    words = f"{entry['summary']}{f': {refused}' if refused else ''}"
    at = datetime.fromtimestamp(entry["at"]).astimezone().strftime("%H:%M:%S")
    told = harmless(f"{at} {entry['cloud'] or '-':<9} {entry['kind']:<11} {words}")
    if not is_verbose and len(told) > LONGEST:
        told = f"{told[: LONGEST - 1]}…"
    colour = _colour(entry) if has_colours else None
    shown = [click.style(told, fg=colour) if colour else told]
    if is_verbose:
        shown += [line for name in BODIES if details.get(name) for line in _body(name, details[name])]
    return "".join(f"{line}\n" for line in shown)


def has_colours() -> bool:
    """Say whether the standard output is a terminal that wants colours."""
    return sys.stdout.isatty() and wants_colours()


def _body(name: str, body: Any) -> list[str]:
    text = body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
    return [f"    {name.replace('_', ' ')}:", *(f"      {harmless(line)}" for line in text.splitlines())]


def _colour(entry: Mapping[str, Any]) -> str | None:
    said = entry["details"].get("status")
    status = said if isinstance(said, int) else 0
    if entry["kind"] == "request":
        return "red" if status >= 500 else "yellow" if status >= 400 else None
    if "refused" in entry["summary"] or (entry["kind"] == "hook" and entry["details"].get("error")):
        return "yellow"
    return COLOURS.get(entry["kind"])


def _write(text: str) -> None:
    """Write past the interpreter's buffer: its lock would hold the end of the process where nobody reads."""
    left = text.encode("utf-8", "replace")
    while left:
        left = left[os.write(1, left) :]
