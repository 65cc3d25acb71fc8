"""What a module reaches for outside itself, under whatever name it does so, as whole dotted names.

``from os import environ``, ``import os as x; x.environ`` and ``getattr(os, "environ")`` are all ``os.environ``;
``importlib.import_module("socket")`` is ``importlib.import_module`` and ``socket``.
"""

import ast
from collections.abc import Iterator
from functools import cache

from laws.source import Source

IMPORTERS = frozenset({"importlib.import_module", "__import__", "importlib.__import__", "builtins.__import__"})
LOOKERS = frozenset({"getattr", "hasattr", "setattr"})
BUILT_IN = LOOKERS | {"__import__", "eval", "exec"}


@cache
def reached(source: Source) -> frozenset[str]:
    """Name everything that a module reaches: what it imports, and what it takes out of that.

    A module that is imported and only looked into counts by what was looked at, so that ``subprocess.DEVNULL``
    can be told from ``subprocess.Popen``.
    """
    imported = {target for targets in _bound(source).values() for target in targets}
    inner = [node.value for node in source.nodes if isinstance(node, ast.Attribute)]
    inner += [call.args[0] for call in _calls(source) if LOOKERS & set(_resolved(source, call.func)) and _text(call)]
    looked_into = {name for node in inner for name in _resolved(source, node)}
    inside = {id(node) for node in inner}
    whole = (n for n in source.nodes if isinstance(n, ast.Attribute | ast.Name) and id(n) not in inside)
    used = {name for node in whole for name in _resolved(source, node)}
    return frozenset(used | (imported - looked_into) | set(_asked_for(source)))


def ours(source: Source) -> Iterator[str]:
    """Name the modules of the house that are reached, without the prefix: ``emulator.core.clock.Clock``."""
    return (name.removeprefix("offair.") for name in sorted(reached(source)) if name.startswith("offair."))


@cache
def _bound(source: Source) -> dict[str, frozenset[str]]:
    """Say what each imported name stands for, anywhere in the module."""
    bound: dict[str, set[str]] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                # ``import a.b`` binds ``a``, and reaches ``a.b``
                bound.setdefault(alias.asname or alias.name.split(".")[0], set()).add(alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name} imports relatively; the whole path says where the thing is"
            for alias in node.names:
                bound.setdefault(alias.asname or alias.name, set()).add(f"{node.module}.{alias.name}")
    return {name: frozenset(targets) for name, targets in bound.items()}


def _resolved(source: Source, node: ast.AST) -> Iterator[str]:
    """Say which outside names an expression means; none when it begins with something of the module's own."""
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return
    bound = _bound(source)
    if node.id not in bound and node.id in BUILT_IN and not steps:
        yield node.id
    for target in bound.get(node.id, ()):
        # ``import a.b`` makes ``a`` stand for ``a`` alone
        yield ".".join([node.id if target in _plain(source) else target, *steps])


@cache
def _plain(source: Source) -> frozenset[str]:
    """Name what is imported without another name."""
    found = (alias for node in source.nodes if isinstance(node, ast.Import) for alias in node.names)
    return frozenset(alias.name for alias in found if alias.asname is None)


def _asked_for(source: Source) -> Iterator[str]:
    """Name what is imported by a call, and what is taken out by ``getattr``, where the name stands there."""
    for call in _calls(source):
        text = _text(call)
        called = set(_resolved(source, call.func))
        if text and called & IMPORTERS:
            yield text
        if text and called & LOOKERS:
            yield from (f"{name}.{text}" for name in _resolved(source, call.args[0]))


@cache
def _calls(source: Source) -> tuple[ast.Call, ...]:
    return tuple(node for node in source.nodes if isinstance(node, ast.Call))


def _text(call: ast.Call) -> str | None:
    """Give the first text that is handed to a call."""
    given = (node.value for node in call.args if isinstance(node, ast.Constant))
    return next((value for value in given if isinstance(value, str)), None)
