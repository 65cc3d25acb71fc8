"""Who may call what: the matrix of roles as it is documented, and what ends a token."""

import httpx
import pytest

ADMIN, USER, READER = "nanoAdmin", "nanoUser", "nanoReadOnly"
EVERYBODY, WRITERS, ADMINS = {ADMIN, USER, READER}, {ADMIN, USER}, {ADMIN}
CAPTIONS = {"name": "captions", "options": {"sourceLanguage": "en"}}
PROFILE = {"profile": "vtrans2-640x360x400x25"}

MATRIX = [
    ("GET", "/stream", None, EVERYBODY),
    ("GET", "/stream/public", None, EVERYBODY),
    ("GET", "/stream/count", None, EVERYBODY),
    ("GET", "/stream/state/count", None, EVERYBODY),
    ("GET", "/stream/group", None, EVERYBODY),
    ("GET", "/stream/group/count", None, EVERYBODY),
    ("POST", "/stream/validate", {"streamname": "x"}, EVERYBODY),
    ("GET", "/stream/{id}", None, EVERYBODY),
    ("GET", "/stream/{id}/group", None, EVERYBODY),
    ("GET", "/tag", None, EVERYBODY),
    ("GET", "/tag/recent", None, EVERYBODY),
    ("GET", "/organisation", None, EVERYBODY),
    ("POST", "/stream", {}, WRITERS),
    ("PUT", "/stream/{id}/tag", {"tags": []}, WRITERS),
    ("PUT", "/stream/{id}/push_url", None, WRITERS),
    ("POST", "/stream/{id}/processing", [], WRITERS),
    ("PUT", "/stream/{id}/timecode", {"enabled": True}, WRITERS),
    ("POST", "/stream/{id}/options", CAPTIONS, WRITERS),
    ("GET", "/stream/{id}/options", None, WRITERS),
    ("PUT", "/stream/{id}/options", CAPTIONS, WRITERS),
    ("DELETE", "/stream/{id}/options?group=captions", None, WRITERS),
    ("POST", "/stream/{id}/transcode", PROFILE, WRITERS),
    ("PUT", "/stream/{id}/transcode/{transcode}", PROFILE, WRITERS),
    ("POST", "/tag", {"name": "a"}, WRITERS),
    ("PUT", "/tag/first", {"name": "first"}, WRITERS),
    ("GET", "/user", None, WRITERS),
    ("GET", "/permission/list", None, WRITERS),
    ("DELETE", "/stream/{id}/transcode/{transcode}", None, WRITERS),
    ("PUT", "/stream/{id}/stop", None, ADMINS),
    ("PUT", "/stream/{id}/lock", None, ADMINS),
    ("PUT", "/stream/{id}/unlock", None, ADMINS),
    ("DELETE", "/tag/first", None, ADMINS),
    ("PUT", "/organisation/webhook", None, ADMINS),
    ("PUT", "/organisation/vod", {"public": True}, ADMINS),
    ("POST", "/user/invite", {"email": "a@b.example"}, ADMINS),
    ("GET", "/user/invite", None, ADMINS),
    ("GET", "/permission?name=nanoUser", None, ADMINS),
    ("DELETE", "/stream/{id}", None, ADMINS),
]


def _call(client, stream, line, headers):
    method, path, body, _ = line
    transcode = stream["playout"]["h5live"][1]["id"]
    path = path.format(id=stream["id"], transcode=transcode)
    return client.request(method, path, headers=headers, **({} if body is None else {"json": body}))


def test_the_matrix_of_roles_holds(anybody, stream, tokens):
    """Each role that may not is refused before anything happens, so all of them ask in one pass; who may comes last."""
    wrong = []
    for line in MATRIX:
        for role in (READER, USER, ADMIN):
            if role not in line[3]:
                status = _call(anybody, stream, line, {"X-BINTU-TOKEN": tokens[role]}).status_code
                wrong += [(line[:2], role, status)] if status != 403 else []
        allowed = USER if USER in line[3] else ADMIN
        allowed = READER if READER in line[3] else allowed
        status = _call(anybody, stream, line, {"X-BINTU-TOKEN": tokens[allowed]}).status_code
        wrong += [(line[:2], allowed, status)] if status != 200 else []

    assert [] == wrong


