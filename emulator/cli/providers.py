"""List every documented operation: served or not, and how well known."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from offair.emulator.cli.options import CLOUD, chosen_clouds
from offair.emulator.provider.provider import Provider
from offair.emulator.provider.surface import Surface

FILE_WIDTH = 160  # columns where there is no terminal to ask


@dataclass(frozen=True, slots=True)
class Row:
    """A documented operation or socket: is it served, how well is it known, and from where."""

    cloud: str
    service: str
    operation: str
    served: bool
    grade: str
    source: str


@click.command()
@click.argument("cloud", required=False, type=CLOUD)
@click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")
def command(cloud: str | None, as_json: bool) -> None:
    """List every documented operation of every cloud (or of one): is it served, and how well is it known."""
    providers = chosen_clouds(cloud)
    if as_json:
        click.echo(
            json.dumps([asdict(row) for one in providers for surface in one.surfaces for row in rows(one, surface)])
        )
        return
    width = shutil.get_terminal_size((FILE_WIDTH, 0)).columns
    for provider in providers:
        for surface in provider.surfaces:
            click.echo("\n".join(table(provider, surface, width)))


def rows(provider: Provider, surface: Surface) -> list[Row]:
    """List what a service documents."""
    promise = surface.operations.promise
    found = [(op.key, performer is not None, op.grade, op.source) for op, performer in surface.operations]
    found += [
        (f"socket {term.path}", opener is not None, term.grade, term.source) for term, opener in surface.sockets or ()
    ]
    return [Row(provider.name, promise.service or "", *each) for each in found]


def table(provider: Provider, surface: Surface, width: int) -> Iterator[str]:
    """Write a service as lines, where a source that does not fit gets a line of its own and nothing is broken."""
    listed, promise = rows(provider, surface), surface.operations.promise
    name = f"{provider.name}-{promise.service}" if promise.service else provider.name
    kinds = {"operations": listed[: len(promise.operations)], "sockets": listed[len(promise.operations) :]}
    counts = [f"{sum(row.served for row in some)} of {len(some)} {kind}" for kind, some in kinds.items() if some]
    yield f"{promise.title} ({name}): {' and '.join(counts)} served\n"
    longest = max((len(row.operation) for row in listed), default=0)
    begins = [
        f"{row.operation:<{longest}}  {'served' if row.served else 'no (501)':<8}  {row.grade:<10}" for row in listed
    ]
    has_room = all(len(f"{begin}  {row.source}") <= width for begin, row in zip(begins, listed, strict=True))
    for begin, row in zip(begins, listed, strict=True):
        yield f"{begin}  {row.source}" if has_room else f"{begin.rstrip()}\n    {row.source}"
    yield ""
