"""YAML text; whoever can do without it saves importing what reads it."""

import sys
from typing import Any

import yaml

# libyaml where the wheel has it (all common platforms), else the same in Python, ten times slower
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"


class _Sharing(LOADER):  # type: ignore[misc, valid-type] # of either class
    """Keeps each text once: a thousand operations say "description", and what is read here stays."""


_Sharing.add_constructor(TEXT, lambda loader, node: sys.intern(loader.construct_scalar(node)))


def read_yaml(content: bytes) -> Any:
    """Read a document, of plain values alone; ``yaml.YAMLError`` says why it is none."""
    return yaml.load(content, Loader=_Sharing)  # noqa: S506 - both loaders are the safe ones