def test_a_reader_reads_and_an_administrator_has_the_key(anybody, tenant, tokens):
    shown = {
        role: anybody.get("/organisation", headers={"X-BINTU-TOKEN": token}).json() for role, token in tokens.items()
    }

    assert ([ADMIN], {tenant.credentials["player_key"]}) == (
        [role for role, one in shown.items() if "api_key" in one],
        {one["player_key"] for one in shown.values()},
    )


@pytest.mark.parametrize("role", [USER, READER])
def test_a_lower_role_gets_no_key_at_the_login(token_of, anybody, role):
    token_of(role, email=f"{role}@login.example")
    answer = anybody.post("/user/validate", json={"email": f"{role}@login.example", "password": "secret"}).json()

    assert (False, role) == ("apiKey" in answer, answer["permission"])


def _reads(anybody, token):
    return anybody.get("/organisation", headers={"X-BINTU-TOKEN": token}).status_code


def test_a_changed_role_ends_the_tokens_of_the_old_one(api, anybody, token_of):
    token = token_of(USER, email="change@role.example")
    before = _reads(anybody, token)
    api.put("/user/permission", json={"email": "change@role.example", "permission": READER}).raise_for_status()

    assert (200, 403) == (before, _reads(anybody, token))


def test_a_new_token_key_ends_tokens(api, anybody, token_of):
    token = token_of(USER, email="renew@key.example")
    api.put("/user/tokenkey", json={"email": "renew@key.example"}).raise_for_status()

    assert 403 == _reads(anybody, token)


def test_a_deleted_user_is_known_no_more(api, anybody, token_of):
    token = token_of(USER, email="go@away.example")
    found = next(one for one in api.get("/user").json() if one["email"] == "go@away.example")
    gone = api.delete(f"/user/{found['id']}")

    assert (200, b"", 403) == (gone.status_code, gone.content, _reads(anybody, token))


def test_a_token_ends_on_the_clouds_clock(emulator, anybody, token_of):
    token = token_of(USER)
    emulator.clock.advance(25 * 3600)
    status = _reads(anybody, token)
    emulator.clock.reset()

    assert 403 == status


def test_the_last_administrator_stays(api, user):
    kept = [api.delete(f"/user/{user.id}"), api.put("/user/permission", json={"id": user.id, "permission": USER})]

    assert [403, 403] == [answer.status_code for answer in kept]


@pytest.mark.parametrize("secret", ["token", "api_key"])
def test_a_bearer_may_be_a_token_or_a_key(anybody, tenant, tokens, secret):
    shown = tokens[ADMIN] if secret == "token" else tenant.credentials[secret]

    assert 200 == anybody.get("/organisation", headers={"Authorization": f"Bearer {shown}"}).status_code


def test_a_player_key_lists_streams_without_their_keys_and_makes_none(anybody, tenant, stream):
    headers = {"X-BINTU-PLAYERKEY": tenant.credentials["player_key"]}
    (row,) = anybody.get("/stream", headers=headers).json()

    assert (False, 403) == ("ingest" in row, anybody.post("/stream", headers=headers).status_code)


def test_another_organisations_stream_is_unknown(emulator, anybody, stream):
    other = emulator.tenancy.invite("bintu", "another")
    answer = anybody.put(f"/stream/{stream['id']}/tag", headers=dict(other.headers))

    assert (404, 3001) == (answer.status_code, answer.json()["error"]["code"])


def test_a_key_is_told_to_be_good_or_not(anybody, tenant):
    good = anybody.post("/apikey", json={"apikey": tenant.credentials["api_key"]})
    bad = anybody.post("/apikey", json={"apikey": "another"})

    assert (tenant.credentials["api_key"], 403, {"apikey": "another"}) == (
        good.json()["key"],
        bad.status_code,
        bad.json()["error"]["userinfo"],
    )


def test_the_printed_token_is_an_administrators(emulator):
    shown = emulator.ready()["clouds"]["bintu"]
    answer = httpx.put(
        f"{shown['base_url']}/organisation/vod",
        json={"public": True},
        headers={"X-BINTU-TOKEN": shown["credentials"]["token"]},
    )

    assert 200 == answer.status_code
