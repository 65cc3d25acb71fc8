"""Clients that are judged on a real stand-in: an honest one in small, and each fault planted in it alone."""

import httpx
import pytest

from offair.contracts.client import check_client
from offair.emulator.counterpart import counterpart_of

CLOUD = "tenbyte"


@pytest.fixture(scope="module", name="counterpart")
def _counterpart(emulator):
    return counterpart_of(CLOUD, emulator)


@pytest.fixture(name="http")
def _http(counterpart):
    with httpx.Client(base_url=counterpart.base_url, headers=counterpart.headers) as client:
        yield client


@pytest.fixture(name="broken")
def _broken(counterpart):
    """Judge a job by some rules, and name those that it breaks."""

    def broken(use, *only, **more):
        report = check_client(counterpart, use, only=only, **{"examples": 30, **more})
        return {one.rule.name: [str(found) for found in one.violations] for one in report.broken}

    return broken
