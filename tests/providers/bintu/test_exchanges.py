"""Every published exchange, replayed: what was published of the answer is in ours, but for values that we make."""

import re

import httpx
import pytest

from offair.contracts.contract import promise

BINTU = promise("bintu")
MADE = {"id", "streamId", "streamname", "url", "created_at", "token", "type", "tags", "expires", "tag"}


def _shape(published):
    """Reduce an answer to the names that it has; lists to their elements' shapes."""
    if isinstance(published, dict):
        return {name: None if name in MADE else _shape(inner) for name, inner in published.items()}
    return [_shape(inner) for inner in published] if isinstance(published, list) else published


def _cut(ours, published):
    """Give of our answer what was published of it."""
    if isinstance(published, dict) and isinstance(ours, dict):
        return {name: _cut(ours[name], inner) for name, inner in published.items() if name in ours}
    if isinstance(published, list) and isinstance(ours, list):
        return [_cut(one, inner) for one, inner in zip(ours, published, strict=False)]
    return ours


CREATED = [
    example
    for example in BINTU.examples
    if example.operation == "POST /stream" and not example.name.startswith("error")
]


@pytest.mark.parametrize("example", CREATED, ids=lambda example: example.name)
def test_a_published_creation_is_answered_as_published(api, example):
    headers = {"Content-Type": "text/plain;charset=UTF-8"} if example.request_form == "text" else {}
    kwargs = {"json": example.request_body} if example.request_form == "body" and example.request_body else {}
    kwargs = {"content": example.request_body} if example.request_form == "text" else kwargs
    answer = api.post("/stream", headers=headers, **kwargs)
    published = example.response_body or {}

    assert (200, _shape(published)) == (answer.status_code, _shape(_cut(answer.json(), published)))


def test_the_published_group_is_there_at_once(api, examples):
    shown = api.post("/stream", json=examples["", "create-meeting"].request_body).json()
    entries = shown["playout"]["h5live"]

    assert (3, 3, 3, ["nanoMeet"], ["2nd transcode", "nanoMeet"]) == (
        len({entry["id"] for entry in entries}),
        len({entry["rtmp"]["streamname"] for entry in entries}),
        len(shown["playout"]["hls"]),
        shown["tags"],
        entries[2]["tags"],
    )


def test_the_published_processing_is_shown_flat(api, examples):
    example = examples["", "create-processing"]
    shown = api.post("/stream", json=example.request_body).json()
    (wanted,) = example.request_body["processing"]

    by_id = {item["id"]: item for item in shown["playout"]["h5live"][0]["processing"]}
    assert {item["id"]: item for item in wanted} == by_id


@pytest.mark.parametrize(("listed", "name"), [("/stream", "latest-stream"), ("/stream", "filtered-list")])
def test_a_published_list_is_a_bare_array(api, examples, create, listed, name):
    create(tags=["myTag", "doc", "title:This is a title"])
    answer = api.get(examples["", name].path)

    assert (200, True) == (answer.status_code, isinstance(answer.json(), list) and len(answer.json()) <= 1)


@pytest.mark.parametrize("path", ["/stream/public?tags[]=&state=created", "/stream/public"])
def test_the_public_list_needs_no_filter_and_tells_no_key(anybody, tenant, stream, path):
    answer = anybody.get(path, headers={"X-BINTU-PLAYERKEY": tenant.credentials["player_key"]})
    (row,) = answer.json()

    assert (200, False, stream["id"]) == (answer.status_code, "ingest" in row, row["id"])


def test_a_stream_with_assets_has_the_published_entries(api, examples, create):
    example = examples["", "stream-with-assets"]
    processing = example.response_body["playout"]["h5live"][0]["processing"]
    stream = create(processing=processing, transcodes=[{"profile": "vtrans2-640x360x400x25"}])
    shown = api.get(f"/stream/{stream['id']}", params={"asset_limit": 10}).json()
    entries = shown["playout"]["h5live"]

    assert ([0, 1], [processing, processing], shown["id"]) == (
        [entry["index"] for entry in entries],
        [entry["processing"] for entry in entries],
        shown["streamgroup"],
    )


def test_the_published_tags_replace_others_and_no_body_clears_them(api, examples, stream):
    wanted = examples["", "replace-tags"].request_body
    replaced = api.put(f"/stream/{stream['id']}/tag", json=wanted).json()
    cleared = api.put(f"/stream/{stream['id']}/tag").json()

    assert (wanted["tags"], []) == (replaced["tags"], cleared["tags"])


def test_the_published_webhook_is_set_and_taken_away(api, examples):
    wanted = examples["", "set-webhook"].request_body
    set_to = api.put("/organisation/webhook", json=wanted).json()["webhook"]
    nulls = [api.put("/organisation/webhook", json={"webhook": none}).json()["webhook"] for none in ("", None)]

    assert (wanted["webhook"], [None, None]) == (set_to, nulls)


def test_the_published_captions_are_kept_and_removed(api, examples, stream):
    wanted, path = examples["", "captions-on"].request_body, f"/stream/{stream['id']}/options"
    made = api.post(path, json=wanted).json()
    listed = api.get(path).json()
    gone = api.delete(path, params={"group": "captions"}).json()

    assert (wanted, [wanted], []) == (made, listed, gone)


