"""Recorded traffic is judged on both sides, and each planted fault is found by its rule; an honest day breaks none."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from recording import as_har, day_at

from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.contracts.limit import LimitTerm
from offair.contracts.masking import Masked
from offair.contracts.traffic import UnreadError, check_traffic, read_traffic
from offair.contracts.writers.har import write_har
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import discover
from offair.emulator.target import PASSTHROUGH

CLOUDS = [provider.name for provider in discover()]
RATE = LimitTerm(kind="rate", subject="*", allowed=3, unit="requests", seconds=60, grade="documented", source="a test")


@pytest.fixture(scope="module", name="days")
def _days():
    with Emulator(PASSTHROUGH) as emulator:
        yield {cloud: day_at(emulator, cloud) for cloud in CLOUDS}


def broken(cloud, exchanges, **more):
    report = check_traffic(promise(cloud), exchanges, **more)
    return {verdict.rule.name for verdict in report.errors}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_honest_day_breaks_nothing(days, cloud):
    assert set() == broken(cloud, days[cloud])


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_archive_of_a_day_says_the_same_as_the_day(days, cloud, tmp_path):
    file = tmp_path / "day.har"
    file.write_text(as_har(days[cloud]))

    assert (
        check_traffic(promise(cloud), days[cloud]).as_json()
        == check_traffic(promise(cloud), read_traffic(file)).as_json()
    )


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_masked_day_breaks_nothing(days, cloud):
    masked = Masked(
        value for one in days[cloud] for name, value in one.request_headers.items() if name != "Content-Type"
    )

    assert set() == broken(cloud, map(masked.exchange, days[cloud]))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_who_leaves_all_credentials_out_of_the_recording_is_not_blamed(days, cloud):
    def stripped(one):
        return replace(one, request_headers={"Content-Type": "application/json", "X-Webhook-Secret": "another matter"})

    report = check_traffic(promise(cloud), map(stripped, days[cloud]))
    why = {verdict.rule.name: verdict.why for verdict in report.not_judged}

    assert set() == {verdict.rule.name for verdict in report.errors}
    assert "its recorder left them out" in why["requests/credentials-sent"]


def other_status(days):
    return [replace(days[0], status=299), *days[1:]], "answer/status"


def other_type(days):
    return [replace(days[0], response_headers={"Content-Type": "text/html"}), *days[1:]], "answer/type"


def no_json(days):
    return [replace(days[0], response_body=b'{"half'), *days[1:]], "answer/body"


def another_kind(days):
    return [replace(days[0], response_body=b'"words"'), *days[1:]], "answer/body"


def fails(days):
    broke = {"status": 500, "response_body": b"<h1>Oops</h1>", "response_headers": {"Content-Type": "text/html"}}
    return [*days, replace(days[1], **broke)], "answer/status"


def deleted_is_there(days):
    is_deleted = next(place for place, one in enumerate(days) if one.method == "DELETE" and one.status < 300)
    look = next(one for one in days if one.method == "GET" and one.path == days[is_deleted].path)
    return [*days[: is_deleted + 1], replace(look, at=2000.0), *days[is_deleted + 2 :]], "lifecycle/deleted-is-gone"


def wrong_path(days):
    method_path = days[1].path.partition("?")[0]
    return [*days, replace(days[1], path=f"{method_path}/nobodys", status=404)], "requests/known-path"


def wrong_method(days):
    return [*days, replace(days[0], method="PATCH", status=405)], "requests/known-method"


def no_credentials(days):
    bare = {"Content-Type": "application/json"}
    return [*days, replace(days[0], request_headers=bare, status=401)], "requests/credentials-sent"


def let_in(days):
    return [*days, replace(days[0], request_headers={"Content-Type": "application/json"})], "auth/required"


def refused_body(days):
    return [*days, replace(days[0], request_body=b"[]", status=422)], "requests/documented-body"


def accepted_rubbish(days):
    return [*days, replace(days[0], request_body=b"[]")], "requests/refused"


FAULTS = (
    *(other_status, other_type, no_json, another_kind, fails, deleted_is_there, wrong_path, wrong_method),
    *(no_credentials, let_in, refused_body, accepted_rubbish),
)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_planted_fault_is_found_by_its_rule(days, cloud, fault):
    exchanges, rule = fault(days[cloud])
    made, _ = promise(cloud).match("POST", urlsplit(days[cloud][0].path).path)
    if rule == "answer/status" and "default" in made.answers:
        pytest.skip("it documents an answer of any status")

    assert rule in broken(cloud, exchanges)


@pytest.mark.parametrize(
    ("moments", "statuses", "found"),
    [
        ([0, 1, 2, 3], [200, 200, 200, 200], {"limits/never-over"}),
        ([0, 1, 2, 59.5], [200, 200, 200, 200], set()),  # the way to the server may have been longer
        ([0, 1, 2, 3], [200, 200, 200, 429], set()),
        ([0, 1, 2], [200, 200, 429], {"limits/never-under"}),
    ],
)
def test_limits_are_judged_by_the_times_of_the_recording(days, moments, statuses, found):
    look = days["tenbyte"][1]
    calls = [replace(look, at=moment, status=status) for moment, status in zip(moments, statuses, strict=True)]
    report = check_traffic(promise("tenbyte"), calls, limits=[RATE], only=["limits"])

    assert found == {verdict.rule.name for verdict in report.broken}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_a_cache_or_the_way_to_tls_answered_is_not_the_clouds(days, cloud):
    look = days[cloud][1]
    plain = look.path.replace("https://", "http://")
    between = [
        replace(look, status=304, response_body=b"", response_headers={}),
        replace(look, path=plain, status=307, response_body=b"", response_headers={"Location": look.path}),
        replace(look, method="OPTIONS", status=204, response_body=b"", request_headers={}),
    ]

    assert set() == broken(cloud, [*days[cloud], *between])


def test_two_callers_have_a_limit_each(days):
    look = days["tenbyte"][1]
    calls = [replace(look, at=float(n), request_headers={"X-API-Key": f"key-{n % 2}"}) for n in range(6)]

    assert set() == broken("tenbyte", calls, limits=[RATE], only=["limits"])


def test_traffic_of_another_host_is_refused_and_named(days):
    with pytest.raises(UnreadError, match=r"it calls api\.tenbyte\.io, and the cloud is at"):
        check_traffic(promise("bintu"), days["tenbyte"])


def test_an_api_that_was_elsewhere_is_found_where_it_is_said_to_be(days):
    moved = [
        replace(one, path=one.path.replace("https://api.tenbyte.io", "http://proxy.test:81")) for one in days["tenbyte"]
    ]

    assert set() == broken("tenbyte", moved, url="http://proxy.test:81/v1/livestream")


def test_a_service_of_the_cloud_is_judged_by_its_own_documents(days):
    stray = Exchange(method="GET", path="https://token.nanostream.cloud/api/v1/nowhere", status=404)

    assert {"requests/known-path"} == broken("bintu", [*days["bintu"], stray])


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_archive_of_a_report_can_be_judged_again(days, cloud, tmp_path):
    file = tmp_path / "again.har"
    file.write_text(write_har(check_traffic(promise(cloud), days[cloud])))

    assert [one.path for one in days[cloud]] == [one.path for one in read_traffic(file)]
    assert set() == broken(cloud, read_traffic(file))


def test_ctrl_c_gives_the_report_so_far(days, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("offair.contracts.traffic.judging._blurred", interrupt)
    report = check_traffic(promise("tenbyte"), [replace(days["tenbyte"][0], status=299)])

    assert (True, True) == (report.is_broken_off, "answer/status" in {one.rule.name for one in report.broken})


def test_a_report_shows_no_credentials(days):
    day = days["tenbyte"]
    secret = next(value for name, value in day[0].request_headers.items() if "key" in name.lower())
    report = check_traffic(promise("tenbyte"), [replace(day[0], status=299)])

    assert report.broken
    assert secret not in json.dumps(report.as_json()) + str(report.exchanges)


def told(status, at, **headers):
    body = {"event": "stream.started", "stream_id": "0000cf2e-ae90-46bc-b119-f5f626258434"}
    headers = {"Content-Type": "application/json", **headers}
    content = json.dumps(body).encode()
    return Exchange(
        method="POST", path="http://customer.test/", status=status, request_headers=headers, request_body=content,
        at=at, is_hook=True,
    )  # fmt: skip


def test_hooks_in_a_recording_are_judged_by_their_times():
    signed = {"X-Webhook-Signature": f"sha256={'0' * 64}"}
    seen = [told(500, 0.0, **signed), told(200, 30.0), told(200, 90.0, **signed)]
    report = check_traffic(promise("tenbyte"), seen, only=["webhooks"])

    assert {"webhooks/body", "webhooks/signed", "webhooks/again"} == {one.rule.name for one in report.broken}
    assert {"webhooks/repeated"} == {one.rule.name for one in report.upheld}


def test_secrets_in_a_query_or_a_form_are_masked():
    seen = Masked([]).text("GET /a?x=1&api_key=abcdefgh&token=12345678#z and access_token=abcdefgh&stream_key=abcdefgh")

    assert "GET /a?x=1&api_key=abcd…&token=1234…#z and access_token=abcdefgh&stream_key=abcd…" == seen
    assert "token=abcd…&a=b" == Masked([]).text("token=abcdefgh&a=b")


@pytest.mark.parametrize("more", [{"status": 101}, {"path": "https://api.tenbyte.io/favicon.ico", "status": 404}])
def test_what_is_no_call_of_the_api_is_not_judged(days, more):
    other = replace(days["tenbyte"][0], **{"path": "https://api.tenbyte.io/v1/chat", "method": "GET", **more})

    assert set() == broken("tenbyte", [*days["tenbyte"], other])


def test_a_fragment_in_a_recorded_url_was_never_sent():
    asked = Exchange(method="GET", path="https://api.tenbyte.io/v1/livestream/streams#top", status=200)
    report = check_traffic(promise("tenbyte"), [asked], only=["requests/known-path"])

    assert report.upheld


@pytest.mark.parametrize(
    ("after", "said", "outcome"),
    [(5.0, "30", "broken"), (31.0, "30", "kept"), (29.5, "30", "kept"), (5.0, "soon", "not judged")],
)
def test_who_asks_again_before_it_may_is_found(after, said, outcome):
    path = "https://api.tenbyte.io/v1/livestream/streams"
    told = Exchange(method="GET", path=path, status=429, response_headers={"Retry-After": said}, at=100.0)
    again = Exchange(method="GET", path=path, status=200, at=100.0 + after)
    (verdict,) = check_traffic(promise("tenbyte"), [told, again], only=["limits/heeded"]).verdicts

    assert outcome == verdict.outcome, verdict
