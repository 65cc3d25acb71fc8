"""List every documented operation: served or not, and how well known."""

import sys
from typing import TYPE_CHECKING

import click

from offair.emulator.provider.provider import discover
from offair.emulator.provider.surface import Surface

if TYPE_CHECKING:
    from rich.table import Table

FILE_WIDTH = 160  # columns where there is no terminal to ask: wide enough that no operation is broken into two lines


@click.command()
@click.argument("cloud", required=False)
def command(cloud: str | None) -> None:
    """List every documented operation of every cloud (or of one): is it served, and how well is it known."""
    from rich.console import Console

    providers = discover()
    if cloud is not None and cloud not in {provider.name for provider in providers}:
        raise click.ClickException(f"there is no cloud {cloud}; there is {', '.join(p.name for p in providers)}")
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    for provider in providers:
        if cloud not in {None, provider.name}:
            continue
        for surface in provider.surfaces:
            console.print(_table(provider.name, surface))


def _table(cloud: str, surface: Surface) -> "Table":
    from rich.table import Table

    promise = surface.operations.promise
    rows = [(op.key, performer is not None, op.grade, op.source) for op, performer in surface.operations]
    rows += [
        (f"socket {term.path}", opener is not None, term.grade, term.source) for term, opener in surface.sockets or ()
    ]
    served = sum(is_served for _, is_served, _, _ in rows)
    name = f"{cloud}-{promise.service}" if promise.service else cloud
    table = Table(title=f"{promise.title} ({name}): {served} of {len(rows)} operations served")
    for heading in ("operation", "served", "grade", "source"):
        table.add_column(heading, overflow="fold")
    for key, is_served, grade, source in rows:
        table.add_row(key, "yes" if is_served else "no (501)", grade, source)
    return table
