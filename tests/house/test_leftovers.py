"""What a module leaves behind is seen: the guard of tests/conftest.py is held against leaks."""

import subprocess
import sys
import threading
from socket import socketpair

import leftovers
import pytest


@pytest.fixture(scope="module", name="crew")
def _crew():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait, name="offair-crew")
    thread.start()
    yield thread
    gate.set()
    thread.join()


def test_a_thread_is_seen_until_it_ends():
    before, gate = leftovers.held(), threading.Event()
    thread = threading.Thread(target=gate.wait, name="somebody")
    thread.start()
    seen = leftovers.held() - before
    gate.set()
    thread.join()

    assert ([f"thread somebody ({thread.ident})"], frozenset()) == (list(seen), leftovers.held() - before)


def test_sockets_and_pipes_are_seen_until_they_are_closed():
    before = leftovers.held()
    pair = socketpair()
    seen = leftovers.held() - before
    for one in pair:
        one.close()

    assert (2, frozenset()) == (len(seen), leftovers.held() - before)


def test_a_child_is_seen_until_it_is_reaped():
    before = leftovers.held()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        seen = {words.partition(":")[0] for words in leftovers.held() - before}
        child.communicate(b"\n")

    assert ({f"child {child.pid}", "pipe"}, frozenset()) == (seen, leftovers.held() - before)


def test_what_outlives_a_test_may_have_its_threads(request):
    before = leftovers.is_lasting(request)
    request.getfixturevalue("crew")

    assert (False, True) == (before, leftovers.is_lasting(request))
