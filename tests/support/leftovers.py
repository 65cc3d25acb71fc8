"""What a process holds that somebody has to give back: threads, sockets, pipes, children."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

FOUND = Path("/proc/self/fd")  # Linux; elsewhere nothing but threads is seen
OPEN = ("socket:", "pipe:", "anon_inode:")
CHILDREN = "/proc/self/task/{}/children"
KEPT = pytest.StashKey[set[str]]()
LASTING = pytest.StashKey[set[tuple[str, str]]]()  # fixtures wider than a test that opened threads of ours: where, name


def held() -> frozenset[str]:
    """Name everything that this process holds now."""
    return frozenset(_threads()) | frozenset(_descriptors()) | frozenset(_children())


def kept(config: pytest.Config) -> frozenset[str]:
    """Name what the session's own fixtures opened: it outlives the module that asked for it first."""
    return frozenset(config.stash.get(KEPT, ()))


def is_lasting(request: pytest.FixtureRequest) -> bool:
    """Say whether the test has something that outlives it, and whose threads come and go as there is work."""
    names, nodeid = request.fixturenames, request.node.nodeid
    return any(name in names and nodeid.startswith(base) for base, name in request.config.stash.get(LASTING, ()))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Look on when a fixture is made that outlives a test."""
    if fixturedef.scope == "function":
        return (yield)
    before = held()
    made = yield
    opened = held() - before
    if any(name.startswith("thread offair-") for name in opened):
        request.config.stash.setdefault(LASTING, set()).add((request.node.nodeid, fixturedef.argname))
    if fixturedef.scope == "session":
        request.config.stash.setdefault(KEPT, set()).update(opened)
    return made


def _threads() -> Iterator[str]:
    for thread in threading.enumerate():
        yield f"thread {thread.name} ({thread.ident})"


def _descriptors() -> Iterator[str]:
    for link in FOUND.iterdir() if FOUND.is_dir() else ():
        with suppress(OSError):  # the one that listed the folder is gone
            target = str(link.readlink())
            if target.startswith(OPEN):
                yield f"{target} ({link.name})"


def _children() -> Iterator[str]:
    for thread in threading.enumerate():
        path = Path(CHILDREN.format(thread.native_id))
        yield from (f"child {pid}" for pid in (path.read_text().split() if path.is_file() else ()))
