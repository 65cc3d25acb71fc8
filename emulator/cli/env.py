"""Print the running stand-in's URLs and credentials as exports."""

import shlex

import click

from understudy.emulator.cli.options import URL
from understudy.emulator.cli.remote import ask, exports


@click.command()
@URL
def command(url: str) -> None:
    """Print the running stand-in's URLs and credentials as shell exports: eval "$(understudy env)"."""
    for name, value in exports(ask(url, "/ready")).items():
        click.echo(f"export {name}={shlex.quote(value)}")
