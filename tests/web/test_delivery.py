"""Whole answers and parts of them, as they are asked for (RFC 9110, sections 13 and 14)."""

import pytest
from flask import Flask, request

from offair.emulator.web.delivery import LARGE, deliver


@pytest.fixture(name="fetch")
def _fetch():
    app = Flask(__name__)

    def fetch(content, media_type="image/png", **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        with app.test_request_context("/", headers=fields):
            response = deliver(request, content, media_type, headers={}, freshness="no-cache")
            body = b"".join(response.iter_encoded())
            response.close()
            return response.status_code, response.headers["Content-Type"], body

    return fetch


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-1", 206, b"ab"),
        ("bytes=-1", 206, b"f"),
        ("bytes=9-", 416, b""),
        ("bytes=-99", 206, b"abcdef"),
        ("bytes=-" + 5000 * "9", 206, b"abcdef"),
        ("bytes=" + 5000 * "9" + "-", 416, b""),
        ("bytes=-\u00b2", 416, b""),
        ("bytes=\u00b2-", 416, b""),
        ("lines=0-1", 200, b"abcdef"),
        ("nonsense", 200, b"abcdef"),
    ],
)
def test_a_part_is_given_in_bytes_and_in_no_other_unit(fetch, asked, status, body):
    assert (status, body) == fetch(b"abcdef", Range=asked)[::2]


def test_nothing_is_sent_where_another_version_is_wanted(fetch):
    assert (412, b"") == fetch(b"abcdef", If_Match='"another"')[::2]


@pytest.mark.parametrize(
    ("media_type", "told"),
    [
        ("image/png", "image/png"),
        ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
        ("text/vtt", "text/vtt; charset=utf-8"),
        ("audio/mpeg", "audio/mpeg"),
    ],
)
@pytest.mark.parametrize("size", [10, LARGE + 1])
def test_a_file_has_the_type_that_was_said(fetch, tmp_path, media_type, told, size):
    path = tmp_path / "file"
    path.write_bytes(bytes(size))

    assert (200, told, size) == (*(answer := fetch(path, media_type))[:2], len(answer[2]))
