"""The same clouds by HTTPS, where somebody asks for it."""

import ssl

import httpx
import pytest

from offair.emulator.cli.remote import exports
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(Settings(port=0, rtmp_port=0, https_port=0)) as emulator:
        yield emulator


def test_a_client_that_trusts_the_local_authority_is_answered(emulator):
    ready = emulator.ready()
    trust = ssl.create_default_context(cafile=ready["ca_file"])
    with httpx.Client(base_url=ready["https_url"], verify=trust) as client:
        answers = [client.get("/").status_code for _ in range(2)]

    assert ([200, 200], ready["https_url"]) == (answers, exports(ready)["OFFAIR_HTTPS_URL"])


def test_a_client_that_does_not_is_not(emulator):
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(emulator.https_url, verify=ssl.create_default_context())
