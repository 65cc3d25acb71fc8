"""Whose promise it is that somebody is judged by: a cloud's, or that of one of its services."""

from typing import TYPE_CHECKING

import click

from offair.emulator.cli.check.reporting import UnjudgedError
from offair.emulator.cli.options import CLOUD, chosen_clouds

if TYPE_CHECKING:
    from offair.contracts.contract import Contract
    from offair.emulator.provider.provider import Provider

WHOSE = click.option("--cloud", required=True, type=CLOUD, metavar="NAME", help="Whose promise it is, or NAME/SERVICE.")


def promise_of(name: str) -> "tuple[Provider, Contract]":
    """Find a cloud, and what it documents of the API that is named; a sentence says what there is instead."""
    cloud, _, service = name.partition("/")
    try:
        (provider,) = chosen_clouds(cloud)
    except click.ClickException as error:
        raise UnjudgedError(error.message) from error
    if not service:
        return provider, provider.promise
    known = provider.promise.services
    if service not in known:
        raise UnjudgedError(f"{cloud} has no service {service}; it has {', '.join(known) or 'none'}")
    return provider, known[service]
