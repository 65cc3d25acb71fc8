"""Start the stand-in, run a command, stop, and pass its exit code on."""

import sys
from typing import Any

import click

from offair.emulator.cli.options import leave_in_order, read_settings, running, starting_options
from offair.emulator.cli.remote import exports
from offair.emulator.media.transcoding.process import run_in_foreground
from offair.emulator.settings import environment_with

NOT_RUNNABLE, NOT_FOUND = 126, 127  # as a shell says it (POSIX, 2.8.2)


@click.command(context_settings={"allow_interspersed_args": False})  # what follows the command is the command's own
@starting_options(ports=("a free one", "a free one"))
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] COMMAND [ARGUMENT]...")
def command(argv: tuple[str, ...], **options: Any) -> None:
    """Start the stand-in on free ports, run COMMAND with its URLs in the environment, and pass its exit code on.

    The environment has what 'offair env' prints. Example: offair exec -- pytest tests/live
    """
    leave_in_order()
    free = {"port": 0, "rtmp_port": 0}
    given = {name: value for name, value in options.items() if value is not None}
    with running(read_settings(**{**options, **free, **given})) as emulator:
        try:
            code = run_in_foreground(argv, environment_with(exports(emulator.ready())))
        except OSError as error:
            click.echo(f"Error: {argv[0]} cannot be run: {error.strerror}; is it installed, and on PATH?", err=True)
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
    sys.exit(code)
