"""Print the fixtures that pytest has by this installation, or what one of them can do."""

from importlib.metadata import entry_points
from typing import Any

import click

GROUP, NAME = "pytest11", "offair"


@click.command()
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the fixtures that pytest has by this installation, or print the page of NAME: all that it can do.

    Example: offair fixtures webhook_inbox
    """
    pages = _pages()
    try:
        click.echo(pages(name).rstrip())
    except LookupError as error:
        raise click.ClickException(str(error)) from error


def _pages() -> Any:
    """Ask the plugin as pytest would: it stands above this command, and may not be here at all."""
    for point in entry_points(group=GROUP, name=NAME):
        try:
            return point.load().pages
        except ImportError as error:
            words = f"the fixtures need pytest ({error}); pip install 'offair[pytest]'"
            raise click.ClickException(words) from error
    raise click.ClickException("this installation has no pytest plugin; install Offair anew")
