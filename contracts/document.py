"""A contract's files: YAML documents whose references lead somewhere and whose security is of a known scheme."""

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from offair.contracts.compiled import keep, recall
from offair.contracts.pointer import Node, check_references, write_pointer

Folder = Traversable | Path
OURS = Path(__file__).parents[1]  # where something may be kept beside a document


class DocumentError(LookupError):
    """A contract's document is none, or contradicts itself; the message is a sentence with the file and the place."""


def read_document(folder: Folder, name: str) -> dict[str, Any] | None:
    """Read a document; None if the folder has none.

    DocumentError says that it is no YAML, or no mapping, or which of its references leads nowhere.
    """
    file = folder.joinpath(name)
    if not file.is_file():
        return None
    loaded = _said(file)
    if not isinstance(loaded, dict):
        raise DocumentError(f"{file} must be a YAML mapping; it is {type(loaded).__name__}")
    try:
        check_references(loaded)
    except LookupError as error:
        raise DocumentError(f"{file}{error.args[0]}") from error
    return loaded


def _said(file: Folder) -> Any:
    source = file.read_bytes()
    if not (isinstance(file, Path) and OURS in file.parents):
        return _parsed(file, source)
    said = recall(file, source)
    if said is None:
        said = _parsed(file, source)
        keep(file, source, said)
    return said


def _parsed(file: Folder, source: bytes) -> Any:
    import yaml

    from offair.contracts.yamltext import read_yaml

    try:
        return read_yaml(source)
    except yaml.YAMLError as error:
        raise DocumentError(f"{file} is no YAML: {' '.join(str(error).split())}") from error


def check_version(folder: Folder, name: str, document: Node) -> None:
    """See that a document says that it is one of OpenAPI; DocumentError says what is missing."""
    said, file = document.get("openapi"), folder.joinpath(name)
    if "swagger" in document:
        raise DocumentError(f"{file} is Swagger {document['swagger']}; convert it to OpenAPI 3.0 or 3.1")
    if said is None:
        raise DocumentError(f"{file} is no OpenAPI document: it has no 'openapi: 3.1.0'")
    if not str(said).startswith("3."):
        raise DocumentError(f"{file} is of OpenAPI {said}; what can be read is OpenAPI 3, as in 'openapi: 3.1.0'")
    if not isinstance(document.get("paths", {}), dict):
        raise DocumentError(f"{file}#/paths must be a mapping of paths to operations")


def check_security(folder: Folder, name: str, document: Node, schemes: Iterable[str]) -> None:
    """See that what ``security`` asks for is a documented scheme; DocumentError says where it is not."""
    known = set(schemes)
    for way, alternatives in _secured(document):
        for place, needed in enumerate(alternatives):
            for scheme in needed:
                if scheme not in known:
                    pointer = write_pointer((*way, "security", str(place), scheme))
                    there = ", ".join(sorted(known)) or "none"
                    raise DocumentError(
                        f"{folder.joinpath(name)}{pointer}: no security scheme is called {scheme!r}; there is {there}"
                    )


def check_effects(folder: Folder, name: str, document: Node) -> None:
    """See that what ``x-effects`` say is shown in a documented operation; DocumentError says where it is not."""
    nodes = [
        (("paths", path, method), node)
        for path, item in document.get("paths", {}).items()
        for method, node in item.items()
        if isinstance(node, dict)
    ]
    known = {node.get("operationId") for _, node in nodes}
    for way, node in nodes:
        for place, effect in enumerate(node.get("x-effects", ())):
            if effect.get("shown-in") not in known:
                pointer = write_pointer((*way, "x-effects", str(place), "shown-in"))
                raise DocumentError(
                    f"{folder.joinpath(name)}{pointer}: no operation is called {effect.get('shown-in')!r}; "
                    "give the operationId of one that reads"
                )


def _secured(document: Node) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Find every ``security`` with the way to it: the document's, the operations', the sockets'."""
    yield (), document.get("security", ())
    for path, item in document.get("paths", {}).items():
        for method, node in item.items():
            if isinstance(node, dict):
                yield ("paths", path, method), node.get("security", ())
    for key, node in document.get("sockets", {}).items():
        yield ("sockets", key), node.get("security", ())
