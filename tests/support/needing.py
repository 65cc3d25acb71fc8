"""What a test needs of the machine; without it the test is skipped, and says why."""

import shutil

import pytest


def program(name):
    """Skip what is marked where a program is not installed."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")
