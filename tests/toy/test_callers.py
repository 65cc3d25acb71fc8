"""Who calls the toy, what they may, and how it says no."""

import httpx
import jwt
import pytest


def _items(answer):
    return [(item["loc"], item["msg"], item["input"]) for item in answer.json()["detail"]]


def test_a_key_opens(api):
    assert 200 == api.get("/rooms/open").status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Toy": "wrong"},
        {"X-Toy": ""},
        {"Authorization": "Bearer x.y.z"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é".encode()},
    ],
)
def test_a_credential_that_proves_nothing_is_refused(anybody, headers):
    answer = anybody.get("/rooms/open", headers=headers)

    assert (401, ["oops"]) == (answer.status_code, list(answer.json()))


def test_who_must_say_who_they_are_is_told_so(anybody):
    answer = anybody.get("/rooms/open")

    assert (401, {"oops": "GET /rooms/open is not open to everybody"}) == (answer.status_code, answer.json())


def test_nobody_in_particular_sees_what_is_open(emulator, anybody, make_room):
    guarded, plain = make_room("behind a door", guarded=True), make_room("in the street")
    seen = {room["room"]: room for room in anybody.get("/rooms/?limit=50").json()}

    assert (False, True, False) == (guarded["room"] in seen, plain["room"] in seen, "push" in seen[plain["room"]])


def test_a_bad_credential_is_refused_where_none_is_fine(anybody):
    assert 401 == anybody.get("/rooms/", headers={"X-Toy": "wrong"}).status_code


def test_a_house_may_have_tokens(emulator, control, tenant, anybody):
    token = control.post("/tokens", json={"cloud": "toy", "tenant": tenant.id, "seconds": 60}).json()["token"]
    answer = anybody.get("/rooms/open", headers={"Authorization": f"bearer {token}"})

    assert ("EdDSA", 200) == (jwt.get_unverified_header(token)["alg"], answer.status_code)


def test_a_token_runs_out_on_the_clouds_clock(emulator, control, tenant, anybody):
    token = control.post("/tokens", json={"cloud": "toy", "tenant": tenant.id, "seconds": 60}).json()["token"]
    control.post("/clock/advance", json={"seconds": 61})
    status = anybody.get("/rooms/open", headers={"Authorization": f"Bearer {token}"}).status_code
    emulator.clock.reset()

    assert 401 == status


@pytest.mark.parametrize(("key", "algorithm"), [("x" * 40, "HS256"), (None, "none")])
def test_a_token_of_another_algorithm_is_refused(tenant, anybody, key, algorithm):
    token = jwt.encode({"sub": tenant.id, "exp": 9_000_000_000}, key, algorithm=algorithm)

    assert 401 == anybody.get("/rooms/open", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("admin", [201, 204]),
        ("host", [201, 403]),
        ("guest", [403, 403]),
    ],
)
def test_a_role_may_what_the_contract_says(anybody, make_user, role, statuses):
    _, headers = make_user(role)
    made = anybody.post("/rooms/", json={"title": "x"}, headers=headers)
    hook = anybody.put("/hook", json={"url": "http://127.0.0.1:9/"}, headers=headers)

    assert statuses == [made.status_code, hook.status_code]


def test_who_may_not_is_told_before_the_request_is_judged(anybody, make_user):
    _, headers = make_user("guest")
    answer = anybody.post("/rooms/", json={}, headers=headers)

    assert (403, {"oops": "POST /rooms/ is not open to this caller (bearer)"}) == (answer.status_code, answer.json())


def test_a_key_of_one_service_is_nobodys_at_another(emulator, tenant, anybody):
    url = emulator.addresses("toy").services["vault"]
    crossed = httpx.post(f"{url}/verify", data={"bearer": "x"}, headers={"X-Vault": tenant.credentials["token"]})
    back = anybody.get("/rooms/open", headers={"X-Toy": tenant.credentials["vault"]})

    assert ((403, {"code": 7, "reason": "who are you"}), 401) == (
        (crossed.status_code, crossed.json()),
        back.status_code,
    )


def test_another_service_has_its_own_credentials_and_errors(emulator, tenant, make_user):
    url, headers = emulator.addresses("toy").services["vault"], {"X-Vault": tenant.credentials["vault"]}
    _, made = make_user("guest")
    good = httpx.post(f"{url}/verify", data={"bearer": made["Authorization"][7:]}, headers=headers)
    bad = httpx.post(f"{url}/verify", data={"bearer": "x"}, headers=headers)
    lost = httpx.post(f"{url}/verify", data={}, headers=headers)
    away = httpx.get(f"{url}/away")

    assert ({"good": True}, False, 7, 7) == (good.json(), bad.json()["good"], lost.json()["code"], away.json()["code"])


