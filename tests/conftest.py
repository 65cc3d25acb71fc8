"""What every test may ask for; leaks of threads and processes fail the test that made them."""

import threading

import pytest


@pytest.fixture(autouse=True)
def _no_thread_of_ours_is_left():
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("understudy-")]
    for thread in threading.enumerate():
        if thread.name.startswith("understudy-"):
            thread.join(2.0)
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("understudy-")]

    assert [] == left, f"threads are left over: {left}"
