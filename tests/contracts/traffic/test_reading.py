"""Recordings are read whatever wrote them, and half a one says where it ends."""

import base64
import gzip
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from offair.contracts.exchange import Exchange
from offair.contracts.traffic import UnreadError, read_traffic

URL = "https://api.example/things?page=1"
ENTRY = {
    "startedDateTime": "2026-11-29T10:00:00.500Z",
    "request": {
        "method": "post",
        "url": URL,
        "headers": [{"name": ":authority", "value": "api.example"}, {"name": "X-Key", "value": "k"}],
        "postData": {"mimeType": "application/json", "text": '{"a": "ü"}'},
    },
    "response": {
        "status": 201,
        "headers": [{"name": "Set-Cookie", "value": "a=1"}, {"name": "Set-Cookie", "value": "b=2"}],
        "content": {"mimeType": "application/json", "size": 2, "text": "{}"},
    },
}


@pytest.fixture(name="written")
def _written(tmp_path):
    def written(content):
        file = tmp_path / "recording"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return written


def har(*entries):
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


def changed(side, **more):
    return {**ENTRY, side: {**ENTRY[side], **more}}


def test_an_archive_is_read(written):
    (one,) = read_traffic(written(har(ENTRY)))

    expected = Exchange(
        method="POST",
        path=URL,
        status=201,
        request_headers={"X-Key": "k", "Content-Type": "application/json"},
        request_body='{"a": "ü"}'.encode(),
        response_headers={"Set-Cookie": "a=1, b=2", "Content-Type": "application/json"},
        response_body=b"{}",
        at=datetime(2026, 11, 29, 10, 0, 0, 500000, tzinfo=UTC).timestamp(),
    )
    assert expected == one


def test_bytes_in_an_archive_are_bytes(written):
    content = {"size": 2, "text": base64.b64encode(b"\xff\x00").decode(), "encoding": "base64"}

    assert b"\xff\x00" == read_traffic(written(har(changed("response", content=content))))[0].response_body


def test_a_form_in_an_archive_is_a_form(written):
    posted = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "1&2"}]}

    assert b"a+b=1%262" == read_traffic(written(har(changed("request", postData=posted))))[0].request_body


def test_what_got_no_answer_is_left_out(written):
    assert 1 == len(read_traffic(written(har(changed("response", status=0), ENTRY))))


def test_a_body_that_was_not_recorded_is_not_an_empty_one(written):
    assert read_traffic(written(har(changed("response", content={"size": 700, "mimeType": "x/y"}))))[0].is_cut


@pytest.mark.parametrize(
    "entry",
    [
        {**ENTRY, "comment": None, "startedDateTime": ""},
        {**ENTRY, "startedDateTime": 1_764_410_400_123},
        changed("request", bodySize=None, headers=[{"name": "X-Key", "value": None}], cookies=None),
        changed("request", postData={"mimeType": None, "text": "{}", "params": None}),
        changed("response", status="201", content={"size": None, "text": "{}", "encoding": None}),
    ],
)
def test_what_a_recorder_left_open_is_no_fault_of_the_archive(written, entry):
    (one,) = read_traffic(written(har(entry)))

    assert ("POST", 201, b"{}", False) == (one.method, one.status, one.response_body, one.is_cut)


@pytest.mark.parametrize(
    "answered",
    [{"content": None}, {"content": {"size": -1}}, {"content": {"size": 90, "text": '{"a": "half of it'}},
     {"content": {"size": 0}, "headers": [{"name": "content-length", "value": "12"}]}],
)  # fmt: skip
def test_what_a_recorder_left_out_is_not_taken_for_what_was_answered(written, answered):
    assert read_traffic(written(har(changed("response", **answered))))[0].is_cut


def test_an_answer_that_has_no_body_is_whole_without_one(written):
    assert not read_traffic(written(har(changed("response", status=204, content={"size": -1}))))[0].is_cut


def test_cookies_that_stand_apart_were_sent(written):
    (one,) = read_traffic(written(har(changed("request", cookies=[{"name": "a", "value": "1"}]))))

    assert "a=1" == one.request_headers["Cookie"]


def test_an_archive_may_begin_with_other_members(written):
    assert 1 == len(read_traffic(written('{"_by": "x", "n": 1, ' + har(ENTRY)[1:])))


@pytest.mark.parametrize("packed", [gzip.compress, lambda content: b"\xff\xfe" + content.decode().encode("utf-16-le")])
def test_a_recording_may_be_packed(written, packed):
    assert [URL] == [one.path for one in read_traffic(written(packed(har(ENTRY).encode())))]


def test_bodies_may_lie_beside_the_archive_in_a_zip_or_a_folder(written, tmp_path):
    apart = har(changed("response", content={"size": 3, "_file": "body.json"}))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("har.har", apart)
        archive.writestr("body.json", "[1]")
    tmp_path.joinpath("body.json").write_text("[2]")

    assert b"[1]" == read_traffic(written(packed.getvalue()))[0].response_body
    assert b"[2]" == read_traffic(written(apart))[0].response_body


