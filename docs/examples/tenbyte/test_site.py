"""The site's tests: its client and its receiver, on a cloud of their own."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from receiver import make_app
from site_client import CloudError, SiteClient
from werkzeug.serving import make_server

from offair.fixtures import ClientContract, Cloud, CloudClock, WebhookInbox


@dataclass
class Site:
    """The receiver as it runs: where it is called, the secrets that it believes, and what it takes to be on air."""

    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    on_air: set[str] = field(default_factory=set)


@pytest.fixture
def site() -> Iterator[Site]:
    """Run the receiver on a free port."""
    running = Site()
    server = make_server("127.0.0.1", 0, make_app(running.secrets, running.on_air), threaded=True)
    running.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(tenbyte: Cloud) -> Iterator[SiteClient]:
    """The site's client, as this test's tenant."""
    made = SiteClient(tenbyte.base_url, tenbyte.headers)
    yield made
    made.close()


def test_a_show_is_made(tenbyte: Cloud, client: SiteClient) -> None:
    show = client.make_show("Morning show", "https://site.example/hooks")

    assert ("idle", ["Morning show"]) == (client.status(show), list(client.names()))
    assert 1 == tenbyte.journal.count(operation="createStream", status=201)


def test_the_receiver_knows_what_is_on_air(tenbyte: Cloud, site: Site) -> None:
    stream = tenbyte.streams.create(webhook_url=site.url)
    site.secrets[stream.id] = str(stream.record.hook_secret)
    tenbyte.simulate(stream, "live")
    tenbyte.journal.wait_for(kind="hook", event="stream.started", status=204)
    assert {stream.id} == site.on_air

    tenbyte.simulate(stream, "ended")
    tenbyte.journal.wait_for(kind="hook", event="stream.idle", status=204)
    assert set() == site.on_air


def test_the_receiver_believes_nobody_else(tenbyte: Cloud, site: Site) -> None:
    stream = tenbyte.streams.create(webhook_url=site.url)
    site.secrets[stream.id] = "another secret"
    tenbyte.simulate(stream, "live")

    tenbyte.journal.wait_for(kind="hook", event="stream.started", status=401)
    assert set() == site.on_air


def test_a_hook_is_as_documented(tenbyte: Cloud, webhook_inbox: WebhookInbox) -> None:
    tenbyte.simulate(tenbyte.streams.create(webhook_url=webhook_inbox.url), "live")
    hook = webhook_inbox.wait_for("stream.started")

    assert (True, ()) == (hook.is_signed, hook.violations)


def test_the_client_gives_up_in_its_own_words(tenbyte: Cloud, client: SiteClient) -> None:
    tenbyte.faults.add("503", operation="listStreams", times=1)

    with pytest.raises(CloudError, match="GET /streams"):
        list(client.names())
    assert [] == list(client.names())


def test_the_client_waits_as_it_is_told(
    tenbyte: Cloud, client: SiteClient, cloud_clock: CloudClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud_clock.freeze()
    monkeypatch.setattr("time.sleep", cloud_clock.advance)
    tenbyte.limits.set("listStreams", calls=1, seconds=60)
    before = cloud_clock.now

    assert [[], []] == [list(client.names()) for _ in range(2)]
    assert 60 <= cloud_clock.now - before <= 61


def test_every_request_is_as_documented(client: SiteClient, client_contract: ClientContract) -> None:
    show = client.make_show("Morning show", "https://site.example/hooks")

    assert ("idle", []) == (client.status(show), client_contract.violations)
