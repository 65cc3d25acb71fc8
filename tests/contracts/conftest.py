"""The contracts that these tests judge with."""

from textwrap import dedent

import pytest

from offair.contracts.contract import Contract, promise

SMALLEST = "openapi: 3.1.0\npaths: {}"


@pytest.fixture(scope="session")
def tenbyte() -> Contract:
    return promise("tenbyte")


@pytest.fixture
def create(tenbyte):
    return tenbyte.operations["POST /streams"]


@pytest.fixture
def write(tmp_path):
    """Write the documents of a contract, by their paths in its folder; the folder is the answer."""

    def written(**documents):
        for name, text in {"openapi": SMALLEST, **documents}.items():
            file = tmp_path / "toy" / f"{name.replace('__', '/')}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text))
        return tmp_path / "toy"

    return written