def test_exchanges_stand_in_the_order_in_which_they_were_asked(written):
    early = {**changed("request", url="https://api.example/early"), "startedDateTime": "2026-11-29T09:59:59+00:00"}

    assert ["https://api.example/early", URL] == [one.path for one in read_traffic(written(har(ENTRY, early)))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("\ufeff", "is empty"),
        ('{"log": {"entries": []}}', "has no request that was answered"),
        ('{"log": {"entries": 1}}', "is no HTTP archive: Expected `array`"),
        ('{"log": {"entries": [{}]}}', "its entry 1 cannot be read"),
        ('{"log": {"version": "1.2", "ent', "it ends before its entries, at byte 31"),
        (har(ENTRY)[:-100], "entry 1, which begins at byte 39, is not whole"),
        (har(ENTRY, ENTRY)[:-100], f"The last that is whole is post {URL}"),
        ('{"hello": "world"}', "is none of what can be read"),
        ("<html></html>", "is none of what can be read"),
        ("just words", "is none of what can be read"),
        ("a: [1, 2", "or half of it: did not find expected"),
        (b"\x00\x01\x02", "is neither JSON nor YAML"),
        (gzip.compress(har(ENTRY).encode())[:-20], "is gzip, and opened it is broken off after"),
        (b"PK\x03\x04 and no more", "is half a zip"),
        ("interactions: [{request: {}}]", "its interaction 1 cannot be read"),
        ('{"number": 1, "kind": "move"}\n{"number": 2, "ki', "line 2 is not whole"),
    ],
)
def test_what_is_no_recording_is_refused_in_a_sentence(written, content, words):
    with pytest.raises(UnreadError, match="recording ") as refused:
        read_traffic(written(content))

    assert words in str(refused.value)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UnreadError, match="cannot be read: No such file"):
        read_traffic(tmp_path / "nothing.har")


CASSETTE = """
interactions:
- request:
    body: '{"a": 1}'
    headers: {Content-Type: [application/json], X-Key: [k]}
    method: POST
    uri: https://api.example/things?page=1
  response:
    body: {string: '{}'}
    headers: {Content-Type: [application/json]}
    status: {code: 201, message: Created}
version: 1
"""


def test_a_cassette_is_read(written):
    (one,) = read_traffic(written(CASSETTE))

    assert ("POST", URL, 201, b'{"a": 1}', b"{}") == (
        *(one.method, one.path, one.status),
        *(one.request_body, one.response_body),
    )
    assert {"Content-Type": "application/json", "X-Key": "k"} == one.request_headers


def cassette(**response):
    request = {"method": "GET", "uri": URL, "body": None, "headers": {}}
    return json.dumps({"version": 1, "interactions": [{"request": request, "response": {"status": 200, **response}}]})


@pytest.mark.parametrize(
    "content",
    [
        CASSETTE.replace("body: '{", "body: !!python/unicode '{"),
        CASSETTE.replace("headers: {", "headers: !!python/object:requests.structures.CaseInsensitiveDict {"),
        CASSETTE.replace("interactions:", "").replace("version: 1", ""),
        CASSETTE.replace("body: '{\"a\": 1}'", "parsed_body: {a: 1}"),
        CASSETTE.replace("status: {code: 201, message: Created}", "status_code: 201").replace("string:", "string :"),
        CASSETTE.replace("headers: {Content-Type: [application/json]}", "headers: [[Content-Type, application/json]]"),
    ],
)
def test_older_and_other_cassettes_are_read(written, content):
    (one,) = read_traffic(written(content))

    assert (201, b'{"a": 1}', b"{}", "application/json") == (
        *(one.status, one.request_body, one.response_body),
        one.response_content_type,
    )


def test_a_cassette_starts_nothing(written, tmp_path):
    started = tmp_path / "started"
    with pytest.raises(UnreadError, match="is none of what can be read"):
        read_traffic(written(f"!!python/object/apply:pathlib.Path.touch [{started}]"))

    assert not started.exists()


def test_a_body_that_travelled_zipped_is_opened(written):
    zipped = base64.b64encode(gzip.compress(b"[1]")).decode()
    said = cassette(body={"base64_string": zipped}, headers={"Content-Encoding": ["gzip"]})

    assert b"[1]" == read_traffic(written(said))[0].response_body


def test_a_body_in_a_coding_that_cannot_be_opened_is_not_known(written):
    said = cassette(body={"string": "\u0001\u0002"}, headers={"Content-Encoding": ["br"]})

    assert read_traffic(written(said))[0].is_cut


def test_a_journal_is_read_as_lines_and_as_one(written):
    details = {
        "method": "GET",
        "url": URL,
        "request_headers": {"X-Key": "k1…"},
        "request_body": None,
        "status": 200,
        "response_body": {"a": None},
    }
    entry = {"number": 1, "at": 5.0, "kind": "request", "summary": "", "tenant": "t", "details": details}
    lines = f"{json.dumps(entry)}\n{json.dumps({**entry, 'kind': 'move', 'details': {}})}\n"
    expected = [(URL, 200, b'{"a": null}', 5.0, "t")]

    for content in (lines, json.dumps({"entries": [entry]})):
        seen = read_traffic(written(content))
        assert expected == [(one.path, one.status, one.response_body, one.at, one.who) for one in seen]


@pytest.mark.parametrize(
    ("content_type", "content"), [("application/json", b'{"a": "b"}'), ("application/x-www-form-urlencoded", b"a=b")]
)
def test_a_journal_has_hooks_too(written, content_type, content):
    details = {"url": "http://customer.test/", "request_headers": {"Content-Type": content_type}, "body": {"a": "b"}}
    entry = {"number": 1, "at": 5.0, "kind": "hook", "summary": "", "details": {**details, "status": None}}
    (seen,) = read_traffic(written(json.dumps(entry)))

    assert (True, content, "POST", True) == (seen.is_hook, seen.request_body, seen.method, seen.status >= 500)
