"""The options that every command which starts the stand-in shares, and how it starts."""

import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from offair.emulator.settings import (
    PROFILES,
    SettingError,
    Settings,
    from_environment,
    parse_switches,
    running_url,
)

if TYPE_CHECKING:
    from offair.emulator.emulator import Emulator

F = TypeVar("F", bound=Callable[..., Any])

PORT = click.IntRange(0, 65535)
KILLED = 128  # what a shell adds to the number of the signal that ended a command

OPTIONS = (
    click.option("--host", help="Address to listen on. [127.0.0.1]"),
    click.option("--public-host", help="Host that printed URLs carry, when it is not the one listened on."),
    click.option("--state", "state_dir", type=click.Path(path_type=Path, file_okay=False),
                 help="Folder that keeps the state; without it, everything is gone at the end."),
    click.option("--recordings", "recordings_dir", type=click.Path(path_type=Path, file_okay=False),
                 help="Folder for recordings. [with the state]"),
    click.option("--seed", type=int, help="Make every id and secret repeatable."),
    click.option("--srt-passphrase", help="Let encrypted SRT in only, under this passphrase of 10 to 79 bytes."),
    click.option("--tls-cert", type=click.Path(path_type=Path, dir_okay=False),
                 help="PEM file with a certificate for RTMPS and HTTPS. [one by a local CA]"),
    click.option("--tls-key", type=click.Path(path_type=Path, dir_okay=False), help="PEM file with its key."),
    click.option("--ffmpeg", type=click.Path(path_type=Path, dir_okay=False), help="The ffmpeg to use."),
    click.option("--set", "switch_texts", multiple=True, metavar="CLOUD.SWITCH=VALUE", help="A cloud's own choice."),
)  # fmt: skip

URL = click.option("--url", default=running_url, help="Root of the running stand-in. [OFFAIR_URL, or the default port]")


def starting_options(*, ports: tuple[str, str] = ("8420", "1935"), profile: str = "faithful") -> Callable[[F], F]:
    """Give a command the options of a start; the help shows the command's own defaults for ports and profile."""
    http, rtmp = ports
    own = (
        click.option("--port", type=PORT, help=f"HTTP port; 0 takes a free one. [{http}]"),
        click.option("--https-port", type=PORT, help="HTTPS port; 0 takes a free one. [no HTTPS]"),
        click.option("--rtmp-port", type=PORT, help=f"RTMP port; 0 takes a free one. [{rtmp}]"),
        click.option("--rtmps-port", type=PORT, help="RTMPS port. [1936, or a free one where that is taken]"),
        click.option("--srt-port", type=PORT, help="SRT port (UDP). [9710, or a free one where that is taken]"),
        click.option("--media-profile", type=click.Choice(PROFILES),
                     help="faithful: the ladder that the API asked for. light: the same shape, small. "
                          f"passthrough: no transcoding. [{profile}]"),
    )  # fmt: skip

    def decorate(function: F) -> F:
        for option in (*reversed(OPTIONS), *reversed(own)):
            function = option(function)
        return function

    return decorate


def read_settings(*, switch_texts: tuple[str, ...], **given: Any) -> Settings:
    """Make a start's settings from its options and the environment; a wrong one ends the command with a sentence."""
    try:
        settings = from_environment(**given)
        switches = {cloud: dict(values) for cloud, values in settings.switches.items()}
        for cloud, values in parse_switches(list(switch_texts)).items():
            switches.setdefault(cloud, {}).update(values)
        return from_environment(**{**given, "switches": switches})
    except SettingError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def running(settings: Settings) -> Iterator["Emulator"]:
    """Run the stand-in; what keeps it from starting ends the command with a sentence."""
    from offair.emulator.emulator import Emulator

    if settings.ffmpeg is not None and not settings.ffmpeg.is_file():
        raise click.ClickException(
            f"there is no ffmpeg at {settings.ffmpeg}; name another with --ffmpeg, or none and the best is taken"
        )
    try:
        emulator = Emulator(settings).start()
    except (OSError, ValueError, sqlite3.Error) as error:
        raise click.ClickException(_sentence(error)) from error
    with closing(emulator):
        yield emulator


def stop_signal() -> threading.Event:
    """From now on, Ctrl-C, SIGTERM and a terminal that closes set this event instead of ending the process."""
    stopped = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, *_hang_up()):
        signal.signal(sign, lambda *_: stopped.set())
    return stopped


def leave_in_order() -> None:
    """Let SIGTERM and a closed terminal end this command as Ctrl-C does: what is open is closed on the way out."""
    for sign in (signal.SIGTERM, *_hang_up()):
        signal.signal(sign, lambda number, _frame: sys.exit(KILLED + number))


def _hang_up() -> tuple[signal.Signals, ...]:
    """SIGHUP, unless whoever started us wants it ignored (nohup)."""
    return () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)


def _sentence(error: Exception) -> str:
    if isinstance(error, sqlite3.Error):
        return f"the state cannot be used ({error}); choose another folder with --state, or free some disk"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; choose another folder with --state"
    return (isinstance(error, OSError) and error.strerror) or str(error)
