"""Start the stand-in, run a command, stop, and pass its exit code on."""

import sys
from typing import Any

import click

from understudy.emulator.cli.options import read_settings, running, starting_options
from understudy.emulator.cli.remote import exports
from understudy.emulator.media.process import run_in_foreground
from understudy.emulator.settings import environment_with


@click.command(context_settings={"ignore_unknown_options": True})
@starting_options
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED)
def command(argv: tuple[str, ...], **options: Any) -> None:
    """Start the stand-in on free ports, run a command with its URLs in the environment, and pass its exit code on.

    understudy exec -- pytest tests/live
    """
    free = {"port": 0, "rtmp_port": 0}
    given = {name: value for name, value in options.items() if value is not None}
    with running(read_settings(**{**options, **free, **given})) as emulator:
        try:
            code = run_in_foreground(argv, environment_with(exports(emulator.ready())))
        except OSError as error:
            raise click.ClickException(f"{argv[0]} cannot be run: {error}") from error
    sys.exit(code)
