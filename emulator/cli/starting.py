"""How a command starts the stand-in."""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from offair.emulator.settings import Settings

if TYPE_CHECKING:
    from offair.emulator.emulator import Emulator


@contextmanager
def running(settings: Settings) -> Iterator["Emulator"]:
    """Run the stand-in; what keeps it from starting ends the command with a sentence."""
    with _uncollected():
        emulator = _start(settings)
    with closing(emulator):
        yield emulator


def _start(settings: Settings) -> "Emulator":
    from offair.emulator.emulator import Emulator

    if settings.ffmpeg is not None and not settings.ffmpeg.is_file():
        raise click.ClickException(
            f"there is no ffmpeg at {settings.ffmpeg}; name another with --ffmpeg, or none and the best is taken"
        )
    try:
        return Emulator(settings).start()
    except (OSError, ValueError, sqlite3.Error) as error:
        raise click.ClickException(_sentence(error, settings)) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let what a start makes be: its 120,000 objects stay, and to look through them meanwhile is a seventh of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _sentence(error: Exception, settings: Settings) -> str:
    from offair.emulator.cli.ports import explain_taken

    if isinstance(error, sqlite3.Error):
        step = "stop the program that has it open" if "locked" in str(error) else "free some disk"
        return f"the state cannot be used ({error}); {step}, or choose another folder with --state"
    if isinstance(error, OSError) and error.filename is not None:
        kept = settings.recordings_dir
        option = "--recordings" if kept is not None and str(error.filename).startswith(str(kept)) else "--state"
        return f"{error.filename}: {error.strerror}; choose another folder with {option}"
    return explain_taken(error, settings) or (isinstance(error, OSError) and error.strerror) or str(error)
