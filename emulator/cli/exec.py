"""Start the stand-in, run a command, stop, and pass its exit code on."""

import sys
from typing import Any

import click

from offair.emulator.cli.interrupting import leave_in_order
from offair.emulator.cli.options import read_settings, starting_options
from offair.emulator.cli.remote import exports
from offair.emulator.cli.starting import running
from offair.emulator.media.transcoding.process import run_in_foreground
from offair.emulator.settings import Settings
from offair.emulator.settings.doors import FREE_PORTS
from offair.emulator.settings.setting import described
from offair.emulator.settings.surroundings import environment_with

NOT_RUNNABLE, NOT_FOUND = 126, 127  # as a shell says it (POSIX, 2.8.2)
# what only one can have, and we do: a stand-in that the command starts takes others
OURS = ("host", "port", "https_port", "rtmp_port", "rtmps_port", "srt_port", "state_dir", "recordings_dir")


@click.command(context_settings={"allow_interspersed_args": False})  # what follows the command is the command's own
@starting_options(FREE_PORTS)
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] COMMAND [ARGUMENT]...")
def command(argv: tuple[str, ...], **options: Any) -> None:
    """Start the stand-in on free ports, run COMMAND with its URLs in the environment, and pass its exit code on.

    The environment has what 'offair env' prints. Example: offair exec -- pytest tests/live
    """
    leave_in_order()
    ours = {described(Settings)[name].variable for name in OURS}
    with running(read_settings(options, FREE_PORTS)) as emulator:
        try:
            host = emulator.settings.shown_host
            code = run_in_foreground(argv, environment_with(exports(emulator.ready()), calls=host, without=ours))
        except OSError as error:
            click.echo(
                f"Error: {argv[0] or repr(argv[0])} cannot be run: {error.strerror}; is it installed, and on PATH?",
                err=True,
            )
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
    sys.exit(code)
