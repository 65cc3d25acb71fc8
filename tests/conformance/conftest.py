"""How Schemathesis calls a stand-in over a real socket."""

from collections.abc import Iterator

import pytest
import requests


@pytest.fixture(scope="module", name="session")
def _session() -> Iterator[requests.Session]:
    """One connection for all calls of a module; a call on its own costs as much again as its answer."""
    with requests.Session() as session:
        session.trust_env = False  # for a .netrc and proxies, which it would look for at each call
        yield session
