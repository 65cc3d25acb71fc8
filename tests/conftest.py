"""What every test may ask for. A thread of ours that outlives its test, or a trouble in the journal, fails the test."""

import gc
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import imageio_ffmpeg
import leftovers
import pytest
import trustme
import twins
from hypothesis import settings

from offair.emulator.core.clock import Deadline
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import Provider, discover
from offair.emulator.settings import Settings

PATIENCE = 30.0
FAREWELL = 30.0
POLL = 0.01
WAITING = {"media", "browser", "slow"}  # marks of what waits for the real world more than it works
STARTING = {"environment", "pytester"}  # fixtures of what starts commands and suites, and waits for them
UNREAD = False  # certificates that plain HTTP never asks for take longer to read than most tests
settings.register_profile(
    "house",
    deadline=None,  # how long an example takes tells more of the machine than of the code
    max_examples=20,  # each run draws others, and there are many runs
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _leaves_no_thread(request):
    """Fail a test that leaves a thread; an emulator that outlives the test has those that it needs."""
    before = {thread.ident for thread in threading.enumerate()}
    yield
    if leftovers.is_lasting(request):
        return
    for thread in _ours(before):
        thread.join(FAREWELL)

    assert [] == [f"{thread.name} stands at:\n{_place(thread)}" for thread in _ours(before)]


def _place(thread):
    frame = sys._current_frames().get(thread.ident)
    return "".join(traceback.format_stack(frame)) if frame else "its end"


def _ours(before):
    return [t for t in threading.enumerate() if t.name.startswith("offair-") and t.is_alive() and t.ident not in before]


def pytest_configure(config):
    """Have the leftovers look on when fixtures of the session are made; a conftest's own hooks do not see those.

    Nothing is collected by the collector while tests are: they stay, and to look through them is a third of the work.
    A suite that a script runs in the background (``pytest &``) is given Ctrl-C to ignore, and so would be the commands
    that tests break off with it.
    """
    gc.disable()
    _trust_nobody(config)
    _keep_bytecode(config)
    _name_ffmpeg()
    _be_patient()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not config.pluginmanager.is_registered(leftovers):
        config.pluginmanager.register(leftovers)


def _trust_nobody(config):
    """Have TLS believe one authority that signs nothing, in place of the world's.

    Nobody outside is called, and every client of HTTP reads the certificates of all: twenty milliseconds of work, in
    which most tests are done.
    """
    opened = ExitStack()
    os.environ["SSL_CERT_FILE"] = opened.enter_context(trustme.CA().cert_pem.tempfile())
    config.add_cleanup(opened.close)


def _keep_bytecode(config):
    """Have commands keep what they compile in pytest's cache, where Python is to write nothing beside the sources.

    Hundreds are started, and each would compile the same again: a third of what most of them do.
    """
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("bytecode"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _name_ffmpeg():
    """Name the ffmpeg of every command and suite that is started, but where a test is about the choice.

    Each would ask all that are here for what they can, which is as much work as the rest of its start.
    """
    os.environ.setdefault("OFFAIR_FFMPEG", imageio_ffmpeg.get_ffmpeg_exe())


def _be_patient():
    """Have httpx wait longer than five seconds where a test says nothing: a busy machine may need them.

    It has no setting for that, but one record that all its defaults are.
    """
    for name in ("connect", "read", "write", "pool"):
        setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, name, PATIENCE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let several workers begin with the files that wait for the real world, and then with the big ones.

    Those that start commands and those that work take turns, since a core is free while a command is waited for. The
    small ones fill up the end. Meant for ``--dist loadfile --no-loadscope-reorder``.
    """
    if hasattr(config, "workerinput"):
        sizes = Counter(item.path for item in items)
        waiting = {item.path for item in items if any(mark.name in WAITING for mark in item.iter_markers())}
        starting = {item.path for item in items if STARTING.intersection(item.fixturenames)}
        turns, taken = {}, Counter()
        for path in sorted(sizes, key=lambda path: -sizes[path]):
            turns[path] = taken[path in starting]
            taken[path in starting] += 1
        items.sort(key=lambda item: (item.path not in waiting, turns[item.path], item.path in starting))


def pytest_collection_finish(session):
    """Refuse tests that are called alike, and let the garbage collector look at what was collected no more.

    That is there to the end, and the rest is looked at less: a tenth of the work was the collector's, nearly all of it
    to look through everything again.
    """
    words = twins.refusal(item.nodeid for item in session.items)
    if words:
        raise pytest.UsageError(words)
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _leaves_nothing(request) -> Iterator[None]:
    """Fail a module that leaves a thread, a socket, a pipe or a child, of its own emulator too."""
    before, heard = leftovers.held(), signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, heard)  # the next module hears Ctrl-C, whoever listened in this one
    kept = before | leftovers.kept(request.config)
    deadline, pause = Deadline(FAREWELL), threading.Event()
    while (left := leftovers.held() - kept) and not deadline.is_over:
        pause.wait(POLL)

    assert [] == sorted(left), "close what the module opened; a thread is joined, a child is reaped"


@pytest.fixture(scope="module", name="emulator")
def _emulator() -> Iterator[Emulator]:
    """One emulator for a module of tests; tests keep apart by tenants."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="light")) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _journals_no_trouble(request):
    """Fail a test in which the emulator broke its own promise or met a bug of ours."""
    emulator = request.getfixturevalue("emulator") if "emulator" in request.fixturenames else None
    start = emulator.journal.write("fault", "a test begins").number if emulator else 0
    yield
    if emulator is not None and "troubled" not in request.keywords:
        troubles = emulator.journal.entries({"kind": "trouble", "after": str(start)})

        assert [] == [(entry.summary, entry.details.get("traceback")) for entry in troubles]


@pytest.fixture(scope="session", name="providers")
def _providers() -> dict[str, Provider]:
    """Every cloud that is found, by its name: a test asks what there is, and knows no list."""
    return {provider.name: provider for provider in discover()}


@pytest.fixture(name="until")
def _until(emulator) -> Callable[..., object]:
    """Wait until the journal has an entry with this text; what was seen instead is told."""

    def until(text: str, *, kind: str = "move", stream: str | None = None, after: int = 0):
        wanted = {"kind": kind, "text": text, "after": str(after)} | ({"stream": stream} if stream else {})
        entry = emulator.journal.wait_for(wanted, emulator.clock.deadline(PATIENCE))
        latest = [seen.summary for seen in emulator.journal.entries()[-8:]]
        assert entry is not None, f"no {kind} with {text!r} within {PATIENCE:g} s; the latest entries: {latest}"
        return entry

    return until


@pytest.fixture(name="tenant")
def _tenant(emulator, cloud):
    """This test's own tenant at the folder's cloud: its conftest says which, by a fixture ``cloud``."""
    return emulator.tenancy.invite(cloud, "a test")


@pytest.fixture(name="api")
def _api(emulator, cloud, tenant) -> Iterator[httpx.Client]:
    """A client of the cloud with this test's own credentials."""
    url, headers = emulator.addresses(cloud).api, dict(tenant.headers)
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE, verify=UNREAD) as client:
        yield client


@pytest.fixture(name="control")
def _control(emulator) -> Iterator[httpx.Client]:
    """A client of the control surface."""
    with httpx.Client(base_url=emulator.ready()["control_url"], timeout=PATIENCE, verify=UNREAD) as client:
        yield client
