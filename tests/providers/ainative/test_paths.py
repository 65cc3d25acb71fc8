"""Paths as laws: both prefixes are one, a literal goes before an id, and a slash at the end counts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offair.contracts.contract import promise

PROMISE = promise("ainative")
OPEN = [o for o in PROMISE.operations.values() if o.method == "GET" and not o.security and "{" not in o.path]
LITERALS = {path.split("/")[2] for path in (o.path for o in PROMISE.operations.values())
            if path.startswith("/streams/") and "{" not in path.split("/")[2] and path.split("/")[2]}  # fmt: skip
UUIDS = st.uuids(version=4).map(str)
ONE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(operation=st.sampled_from(OPEN))
@ONE
def test_both_prefixes_answer_alike(anybody, emulator, operation):
    answers = [anybody.get(f"{emulator.http_url}/ainative{prefix}{operation.path}") for prefix in PROMISE.base_paths]
    shown = [(answer.status_code, type(answer.json())) for answer in answers]

    assert shown[0] == shown[1]


@given(literal=st.sampled_from(sorted(LITERALS)), stream=UUIDS)
@ONE
def test_a_word_is_never_taken_for_a_stream(literal, stream):
    """What follows S/{stream_id} exists for ids alone: below a word there is what the documents have there."""
    for operation in PROMISE.operations.values():
        if operation.path.startswith("/streams/{stream_id}/"):
            path = operation.path.replace("{stream_id}", literal).replace("{message_id}", stream)
            path = path.replace("{user_id}", stream)
            found = PROMISE.match(operation.method, f"/api/v1{path}")
            taken = found.operation if hasattr(found, "operation") else found and found[0]
            others = [o for o in PROMISE.operations.values() if o.path.startswith(f"/streams/{literal}/")]

            assert taken is None or taken.path.startswith("/streams/{stream_id}/") or taken in others


@pytest.mark.parametrize("path", ["/streams/", "/streams/trending", "/streams/categories/tree", "/streams/vods"])
def test_a_slash_at_the_end_counts(anybody, path):
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"

    assert (200, 404) == (anybody.get(path).status_code, anybody.get(other).status_code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/streams/id/{}/end"),
        ("POST", "/streams/{}/start"),
        ("GET", "/streams/{}"),
        ("GET", "/streams/{}/content"),
    ],
)
def test_the_two_shapes_are_not_each_other(api, stream, method, path):
    assert 404 == api.request(method, path.format(stream["id"])).status_code


@pytest.mark.parametrize("path", ["/streams/id/nonsense", "/streams/nonsense/chat", "/streams/vods/nonsense"])
def test_what_is_no_id_is_told_as_fastapi_does(anybody, path):
    answer = anybody.get(path)
    (item,) = answer.json()["detail"]

    assert (422, "uuid_parsing", "path") == (answer.status_code, item["type"], item["loc"][0])


def test_the_latest_sessions_are_no_id(api):
    assert [] == api.get("/video-sessions/sessions/active").json()


def test_browsers_of_other_origins_may_read_and_write(anybody):
    answer = anybody.options(
        "/streams/", headers={"Origin": "https://live.example", "Access-Control-Request-Method": "POST"}
    )

    assert ("*", True) == (
        answer.headers["Access-Control-Allow-Origin"], "POST" in answer.headers["Access-Control-Allow-Methods"],
    )  # fmt: skip


def test_another_method_is_told_with_what_there_is(anybody):
    answer = anybody.patch("/streams/")

    assert (405, {"detail": "Method Not Allowed"}, "GET, POST") == (
        answer.status_code, answer.json(), answer.headers["Allow"],
    )  # fmt: skip


def test_the_chat_is_below_both_prefixes(enter, live):
    assert "history" == enter(live["id"], prefix="v1").first[0]["type"]


def test_a_socket_is_no_page(anybody, live):
    """What is documented there is to delete a message."""
    assert 405 == anybody.get(f"/streams/{live['id']}/chat/ws").status_code
