"""The contracts that these tests judge with."""

import pytest

from offair.contracts.contract import Contract, promise


@pytest.fixture(scope="session")
def tenbyte() -> Contract:
    return promise("tenbyte")


@pytest.fixture
def create(tenbyte):
    return tenbyte.operations["POST /streams"]
