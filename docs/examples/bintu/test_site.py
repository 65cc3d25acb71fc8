"""The site's tests: its client, and the receiver that is asked before an encoder is let in."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from receiver import make_app
from site_client import CloudError, SiteClient
from werkzeug.serving import make_server

from offair.fixtures import Cloud


@dataclass
class Site:
    """The receiver as it runs: where it is called, who may publish, and what it heard."""

    url: str = ""
    invited: set[str] = field(default_factory=set)
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    """Run the receiver on a free port."""
    running = Site()
    server = make_server("127.0.0.1", 0, make_app(running.invited, running.heard), threaded=True)
    running.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(bintu: Cloud) -> Iterator[SiteClient]:
    """The site's client, as this test's tenant."""
    made = SiteClient(bintu.base_url, bintu.headers)
    yield made
    made.close()


def test_a_channel_is_opened(bintu: Cloud, client: SiteClient) -> None:
    channel = client.open_channel("news")

    assert "created" == client.state(channel)
    assert "idle" == bintu.streams[channel].state


def test_an_invited_encoder_is_let_in(bintu: Cloud, client: SiteClient, site: Site) -> None:
    client.ask_me(site.url)
    channel = bintu.streams[client.open_channel()]
    site.invited.add(channel.key)

    assert "live" == bintu.simulate(channel, "live").state
    assert "publish" == site.heard[0]


def test_nobody_else_is(bintu: Cloud, client: SiteClient, site: Site) -> None:
    client.ask_me(site.url)
    channel = bintu.streams[client.open_channel()]

    with pytest.raises(ValueError, match="the encoder would be refused"):
        bintu.simulate(channel, "live")
    assert "idle" == channel.state


def test_the_client_gives_up_in_its_own_words(bintu: Cloud, client: SiteClient) -> None:
    bintu.faults.add("garbage", times=1)

    with pytest.raises(CloudError, match="POST /stream"):
        client.open_channel()


def test_two_tenants_have_nothing_in_common(bintu: Cloud, client: SiteClient) -> None:
    channel, other = client.open_channel(), bintu.other()

    with pytest.raises(LookupError, match="has no stream"):
        other.streams[channel]
