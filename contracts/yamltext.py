"""YAML text; whoever can do without it saves importing what reads it."""

import sys
from typing import Any

import yaml
from yaml.constructor import ConstructorError

# libyaml where the wheel has it (all common platforms), else the same in Python, ten times slower
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"


class _Sharing(LOADER):  # type: ignore[misc, valid-type] # of either class
    """Keeps each text once: a thousand operations say "description", and what is read here stays.

    A key that stands twice is refused (YAML 1.2 section 3.2.1.1): the first would be lost without a word.
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if not hasattr(node, "is_flat"):  # one that others merge is given here again, with what it merges itself
            _refuse_twins(node)
            node.is_flat = True  # type: ignore[attr-defined] # nodes are open
        super().flatten_mapping(node)


def _refuse_twins(node: yaml.MappingNode) -> None:
    known: set[tuple[str, str]] = set()
    for key, _ in node.value:
        said = key.tag, str(key.value)
        if said in known:
            where = node.start_mark
            raise ConstructorError(
                "while reading a mapping", where, f"{key.value!r} stands twice in it", key.start_mark
            )
        known.add(said)


_Sharing.add_constructor(TEXT, lambda loader, node: sys.intern(loader.construct_scalar(node)))


def read_yaml(content: bytes) -> Any:
    """Read a document, of plain values alone; ``yaml.YAMLError`` says why it is none."""
    return yaml.load(content, Loader=_Sharing)  # noqa: S506 - both loaders are the safe ones
