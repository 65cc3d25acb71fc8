"""Open the running stand-in in a browser."""

import webbrowser

import click

from offair.emulator.cli.answers import Shown
from offair.emulator.cli.options import URL
from offair.emulator.cli.remote import ask


@click.command()
@click.option("--print", "only_prints", is_flag=True, help="Print the address, and open nothing.")
@URL
def command(*, url: str, only_prints: bool) -> None:
    """Open the console of the running stand-in in a browser, and print its address."""
    address = ask(url, "/ready", Shown)["console_url"] or f"{url.rstrip('/')}/"
    click.echo(address)
    if not only_prints and not webbrowser.open(address):
        click.echo("No browser was found here; open the address in one that reaches this machine.", err=True)
