"""List every documented operation: served or not, and how well known."""

import sys

import click

from offair.emulator.provider import discover

FILE_WIDTH = 160  # columns where there is no terminal to ask: wide enough that no operation is broken into two lines


@click.command()
@click.argument("cloud", required=False)
def command(cloud: str | None) -> None:
    """List every documented operation of every cloud (or of one): is it served, and how well is it known."""
    from rich.console import Console
    from rich.table import Table

    providers = discover()
    if cloud is not None and cloud not in {provider.name for provider in providers}:
        raise click.ClickException(f"there is no cloud {cloud}; there is {', '.join(p.name for p in providers)}")
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    for provider in providers:
        if cloud not in {None, provider.name}:
            continue
        answers = list(provider.operations)
        served = sum(answer is not None for _, answer in answers)
        table = Table(title=f"{provider.title} ({provider.name}): {served} of {len(answers)} operations served")
        for heading in ("operation", "served", "grade", "source"):
            table.add_column(heading, overflow="fold")
        for operation, answer in answers:
            table.add_row(operation.key, "yes" if answer else "no (501)", operation.grade, operation.source)
        console.print(table)
