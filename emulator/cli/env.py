"""Print the running stand-in's URLs and credentials as exports."""

import shlex

import click

from offair.emulator.cli.options import URL
from offair.emulator.cli.remote import ask, exports


@click.command()
@click.option("--wait", type=float, default=0.0, help="Seconds to wait for a stand-in that is starting.")
@URL
def command(url: str, wait: float) -> None:
    """Print the running stand-in's URLs and credentials as shell exports: eval "$(offair env)"."""
    for name, value in exports(ask(url, "/ready", patience=wait)).items():
        click.echo(f"export {name}={shlex.quote(value)}")
