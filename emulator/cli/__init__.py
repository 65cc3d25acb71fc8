"""The command line: one module a command, imported when it is called."""

import importlib

import click

COMMANDS = {
    "serve": "Start the stand-in and print its URLs and credentials.",
    "demo": "Show a stream of each cloud going live and playing.",
    "publish": "Push a test clip (or a file) to a stream.",
    "token": "Print a bearer token for a cloud.",
    "env": "Print the running stand-in's URLs and credentials as exports.",
    "exec": "Start the stand-in, run a command, stop, and pass its exit code on.",
    "settings": "List every setting and every cloud's switches.",
    "providers": "List every documented operation: served or not, and how well known.",
    "check": "Judge a live HLS or DASH stream by its standards, whoever serves it.",
    "doctor": "Look at this machine: ffmpeg, ports, disk.",
}


class _Commands(click.Group):
    """Imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="offair", prog_name="offair")
def main() -> None:
    """A local stand-in for live-streaming clouds: their API, their webhooks, and media that really plays."""
