"""A cloud's own names lead to its services, where a setting lets the stand-in answer to them."""

import httpx

from offair.emulator.emulator import Emulator

CALLS = (
    ("GET", "bintu.nanocosmos.de", "/signup"),
    ("OPTIONS", "token.nanostream.cloud", "/api/v1/splay/verify"),
    ("GET", "api.tenbyte.io", "/v1/livestream/streams"),
)


def _statuses(allowed):
    with Emulator({"allowed_hosts": allowed}) as emulator:
        return [
            httpx.request(method, f"{emulator.http_url}{path}", headers={"Host": name}, timeout=30).status_code
            for method, name, path in CALLS
        ]


def test_each_name_leads_to_the_service_that_is_documented_there():
    assert [200, 204, 401] == _statuses(".nanocosmos.de,.nanostream.cloud,api.tenbyte.io")


def test_no_name_is_answered_to_that_was_not_allowed():
    assert [421, 421, 421] == _statuses(())
