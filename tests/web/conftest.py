"""What every cloud's calls pass is tested with the calls of one."""

import pytest


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    """Whose tenants the tests are."""
    return "tenbyte"
