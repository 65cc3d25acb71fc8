"""No web page of another origin reaches the control surface, and none changes anything."""

import httpx
import pytest

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:5173"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]
CHANGES = [
    ("POST", "/reset"), ("POST", "/restore"), ("PUT", "/clock"), ("POST", "/clock/advance"), ("POST", "/tenants"),
    ("POST", "/tokens"), ("POST", "/faults"), ("DELETE", "/faults/nothing"), ("POST", "/playback-faults"),
    ("DELETE", "/playback-faults/nothing"), ("POST", "/encoder-faults"), ("DELETE", "/encoder-faults/nothing"),
    ("POST", "/streams/nothing/simulate"), ("PUT", "/streams/nothing/clip"), ("DELETE", "/journal"),
    ("POST", "/streams/nothing/judge"), ("POST", "/chat/nothing"), ("PUT", "/inbox"),
    ("DELETE", "/inbox"), ("POST", "/deliveries/nothing/resend"),
]  # fmt: skip
SIMPLE = [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json"]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(("method", "path"), [("GET", "/snapshot"), ("GET", "/ready"), *CHANGES])
def test_a_page_of_another_origin_is_refused_in_words(control, method, path, headers):
    answer = control.request(method, path, headers={"Content-Type": "application/json", "X-Offair": "1", **headers})

    assert (403, True) == (answer.status_code, "cannot steer the stand-in" in answer.json()["error"])


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize("kind", SIMPLE)
def test_what_a_page_can_send_without_asking_changes_nothing(control, method, path, kind):
    """Old browsers name no origin: a form, a text, a blob or a beacon."""
    answer = control.request(method, path, content=b"{}", headers={"Content-Type": kind} if kind else {})

    assert (415, True) == (answer.status_code, "X-Offair: 1" in answer.json()["error"])


def test_nothing_at_all_changes_nothing_either(control, create, list_ids):
    stream = create()

    assert (415, [stream["id"]]) == (control.post("/reset").status_code, list_ids())


@pytest.mark.parametrize("headers", [{"X-Offair": "1"}, {"Content-Type": "application/json; charset=utf-8"}])
def test_a_program_says_that_it_is_none(control, headers):
    assert 404 == control.delete("/faults/nothing", headers=headers).status_code


def test_the_stand_ins_own_page_is_let_in(emulator, control):
    own = {"Origin": emulator.http_url, "Sec-Fetch-Site": "same-origin"}
    at_home = control.post("/tenants", json={"cloud": "tenbyte"}, headers=own)
    typed = control.get("/state", headers={"Sec-Fetch-Site": "none"})

    assert (201, 200) == (at_home.status_code, typed.status_code)


def test_a_page_behind_a_proxy_that_ends_tls_is_its_own(control):
    headers = {"Origin": "https://stand.localhost", "Host": "stand.localhost"}

    assert 201 == control.post("/tenants", json={"cloud": "tenbyte"}, headers=headers).status_code


def test_a_browser_that_asks_first_is_not_encouraged(control):
    answer = control.options(
        "/reset", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )

    assert [] == [name for name in answer.headers if name.startswith("access-control")]


def test_the_document_says_so_of_every_operation(control):
    paths = control.get("/openapi.json").json()["paths"]
    operations = [(method, op) for item in paths.values() for method, op in item.items()]
    changing = [op for method, op in operations if method != "get"]

    assert [] == [op["operationId"] for _, op in operations if "403" not in op["responses"]]
    assert ["catch"] == [op["operationId"] for op in changing if "415" not in op["responses"]]


def test_what_a_browser_does_with_a_blob_is_refused_over_a_real_socket(emulator):
    answer = httpx.post(f"{emulator.ready()['control_url']}/clock/advance", content=b'{"seconds": 5}')

    assert 415 == answer.status_code
