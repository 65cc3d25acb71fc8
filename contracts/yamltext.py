"""YAML text; whoever can do without it saves importing what reads it."""

from typing import Any

import yaml

# libyaml where the wheel has it (all common platforms), else the same in Python, ten times slower
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(content: bytes) -> Any:
    """Read a document, of plain values alone; ``yaml.YAMLError`` says why it is none."""
    return yaml.load(content, Loader=LOADER)  # noqa: S506 - both loaders are the safe ones
