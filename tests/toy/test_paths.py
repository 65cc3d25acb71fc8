"""Where the toy has its operations: two prefixes, a slash that counts, a word beside an id, ids that are judged."""

import httpx
import pytest

NOBODY = "6b0f2e8e-0d8e-4d0c-9c39-6a3c1d9a4f11"


@pytest.mark.parametrize("prefix", ["v0", "latest"])
def test_an_api_has_all_its_prefixes(emulator, tenant, prefix):
    answer = httpx.get(f"{emulator.http_url}/toy/{prefix}/rooms/", headers=dict(tenant.headers))

    assert (200, []) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "path", ["/rooms", "/rooms/open/", "//rooms/", "/rooms//open", "/stairs", "/", "", "/rooms/x/sing", "/%00", "/../x"]
)
def test_what_is_not_documented_is_a_404_in_the_toys_own_words(emulator, api, path):
    answer = api.get(f"{emulator.http_url}/toy/v0{path}")

    assert (404, ["oops"], "application/json") == (
        answer.status_code,
        list(answer.json()),
        answer.headers["Content-Type"],
    )


def test_a_path_that_is_not_documented_is_journalled(emulator, api, until):
    api.get("/stairs")

    assert 404 == until("GET /toy/v0/stairs", kind="request").details["status"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", f"/rooms/{NOBODY}/end", "PUT"),
        ("PATCH", "/rooms/", "GET, POST"),
        ("POST", "/rooms/open", "DELETE, GET"),
        ("OPTIONS", "/rooms/", None),
    ],
)
def test_another_method_is_refused_in_the_toys_own_words(api, method, path, allow):
    answer = api.request(method, path)

    assert (405 if allow else 204, allow) == (answer.status_code, answer.headers.get("Allow"))


def test_a_word_is_no_id(api):
    assert (200, []) == ((answer := api.get("/rooms/open")).status_code, answer.json())


def test_an_id_that_is_none_is_told_so(api):
    answer = api.get("/rooms/abc")

    assert (422, [{"loc": ["path", "room"], "msg": "must be a valid uuid", "input": "abc"}]) == (
        answer.status_code,
        answer.json()["detail"],
    )


def test_an_id_of_nothing_is_missing(api):
    assert 404 == api.get(f"/rooms/{NOBODY}").status_code


def test_an_encoded_slash_is_part_of_an_id(api):
    assert 404 == api.get("/rooms/a%2Fb").status_code


def test_head_is_get_without_the_body(api, make_room):
    room = make_room()["room"]
    got, head = api.get(f"/rooms/{room}"), api.head(f"/rooms/{room}")

    assert (200, b"", got.headers["Content-Length"]) == (
        head.status_code,
        head.content,
        head.headers["Content-Length"],
    )


def test_a_list_in_the_query_has_all_its_values(api, make_room):
    make_room("one", tags=["quiet"])
    make_room("two", tags=["quiet", "late"])
    found = api.get("/rooms/?tags[]=quiet&tags[]=late").json()

    assert ["two"] == [room["title"] for room in found]


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("tags[]=quiet&tags[]=rude", ["query", "tags[]", 1]),
        ("limit=many", ["query", "limit"]),
        ("limit=0", ["query", "limit"]),
        ("limit=", ["query", "limit"]),
        ("limit=1.5", ["query", "limit"]),
    ],
)
def test_a_query_is_judged(api, query, loc):
    answer = api.get(f"/rooms/?{query}")

    assert (422, [loc]) == (answer.status_code, [item["loc"] for item in answer.json()["detail"]])


def test_a_query_that_nobody_documents_passes(api):
    assert 200 == api.get("/rooms/?colour=red&colour=%ff").status_code


def test_an_optional_header_is_judged(api):
    answer = api.post("/rooms/", json={"title": "x"}, headers={"x-mood": "angry"})

    assert (422, [["headers", "X-Mood"]]) == (answer.status_code, [item["loc"] for item in answer.json()["detail"]])
