"""Look at this machine: ffmpeg, ports, disk."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from offair.emulator.cli.options import read_settings, starting_options
from offair.emulator.settings import SettingError, Settings

ROOM = 1 << 30


@click.command()
@starting_options()
def command(**options: Any) -> None:
    """Look at this machine: which ffmpeg and why, are the ports free, is there room; exit with 1 if not."""
    from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError, candidates, pick
    from offair.emulator.media.transcoding.needs import BASE, USEFUL
    from offair.emulator.web.host.listening import ListenError, listen

    settings = read_settings(**options)
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
    for what, port in (("HTTP", settings.port), ("RTMP", settings.rtmp_port)):
        try:
            listen(settings.host, port).close()
            _say(f"{what} port {port} is free", is_good=True)
        except ListenError as error:
            is_well = False
            _say(f"{what}: {error.strerror}", is_good=False)
    is_well = _look_at_rtmps(settings) and is_well
    place = settings.state_dir if settings.state_dir and settings.state_dir.exists() else tempfile.gettempdir()
    free = shutil.disk_usage(place).free
    is_well = is_well and free >= ROOM
    _say(f"{free / (1 << 30):.1f} GiB are free under {place}; segments are written there", is_good=free >= ROOM)
    sys.exit(0 if is_well else 1)


def _look_at_rtmps(settings: Settings) -> bool:
    from offair.emulator.media.ingest.certificate import Certificate, CertificateError
    from offair.emulator.media.ingest.edge import is_port_free
    from offair.emulator.media.room import RTMPS_PORT

    port = RTMPS_PORT if settings.rtmps_port is None else settings.rtmps_port
    is_free = is_port_free(settings.host, port, "RTMPS")
    is_needed = settings.rtmps_port is not None
    instead = "choose another with --rtmps-port" if is_needed else "a free one will be used"
    _say(f"RTMPS port {port} is {'free' if is_free else f'taken; {instead}'}", is_good=is_free or not is_needed)
    try:
        Certificate(Path(), (), own=settings.own_certificate)
    except (CertificateError, SettingError) as error:
        _say(f"RTMPS: {error}", is_good=False)
        return False
    return is_free or not is_needed


def _say(text: str, *, is_good: bool) -> None:
    click.echo(f"[{'ok' if is_good else '!!'}]   {text}")
