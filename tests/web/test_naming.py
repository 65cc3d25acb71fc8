"""Who calls by the name of a cloud's server finds its service at the root."""

import pytest

from offair.emulator.web.naming import ByName

PLACES = {"cloud.example": "cloud", "tokens.cloud.example": "cloud-tokens"}


def asked(host, path):
    """Say what the application is asked."""
    heard = []
    application = ByName(lambda environ, _start: heard.append(environ) or [], PLACES)
    application({"HTTP_HOST": host, "PATH_INFO": path, "RAW_URI": f"{path}?a=b"}, lambda *_: None)
    return heard[0]["PATH_INFO"], heard[0]["RAW_URI"]


@pytest.mark.parametrize(
    ("host", "path", "found"),
    [
        ("cloud.example", "/stream", "/cloud/stream"),
        ("CLOUD.example:443", "/", "/cloud/"),
        ("tokens.cloud.example", "/api/v1/cloud/token", "/cloud-tokens/api/v1/cloud/token"),
        ("cloud.example", "/cloud/stream", "/cloud/stream"),
        ("cloud.example", "/_offair/health", "/_offair/health"),
        ("127.0.0.1:8420", "/stream", "/stream"),
        ("", "/stream", "/stream"),
    ],
)
def test_a_path_begins_where_the_service_of_the_name_stands(host, path, found):
    assert (found, f"{found}?a=b") == asked(host, path)
