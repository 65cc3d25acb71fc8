"""The command line: one module a command, imported when it is called."""

import errno
import importlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from io import TextIOWrapper
from typing import Any

import click

from offair.emulator.cli.interrupting import insisting

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO}
STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}  # in the order of their numbers
INTERRUPTED = 130  # 128 and the number of the signal (POSIX, 2.8.2)

COMMANDS = {
    "serve": "Start the stand-in and print its URLs and credentials.",
    "demo": "Show a stream of each cloud going live and playing.",
    "publish": "Push a test clip (or a file) to a stream.",
    "token": "Print a bearer token for a cloud.",
    "env": "Print the running stand-in's URLs and credentials for a shell.",
    "exec": "Start the stand-in, run a command, stop, and pass its exit code on.",
    "open": "Open the running stand-in's console in a browser.",
    "streams": "List the streams of the running stand-in, and how each is doing.",
    "logs": "Show what happened in the running stand-in, and what happens.",
    "hooks": "List the hooks that were sent and that wait; send one again, or out of turn.",
    "fixtures": "List the fixtures that pytest has by this installation.",
    "snapshot": "Save the running stand-in's whole state into a file, or put one in its place.",
    "settings": "List every setting and every cloud's switches.",
    "providers": "List every documented operation: served or not, and how well known.",
    "check": "Judge a server by what its cloud documents, or a live stream by its standards.",
    "drift": "Compare a real cloud with its contract and its stand-in, by reading alone.",
    "contracts": "Say how two contracts differ: breaking, risky or harmless.",
    "doctor": "Look at this machine: ffmpeg, ports, disk.",
}


class UnwrittenError(click.ClickException):
    """What is to be said cannot be written."""


class UnusableError(click.ClickException):
    """A cloud's documents cannot be used as they are written."""

    exit_code = 2  # as of every wrong input


class Suggesting(click.Group):
    """Answers a mistyped command with the nearest, Ctrl-C with a word, and a cloud that cannot be with a sentence."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, as click does, and by "help" what it says of itself."""
        if args[0] == "help":
            if not args[1:]:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [*args[1:], "--help"]
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = next(iter(get_close_matches(args[0], self.list_commands(ctx), n=1)), None)
            if near is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near!r}?", ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke the command; what Ctrl-C breaks off ends as a shell says it."""
        try:
            with insisting():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if error.errno not in UNWRITABLE or error.filename is not None:
                raise
            with suppress(OSError):
                sys.stdout.close()  # what it still holds would be tried again at the end
            raise UnwrittenError(f"nothing more can be written: {error.strerror}; free some disk") from error
        except LookupError as error:
            if not _is_about_a_cloud(error):
                raise
            raise UnusableError(str(error)) from error


def _is_about_a_cloud(error: LookupError) -> bool:
    """Say whether somebody's cloud cannot be served as it is written, which is told in a sentence."""
    from offair.contracts.document import DocumentError
    from offair.emulator.provider.fitting import FormError

    return isinstance(error, DocumentError | FormError)


class Importing(Suggesting):
    """Imports a command's module only when that command is asked for; ``modules`` are those of ``package``."""

    def __init__(self, *args: Any, modules: Mapping[str, str], package: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.modules = modules
        self.package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them in the order of ``modules``, and then those that are here already."""
        return [*self.modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        command: click.Command = importlib.import_module(f"{self.package}.{cmd_name}").command
        command.short_help = self.modules[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write what each is for, without importing any."""
        here = {name: command.get_short_help_str() for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl([*self.modules.items(), *here.items()])


@click.group(
    cls=Importing, modules=COMMANDS, package=__name__, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="offair", prog_name="offair")
def main() -> None:
    """A local stand-in for live-streaming clouds: their API, their webhooks, and media that really plays."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name may have what this terminal cannot show, or nobody can
            stream.reconfigure(errors="backslashreplace")


def _open_streams() -> None:
    """Fill the place of a standard stream that is closed: a file or a socket of ours there would get its words."""
    for number, (name, mode) in enumerate(STREAMS.items()):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            setattr(sys, name, os.fdopen(number, mode, closefd=False))
