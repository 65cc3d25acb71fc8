"""Print the running stand-in's URLs and credentials for a shell."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import click

from offair.emulator.cli.answers import Where
from offair.emulator.cli.options import URL, SomeSeconds
from offair.emulator.cli.remote import ask, exports
from offair.emulator.settings.forms import Patience

NAME = re.compile(r"[A-Z][A-Z0-9_]*")  # a shell runs what it reads: no other name is printed, whoever answers


def _fish(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _dotenv(text: str) -> str:
    """Quote as Bourne shells and dotenv files both read it: plain where it can be, else between single quotes."""
    if "'" in text:
        raise click.ClickException(f"{text!r} has a quote in it, which not every reader of .env files can have")
    return text if re.fullmatch(r"[\w.:/@%+=,-]*", text) else f"'{text}'"


SHELLS: Mapping[str, Callable[[str, str], str]] = {
    "sh": lambda name, text: f"export {name}={shlex.quote(text)}",
    "fish": lambda name, text: f"set -gx {name} {_fish(text)}",
    "powershell": lambda name, text: "$env:{} = '{}'".format(name, text.replace("'", "''")),
    "dotenv": lambda name, text: f"{name}={_dotenv(text)}",
    "plain": lambda name, text: f"{name}={text}",  # of who takes a line as it is, quotes and all
}


READERS = (*SHELLS, "json")
ALIASES: Mapping[str, str] = {"bash": "sh", "zsh": "sh", "dash": "sh", "pwsh": "powershell", ".env": "dotenv"}


class ShellName(click.Choice[str]):
    """One of those who are written for, by whatever name it goes."""

    def __init__(self) -> None:
        super().__init__(READERS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it."""
        return super().convert(ALIASES.get(value, value), param, ctx)


@click.command()
@click.option(
    "--wait", type=SomeSeconds(Patience), default=0.0, help="Seconds to wait for a stand-in that is starting."
)
@click.option(
    "--shell", type=ShellName(), default="sh", show_default=True, metavar=f"[{'|'.join(READERS)}]",
    help="Who is to read it; bash and zsh read what sh does, $GITHUB_ENV and docker's --env-file what is plain.",
)  # fmt: skip
@URL
def command(url: str, wait: float, shell: str) -> None:
    """Print the running stand-in's URLs and credentials for a shell: eval "$(offair env)"."""
    variables = exports(ask(url, "/ready", Where, patience=wait))
    for name, text in variables.items():
        if not NAME.fullmatch(name) or not text.isprintable():
            raise click.ClickException(f"{url} names a variable {name!r}, or a value of it, that no shell should read")
    if shell == "json":
        click.echo(json.dumps(variables))
        return
    for name, text in variables.items():
        click.echo(SHELLS[shell](name, text))
