"""Reading what is compared: a contract's folder with its services, or an OpenAPI document alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offair.contracts.contract import LIMITS, OPENAPI, SOCKETS, WEBHOOKS, Contract
from offair.contracts.difference.shapes import check_shapes
from offair.contracts.document import Folder, check_version, read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The documents of one API as they are written, and those of its further services by name."""

    openapi: Mapping[str, Any]
    webhooks: Mapping[str, Any] = field(default_factory=dict)
    sockets: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    services: Mapping[str, "Papers"] = field(default_factory=dict)


def read_papers(path: Path | str) -> Papers:
    """Read a folder, or a document (YAML or JSON). ValueError says in a sentence what is wrong, and where."""
    place = Path(path)
    if not place.exists():
        raise ValueError(f"{place} is not there; give a contract's folder or an OpenAPI document")
    try:
        return _folder(place) if place.is_dir() else _alone(place)
    except LookupError as error:
        raise ValueError(str(error.args[0])) from error


def papers_of(contract: Contract) -> Papers:
    """Give the documents of a contract that is loaded."""
    return _folder(contract.folder)


def _folder(folder: Folder) -> Papers:
    found = read_document(folder, OPENAPI)
    if found is None:
        raise LookupError(f"{folder} is no contract: there is no {OPENAPI} in it")
    check_version(folder, OPENAPI, found)
    check_shapes(f"{folder}/{OPENAPI}", found)
    services = {one.name: one for one in folder.iterdir() if one.is_dir() and one.joinpath(OPENAPI).is_file()}
    return Papers(
        openapi=found,
        webhooks=read_document(folder, WEBHOOKS) or {},
        sockets=read_document(folder, SOCKETS) or {},
        limits=read_document(folder, LIMITS) or {},
        services={name: _folder(services[name]) for name in sorted(services)},
    )


def _alone(file: Path) -> Papers:
    """An OpenAPI document has its webhooks in itself (3.1, section 4.8.1)."""
    found = read_document(file.parent, file.name) or {}
    check_version(file.parent, file.name, found)
    check_shapes(str(file), found)
    return Papers(openapi=found, webhooks=found if "webhooks" in found else {})
