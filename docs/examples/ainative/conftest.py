"""Who hears of live inputs is a setting of the cloud: the receiver runs before it, for the whole session."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from receiver import make_app
from werkzeug.serving import make_server


@dataclass
class Site:
    """The receiver as it runs: where it is called, and what it heard."""

    url: str = ""
    heard: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def running_site() -> Iterator[Site]:
    """Run the receiver on a free port."""
    running = Site()
    server = make_server("127.0.0.1", 0, make_app(running.heard), threaded=True)
    running.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(running_site: Site) -> Site:
    """The receiver, which has heard of nothing yet."""
    running_site.heard.clear()
    return running_site


@pytest.fixture(scope="session")
def offair_settings(running_site: Site) -> Mapping[str, object]:
    """Let the cloud tell the receiver, and give a lost encoder half a minute to come back."""
    return {"ainative.live_input_url": running_site.url, "ainative.grace_seconds": 30}
