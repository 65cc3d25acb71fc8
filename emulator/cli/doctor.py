"""Look at this machine: ffmpeg, ports, disk."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from offair.emulator.cli.options import read_settings, starting_options
from offair.emulator.cli.ports import clashing, taken, wanted_ports
from offair.emulator.settings import SettingError, Settings

ROOM = 1 << 30


@click.command()
@starting_options()
def command(**options: Any) -> None:
    """Look at this machine: which ffmpeg and why, are the ports free, is there room; exit with 1 if not."""
    from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError, candidates, pick
    from offair.emulator.media.transcoding.needs import BASE, USEFUL

    settings = read_settings(options)
    try:
        chosen = pick(settings.ffmpeg, BASE)
    except FfmpegMissingError:
        chosen = None
    is_well, used = chosen is not None, chosen.path if chosen else None
    for one in candidates(settings.ffmpeg, is_thorough=True):
        lacking = [name for name in one.skill.lacking(USEFUL) if one.trouble is None]
        without = f", without {', '.join(lacking)}" if lacking else ""
        mark, used = ("   <- used", None) if used == one.path else ("", used)  # what is named may be found again
        said = one.trouble or f"ffmpeg version {one.skill.version}{without}"
        _say(f"ffmpeg {one.origin}: {one.path}: {said}{mark}", is_good=one.trouble is None)
    if chosen is None:
        click.echo("       Install one with 'pip install imageio-ffmpeg', or name one with OFFAIR_FFMPEG.")
    elif settings.ffmpeg is None:
        click.echo(f"       {chosen.words}. A stream that needs what it lacks gets another that has it.")
    is_well = _look_at_ports(settings) and is_well
    is_well = _look_at_certificate(settings) and is_well
    is_well = _look_at_folders(settings) and is_well
    sys.exit(0 if is_well else 1)


def _look_at_folders(settings: Settings) -> bool:
    """Look at where files will be: a folder that is not there yet is made in the nearest that is."""
    state = settings.state_dir or Path(tempfile.gettempdir())
    is_well = True
    for folder, kept in ((state, "segments are written"), (settings.recordings_dir, "recordings are kept")):
        if folder is None:
            continue
        place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            _say(f"{folder}: nothing can be written to {place}; choose another folder", is_good=False)
            is_well = False
            continue
        free = shutil.disk_usage(place).free
        _say(f"{free / (1 << 30):.1f} GiB are free under {place}; {kept} there", is_good=free >= ROOM)
        is_well = is_well and free >= ROOM
    return is_well


def _look_at_ports(settings: Settings) -> bool:
    words = clashing(settings)
    is_well = words is None
    if words is not None:
        _say(words, is_good=False)
    for one in wanted_ports(settings):
        what = f"{one.protocol} port {one.port}"
        if not one.port or one.is_free(settings.host):
            _say(f"{what} is free" if one.port else f"{one.protocol} takes a free port", is_good=True)
        elif one.is_wished:
            is_well = False
            _say(f"{one.protocol}: {taken(one, settings)}", is_good=False)
        else:
            _say(f"{what} is taken; a free one will be used", is_good=True)
    return is_well


def _look_at_certificate(settings: Settings) -> bool:
    from offair.emulator.media.ingest.certificate import Certificate, CertificateError

    try:
        Certificate(Path(), (), own=settings.own_certificate)
    except (CertificateError, SettingError) as error:
        _say(f"RTMPS: {error}", is_good=False)
        return False
    return True


def _say(text: str, *, is_good: bool) -> None:
    click.echo(f"[{'ok' if is_good else '!!'}]   {text}")
