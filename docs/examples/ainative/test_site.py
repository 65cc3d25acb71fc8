"""The site's tests: its client, and the receiver that hears of live inputs."""

from collections.abc import Iterator
from typing import Any

import pytest
from site_client import CloudError, SiteClient

from offair.fixtures import Cloud, CloudClock


@pytest.fixture
def client(ainative: Cloud) -> Iterator[SiteClient]:
    """The site's client, as this test's tenant."""
    made = SiteClient(ainative.base_url, ainative.headers)
    yield made
    made.close()


def test_a_show_is_announced(ainative: Cloud, client: SiteClient) -> None:
    show = client.announce("Evening show")

    assert not client.is_live(show)
    assert 1 == ainative.journal.count(operation="createStream", status=201)


def test_the_site_sees_that_a_show_is_live_and_over(ainative: Cloud, client: SiteClient, site: Any) -> None:
    show = client.announce("Evening show")
    ainative.simulate(show, "live")
    assert client.is_live(show)

    ainative.simulate(show, "ended")
    assert not client.is_live(show)
    ainative.journal.wait_for(kind="hook", event="live_input.disconnected", status=204)
    assert ["live_input.connected", "live_input.disconnected"] == site.heard


def test_a_token_is_good_for_an_hour(ainative: Cloud, cloud_clock: CloudClock) -> None:
    headers = {"Authorization": f"Bearer {ainative.token(seconds=3600)}"}
    client = SiteClient(ainative.base_url, headers)
    client.announce("Evening show")
    cloud_clock.advance(hours=2)

    with pytest.raises(CloudError, match="401"):
        client.announce("Night show")
    client.close()


def test_an_encoder_that_was_lost_comes_back(ainative: Cloud, client: SiteClient) -> None:
    show = client.announce("Evening show")
    moves = [ainative.simulate(show, to).state for to in ("live", "lost", "back", "ended")]

    assert ["live", "reconnecting", "live", "ended"] == moves


def test_the_client_gives_up_in_its_own_words(ainative: Cloud, client: SiteClient) -> None:
    ainative.faults.add("drop", operation="createStream", times=1)

    with pytest.raises(CloudError, match="POST /streams/"):
        client.announce("Evening show")
