"""The options that every command which starts the stand-in shares, and how it starts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from understudy.emulator.settings import (
    PROFILES,
    SettingError,
    Settings,
    from_environment,
    parse_switches,
    running_url,
)

if TYPE_CHECKING:
    from understudy.emulator.emulator import Emulator

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = (
    click.option("--host", help="Address to listen on. [127.0.0.1]"),
    click.option("--port", type=int, help="HTTP port; 0 takes a free one. [8420]"),
    click.option("--rtmp-port", type=int, help="RTMP port; 0 takes a free one. [1935]"),
    click.option("--public-host", help="Host that printed URLs carry, when it is not the one listened on."),
    click.option("--state", "state_dir", type=click.Path(path_type=Path, file_okay=False),
                 help="Folder that keeps the state; without it, everything is gone at the end."),
    click.option("--media-profile", type=click.Choice(PROFILES),
                 help="faithful: the ladder that the API asked for. light: the same shape, small. "
                      "passthrough: no transcoding. [faithful]"),
    click.option("--seed", type=int, help="Make every id and secret repeatable."),
    click.option("--ffmpeg", type=click.Path(path_type=Path, dir_okay=False), help="The ffmpeg to use."),
    click.option("--set", "switch_texts", multiple=True, metavar="CLOUD.SWITCH=VALUE", help="A cloud's own choice."),
)  # fmt: skip

URL = click.option(
    "--url", default=running_url, help="Root of the running stand-in. [UNDERSTUDY_URL, or the default port]"
)


def starting_options(function: F) -> F:
    """Give a command the options of a start."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


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
    from understudy.emulator.emulator import Emulator
    from understudy.emulator.media.ffmpeg import FfmpegMissingError

    try:
        emulator = Emulator(settings).start()
    except (OSError, SettingError, FfmpegMissingError) as error:
        raise click.ClickException(
            error.strerror or str(error) if isinstance(error, OSError) else str(error)
        ) from error
    with emulator:
        yield emulator
