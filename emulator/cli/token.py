"""Print a bearer token for a cloud."""

import click

from offair.emulator.cli.answers import Minted
from offair.emulator.cli.options import CLOUD, URL, SomeSeconds
from offair.emulator.cli.remote import ask
from offair.emulator.settings.forms import CloudSeconds


@click.command()
@click.argument("cloud", type=CLOUD)
@click.option("--tenant", help="Organization that the token stands for. [the one that serve printed]")
@click.option(
    "--seconds",
    type=SomeSeconds(CloudSeconds),
    default=900.0,
    show_default=True,
    help="How long it lasts, on the cloud's clock.",
)
@URL
def command(cloud: str, tenant: str | None, seconds: float, url: str) -> None:
    """Print a bearer token for CLOUD, signed by the running stand-in."""
    wanted = {"cloud": cloud, "seconds": seconds} | ({"tenant": tenant} if tenant else {})
    click.echo(ask(url, "/tokens", Minted, wanted)["token"])
