"""The studio is tested with the streams of one cloud."""

import pytest


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "tenbyte"