@pytest.mark.parametrize(
    ("code", "request_body", "userinfo"),
    [
        (1002, {"transcodes": [{"tags": []}]}, {"required_parameter": "profile"}),
        (1004, {"tags": "no list"}, {"parameter": "tags", "type": "array"}),
        (3002, {"type": "ultra"}, {"stream_type": "ultra"}),
    ],
)
def test_a_published_error_is_said_as_published(api, examples, code, request_body, userinfo):
    published = examples["", f"error-{code}"]
    answer = api.post("/stream", json=request_body)
    expected = {**published.response_body["error"], "userinfo": userinfo}

    assert (published.status, expected) == (answer.status_code, answer.json()["error"])


def test_a_value_that_is_taken_is_refused_as_published(api, examples, user):
    published = examples["", "error-1003"].response_body["error"]
    answer = api.post("/user", json={"email": user.email, "password": "x"})

    assert (400, published["message"], {"duplicated_parameter": "email"}) == (
        answer.status_code,
        answer.json()["error"]["message"],
        answer.json()["error"]["userinfo"],
    )


def test_the_published_login_gives_an_administrator_the_key(api, anybody, user, tenant):
    answer = anybody.post("/user/validate", json={"email": user.email, "password": user.password}).json()

    assert (3, tenant.credentials["api_key"]) == (len(answer["token"].split(".")), answer["apiKey"])


def test_a_bad_login_is_refused_as_published(anybody, examples, user):
    published = examples["", "error-4002"]
    answer = anybody.post("/user/validate", json={"email": user.email, "password": "wrong"})
    expected = {**published.response_body["error"], "userinfo": {"user": user.email}}

    assert (published.status, expected) == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("headers", [{}, {"X-BINTU-APIKEY": "nobody's"}, {"X-BINTU-TOKEN": "a.b.c"}])
def test_who_proves_nothing_is_denied_as_published(anybody, examples, headers):
    published = examples["", "error-2001"]
    answer = anybody.post("/stream", headers=headers)
    expected = {**published.response_body, "message": "Access denied", "status": 403}

    assert (published.status, expected) == (answer.status_code, answer.json())


SERVICES = [
    pytest.param(name, example, id=f"{name}/{example.name}")
    for name, document in BINTU.services.items()
    for example in document.examples
    if example.status == 200 and not example.name.startswith("verify")
]


@pytest.mark.parametrize(("name", "example"), SERVICES)
def test_a_published_call_of_a_service_is_answered_as_published(service, name, example):
    path = example.path.removeprefix(BINTU.services[name].base_path)
    answer = service(name, path, example.request_body)
    published = example.response_body or {}

    assert (200, _shape(published)) == (answer.status_code, _shape(_cut(answer.json(), published)))


def test_a_secure_token_has_the_published_form_and_mask(service, examples):
    seen = {}
    for name in ("stream-until", "organisation-until", "stream-by-address", "stream-by-page"):
        example = examples["splay", name]
        security = service("splay", example.path, example.request_body).json()["h5live"]["security"]
        seen[name] = (security["options"], bool(re.fullmatch("[0-9a-f]{32}", security["token"])))
        assert seen[name][0] == example.response_body["h5live"]["security"]["options"]

    assert {(True,)} == {(is_hex,) for _, is_hex in seen.values()}


def test_a_missing_member_of_a_playback_token_is_said_in_the_services_words(service, examples):
    published = examples["token", "create-incomplete"]
    answer = service("token", "/splay", {})

    assert (published.status, published.response_body["errorCode"], True) == (
        answer.status_code,
        answer.json()["errorCode"],
        answer.json()["message"].startswith("Parameter required: "),
    )


def test_nobody_gets_a_playback_token(service, examples):
    published = examples["token", "create-by-nobody"]
    answer = service("token", "/splay", {"orgawide": True}, headers={})

    assert (published.status, published.response_body) == (answer.status_code, answer.json())


def test_the_pages_are_html(anybody, stream):
    answers = [anybody.get(path) for path in (f"/playout/{stream['id']}", "/doc/", "/signup")]

    assert {(200, "text/html; charset=utf-8")} == {(one.status_code, one.headers["Content-Type"]) for one in answers}


def test_the_page_fetches_nothing_from_elsewhere(anybody, emulator, stream):
    urls = re.findall(r"https?://[^\"'\s]+", anybody.get(f"/playout/{stream['id']}").text)

    assert (True, []) == (bool(urls), [url for url in urls if not url.startswith(emulator.http_url)])


def test_a_browser_is_told_that_it_may(emulator, stream):
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
    urls = [f"{emulator.addresses('bintu').api}/stream/{stream['id']}/tag"]
    urls += [f"{emulator.addresses('bintu').services['token']}/splay"]
    answers = [httpx.options(url, headers=asked) for url in urls]

    assert [(204, "*"), (204, "*")] == [
        (one.status_code, one.headers["Access-Control-Allow-Origin"]) for one in answers
    ]