def test_a_path_of_one_service_is_none_of_another(emulator, api):
    url = emulator.addresses("toy").services["vault"]

    assert (404, {"code", "reason"}) == (api.get("/verify").status_code, set(httpx.get(f"{url}/rooms/").json()))


def test_every_broken_rule_is_told_with_its_place_and_what_stood_there(api):
    answer = api.post("/rooms/", json={"title": 5, "tags": ["quiet", "rude"], "guarded": "yes"})

    assert (
        422,
        [
            (["body", "title"], "must be a string, not an integer", 5),
            (["body", "tags", 1], "must be one of 'quiet', 'loud', 'late'", "rude"),
            (["body", "guarded"], "must be true or false, not a string", "yes"),
        ],
    ) == (answer.status_code, _items(answer))


def test_of_what_is_missing_it_is_told_in_what(api):
    answer = api.post("/rooms/", json={"guarded": True})

    assert [(["body", "title"], "is missing", {"guarded": True})] == _items(answer)


def test_a_rule_of_the_clouds_own_has_its_own_words(api):
    answer = api.post("/rooms/", json={"title": "x", "guarded": True, "tags": ["quiet"]})

    assert [(["body", "tags"], "a guarded room is not to be found by tags", None)] == _items(answer)


def test_a_password_that_is_wrong_is_not_told(api):
    answer = api.post("/users", json={"name": "Ann", "role": "host", "word": "abc"})

    assert [(["body", "word"], "must be at least 4 characters long", "***")] == _items(answer)


def test_a_limit_is_each_users_own(anybody, make_user):
    (_, ann), (_, bob) = make_user("guest", "Ann"), make_user("guest", "Bob")
    seen = [anybody.post("/greetings", headers=ann).status_code for _ in range(4)]
    other = anybody.post("/greetings", headers=bob).status_code

    assert ([200, 200, 200, 429], 200) == (seen, other)


def test_who_came_too_often_is_told_when_to_come_again(anybody, make_user):
    _, ann = make_user("guest")
    answers = [anybody.post("/greetings", headers=ann) for _ in range(4)]

    assert (True, 55 <= int(answers[-1].headers["Retry-After"]) <= 60) == ("oops" in answers[-1].json(), True)


def test_a_call_from_another_page_is_allowed_whatever_the_answer(anybody):
    origin = {"Origin": "https://page.example"}
    seen = [anybody.get(path, headers=origin) for path in ("/moods", "/rooms/open", "/stairs")]

    assert [(200, "*"), (401, "*"), (404, "*")] == [
        (one.status_code, one.headers["Access-Control-Allow-Origin"]) for one in seen
    ]


def test_a_browser_that_asks_before_it_calls_is_told_what_is_documented(anybody):
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}
    answer = anybody.options("/rooms/", headers=asked)

    assert (204, "GET, POST", "*, Authorization", "86400") == (
        answer.status_code,
        *(answer.headers[f"Access-Control-{name}"] for name in ("Allow-Methods", "Allow-Headers", "Max-Age")),
    )


def test_a_browser_that_asks_at_an_id_is_told_too(anybody):
    asked = {"Origin": "https://page.example", "Access-Control-Request-Method": "DELETE"}

    assert "DELETE, GET" == anybody.options("/rooms/abc", headers=asked).headers["Access-Control-Allow-Methods"]


def test_a_browser_is_told_nothing_of_what_is_not_documented(anybody):
    assert 404 == anybody.options("/stairs", headers={"Origin": "https://page.example"}).status_code


def test_a_service_may_let_one_page_in_with_its_cookies(emulator):
    url = emulator.addresses("toy").services["vault"]
    answer = httpx.options(f"{url}/verify", headers={"Origin": "https://toy.example"})

    assert (200, "https://toy.example", "true", "Origin", "60", "X-Vault, Content-Type") == (
        answer.status_code,
        answer.headers["Access-Control-Allow-Origin"],
        answer.headers["Access-Control-Allow-Credentials"],
        answer.headers["Vary"],
        answer.headers["Access-Control-Max-Age"],
        answer.headers["Access-Control-Allow-Headers"],
    )


def test_a_page_that_a_service_does_not_name_is_not_let_in(emulator):
    url = emulator.addresses("toy").services["vault"]
    answer = httpx.options(f"{url}/verify", headers={"Origin": "https://evil.example"})

    assert "https://evil.example" != answer.headers.get("Access-Control-Allow-Origin")
