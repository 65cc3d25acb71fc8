"""How a command starts the stand-in."""

import gc
import json
import resource
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from offair.emulator.media.ingest.minting import Mint, mint
from offair.emulator.media.transcoding.process import TimedOut, run
from offair.emulator.settings import ANYWHERE, Settings

FILES = 8_192  # macOS gives 10,240 at most
MINTED_WITHIN = 20.0  # real seconds
MINTING = """
import json, sys
order = json.load(sys.stdin)
sys.path[:] = order["path"]
from pathlib import Path
from offair.emulator.media.ingest.minting import mint
print(json.dumps(mint(Path(order["folder"]), order["names"])))
"""

if TYPE_CHECKING:
    from offair.emulator.emulator import Emulator


@contextmanager
def running(settings: Settings, *, mint: Mint = mint) -> Iterator["Emulator"]:
    """Run the stand-in; what keeps it from starting ends the command with a sentence."""
    allow_files()
    with _uncollected():
        emulator = _start(settings, mint)
    with closing(emulator):
        if words := exposure(settings.host):
            click.echo(f"Warning: {words}", err=True)
        yield emulator


def _start(settings: Settings, mint: Mint) -> "Emulator":
    from offair.emulator.emulator import Emulator

    if settings.ffmpeg is not None and not settings.ffmpeg.is_file():
        raise click.ClickException(
            f"there is no ffmpeg at {settings.ffmpeg}; name another with --ffmpeg, or none and the best is taken"
        )
    try:
        return Emulator(settings, mint=mint).start()
    except (OSError, ValueError, sqlite3.Error) as error:
        raise click.ClickException(_sentence(error, settings)) from error


def exposure(host: str) -> str | None:
    """Say what listening on an address lets others do; None where nobody else can reach it."""
    try:
        is_own = host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may lead anywhere; the empty one listens everywhere
        is_own = False
    if is_own:
        return None
    return (
        f"whoever reaches {'this machine' if host in ANYWHERE else host} can read every key and change everything "
        "under /_offair, which asks for no credentials; docs/guide/for-a-team.md says how to keep others out"
    )


def allow_files() -> None:
    """Let this process open as many files as its bounds for connections need; many systems begin with fewer.

    macOS lets it have 256, and Linux 1,024, until it asks for more: idle callers alone could take them all.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # who may not have more goes on with what there is
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let what a start makes be: its 120,000 objects stay, and to look through them meanwhile is a seventh of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def mint_apart(folder: Path, names: Sequence[str]) -> str | None:
    """Make a certificate in a process of its own: the libraries for it take twelve megabytes, and are needed once.

    Where Python cannot be started anew (a program that it is a part of), it is made here.
    """
    order = {"path": [str(one) for one in sys.path], "folder": str(folder), "names": list(names)}
    try:
        done = run([sys.executable or "", "-c", MINTING], content=json.dumps(order).encode(), timeout=MINTED_WITHIN)
        if done.returncode == 0:
            words: str | None = json.loads(done.stdout)
            return words
    except (OSError, TimedOut, ValueError):
        pass
    return mint(folder, names)


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
