"""People: accounts and what is mailed, pages, follows, plans, and what they are told."""

import io

import httpx
import pytest

from offair.emulator.providers.ainative.rules.accounts import code_at

PASSWORD = "correct horse"


@pytest.fixture(name="newcomer")
def _newcomer(anybody, emulator):
    """Somebody who has just registered, as the answer says."""
    name = f"new-{emulator.world.ids.token(8)}"
    body = {"email": f"{name}@example.com", "password": PASSWORD, "username": name}
    return anybody.post("/auth/register", json=body).raise_for_status().json()


@pytest.fixture(name="mailed")
def _mailed(emulator):
    """Give the word that was mailed to somebody last."""

    def mailed(address):
        mails = [e for e in emulator.journal.entries({"kind": "mail"}) if e.details["to"] == address]
        return mails[-1].details["word"]

    return mailed


def _bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_who_registers_is_logged_in(anybody, newcomer):
    assert newcomer["user"] == anybody.get("/auth/me", headers=_bearer(newcomer)).json()


@pytest.mark.parametrize("taken", ["email", "username"])
def test_what_is_taken_is_refused(anybody, newcomer, taken):
    body = {"email": "fresh@example.com", "password": PASSWORD, taken: newcomer["user"][taken]}

    assert 400 == anybody.post("/auth/register", json=body).status_code


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"email": "nobody@example.com"}])
def test_a_wrong_login_is_unauthorized(anybody, newcomer, wrong):
    asked = {"email": newcomer["user"]["email"], "password": PASSWORD, **wrong}

    assert 401 == anybody.post("/auth/login", json=asked).status_code


def test_a_token_that_was_handed_back_opens_nothing(anybody, newcomer):
    out = anybody.post("/auth/logout", headers=_bearer(newcomer)).status_code

    assert (200, 401) == (out, anybody.get("/auth/me", headers=_bearer(newcomer)).status_code)


def test_a_token_is_over_when_its_time_is(anybody, control, newcomer):
    control.post("/clock/advance", json={"seconds": 1801}).raise_for_status()

    assert 401 == anybody.get("/auth/me", headers=_bearer(newcomer)).status_code


def test_a_refresh_token_is_good_once(anybody, newcomer):
    asked = {"refresh_token": newcomer["refresh_token"]}

    assert [200, 401] == [anybody.post("/auth/refresh", json=asked).status_code for _ in range(2)]


def test_a_bad_token_is_nobody_where_everybody_may_call(anybody):
    assert 200 == anybody.get("/streams/", headers={"Authorization": "Bearer nonsense"}).status_code


def test_a_key_is_taken_in_its_own_header_too(anybody, tenant):
    answer = anybody.get("/auth/me", headers={"X-API-Key": tenant.credentials["token"]})

    assert tenant.credentials["user_id"] == answer.json()["id"]


def test_a_link_that_was_mailed_logs_in_once(anybody, newcomer, mailed):
    address = newcomer["user"]["email"]
    anybody.post("/auth/magic-link", json={"email": address}).raise_for_status()
    asked = {"token": mailed(address)}

    assert [200, 401] == [anybody.post("/auth/magic-link/verify", json=asked).status_code for _ in range(2)]


def test_whether_an_address_is_known_is_not_told(anybody, newcomer):
    asked = [{"email": address} for address in (newcomer["user"]["email"], "nobody@example.com")]
    answers = [anybody.post("/auth/forgot-password", json=body) for body in asked]

    assert (answers[0].status_code, answers[0].json()) == (answers[1].status_code, answers[1].json())


def test_a_password_is_chosen_anew(anybody, newcomer, mailed):
    address = newcomer["user"]["email"]
    anybody.post("/auth/forgot-password", json={"email": address}).raise_for_status()
    body = {"token": mailed(address), "new_password": "battery staple"}
    anybody.post("/auth/reset-password", json=body).raise_for_status()
    tries = [{"email": address, "password": password} for password in (PASSWORD, "battery staple")]

    assert [401, 200] == [anybody.post("/auth/login", json=asked).status_code for asked in tries]


def test_an_address_is_proven(anybody, newcomer, mailed):
    anybody.post("/auth/verify-email", json={"token": mailed(newcomer["user"]["email"])}).raise_for_status()

    assert anybody.get("/auth/me", headers=_bearer(newcomer)).json()["is_verified"]


def test_a_second_factor_is_asked_for_once_it_is_proven(anybody, emulator, newcomer):
    secret = anybody.post("/auth/mfa/setup", headers=_bearer(newcomer)).json()["secret"]
    code = code_at(secret, int(emulator.clock.now()) // 30)
    anybody.post("/auth/mfa/verify", json={"code": code}, headers=_bearer(newcomer)).raise_for_status()
    asked = {"email": newcomer["user"]["email"], "password": PASSWORD}
    tries = [asked, {**asked, "mfa_code": "000000x"}, {**asked, "mfa_code": code}]

    assert [401, 401, 200] == [anybody.post("/auth/login", json=one).status_code for one in tries]


def test_a_spare_code_does_once_for_the_second_factor(anybody, emulator, newcomer):
    factor = anybody.post("/auth/mfa/setup", headers=_bearer(newcomer)).json()
    code = {"code": code_at(factor["secret"], int(emulator.clock.now()) // 30)}
    proven = anybody.post("/auth/mfa/verify", json=code, headers=_bearer(newcomer)).json()
    asked = {"email": newcomer["user"]["email"], "password": PASSWORD, "mfa_code": factor["backupCodes"][0]}

    assert (True, [200, 401]) == (
        proven["verified"], [anybody.post("/auth/login", json=asked).status_code for _ in range(2)],
    )  # fmt: skip


def test_the_journal_has_no_spare_code(anybody, control, newcomer):
    codes = anybody.post("/auth/mfa/setup", headers=_bearer(newcomer)).json()["backupCodes"]
    journal = control.get("/journal", params={"text": "mfa/setup"}).text

    assert [] == [code for code in codes if code in journal]


def test_spare_codes_of_before_do_no_more(anybody, emulator, newcomer):
    former = anybody.post("/auth/mfa/setup", headers=_bearer(newcomer)).json()["backupCodes"][0]
    secret = anybody.post("/auth/mfa/setup", headers=_bearer(newcomer)).json()["secret"]
    code = {"code": code_at(secret, int(emulator.clock.now()) // 30)}
    anybody.post("/auth/mfa/verify", json=code, headers=_bearer(newcomer)).raise_for_status()
    asked = {"email": newcomer["user"]["email"], "password": PASSWORD, "mfa_code": former}

    assert 401 == anybody.post("/auth/login", json=asked).status_code


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert ["287082", "081804", "005924"] == [code_at(secret, t // 30) for t in (59, 1_111_111_109, 1_234_567_890)]


@pytest.mark.parametrize("house", ["github", "google"])
def test_the_same_code_of_another_house_is_the_same_person(anybody, house):
    shown = [anybody.post(f"/auth/{house}/callback", json={"code": "abc"}).json()["user"]["id"] for _ in range(2)]

    assert shown[0] == shown[1]


def test_only_oneself_sees_ones_address(api, anybody, tenant):
    name = tenant.credentials["username"]

    assert (True, False) == (
        "email" in api.get("/streams/me/profile").json(),
        "email" in anybody.get(f"/streams/users/{name}/profile").json(),
    )


def test_a_page_is_changed_member_by_member(api):
    api.put("/streams/me/profile", json={"socials": {"github": "ada"}}).raise_for_status()
    socials = {"twitter": "@ada", "elsewhere": ["no", "text"]}
    shown = api.put("/streams/me/profile", json={"bio": "hello", "socials": socials}).json()

    assert ("hello", "ada", "@ada") == (shown["bio"], shown["socials"]["github"], shown["socials"]["twitter"])


@pytest.mark.parametrize("kind", ["avatar", "banner"])
def test_a_picture_is_fetched_where_it_is_said_to_be(api, kind):
    files = {"file": ("me.png", io.BytesIO(b"\x89PNG"), "image/png")}
    url = api.post(f"/streams/me/profile/{kind}", files=files).json()[f"{kind}_url"]
    fetched = httpx.get(url)

    assert (b"\x89PNG", "image/png", url) == (
        fetched.content, fetched.headers["Content-Type"], api.get("/streams/me/profile").json()[f"{kind}_url"],
    )  # fmt: skip


def test_following_is_told_counted_and_undone(api, other, tenant):
    name = tenant.credentials["username"]
    path = f"/streams/users/{name}/follow"
    followed = [other.post(path).status_code for _ in range(2)]
    counts = [api.get("/streams/me/profile").json()["follower_count"], other.get(path).json()["is_following"]]
    notices = api.get("/streams/notifications/follows").json()
    unread = api.get("/streams/notifications/follows/unread-count").json()["count"]
    api.post(f"/streams/notifications/follows/{notices['notifications'][0]['id']}/read").raise_for_status()
    read = api.get("/streams/notifications/follows/unread-count").json()["count"]
    gone = [other.delete(path).status_code for _ in range(2)]

    assert ([201, 201], [1, True], 1, 1, 0, [204, 204]) == (followed, counts, notices["total"], unread, read, gone)
    assert {"is_following": False} == other.get(path).json()


def test_followers_are_told_that_somebody_is_live(api, other, tenant, stream):
    other.post(f"/streams/users/{tenant.credentials['username']}/follow").raise_for_status()
    api.post(f"/streams/id/{stream['id']}/start").raise_for_status()
    kinds = [one["type"] for one in other.get("/streams/notifications/follows").json()["notifications"]]
    check = other.get(f"/streams/users/{tenant.credentials['username']}/live").json()

    assert (["stream_live"], True, stream["id"]) == (kinds, check["is_live"], check["stream"]["id"])


def test_nobody_follows_themselves(api, tenant):
    assert 400 == api.post(f"/streams/users/{tenant.credentials['username']}/follow").status_code


def test_a_plan_is_in_the_week_and_among_what_is_upcoming(api, anybody, tenant):
    body = {"day_of_week": 2, "start_time": "10:00", "end_time": "12:00", "title": "Rust"}
    slot = api.post("/streams/me/schedule", json=body).json()
    name = tenant.credentials["username"]
    week = anybody.get(f"/streams/users/{name}/schedule").json()
    ahead = anybody.get(f"/streams/users/{name}/upcoming?days=14").json()["upcoming_streams"]

    assert (["Wednesday"], [slot["id"]], {slot["id"]}, True) == (
        [day["day_name"] for day in week["schedule"] if day["schedules"]],
        [one["id"] for one in week["schedule"][2]["schedules"]],
        {one["schedule_id"] for one in ahead},
        len(ahead) >= 1,
    )


def test_ones_own_week_is_what_others_see_and_its_next_days_are_on_the_dashboard(api, anybody, tenant):
    body = {"start_time": "10:00", "end_time": "12:00", "title": "Rust"}
    for day in range(7):
        api.post("/streams/me/schedule", json={**body, "day_of_week": day}).raise_for_status()
    name = tenant.credentials["username"]
    ahead = api.get("/dashboard/streamer/overview").json()["upcoming_schedule"]

    assert anybody.get(f"/streams/users/{name}/schedule").json() == api.get("/streams/me/schedule").json()
    assert anybody.get(f"/streams/users/{name}/upcoming").json()["upcoming_streams"] == ahead


def test_the_latest_of_a_channel_is_its_streams_its_followers_and_what_it_was_told(api, other, tenant, stream):
    other.post(f"/streams/users/{tenant.credentials['username']}/follow").raise_for_status()
    found = api.get("/dashboard/streamer/activity").json()

    assert ([stream["id"]], [tenant.credentials["other_user_id"]], ["new_follower"]) == (
        [one["id"] for one in found["recent_streams"]], [one["id"] for one in found["recent_followers"]],
        [one["type"] for one in found["recent_events"]],
    )  # fmt: skip


@pytest.mark.parametrize(("method", "status"), [("PUT", 403), ("DELETE", 403)])
def test_somebody_elses_plan_is_forbidden(api, other, method, status):
    body = {"day_of_week": 0, "start_time": "10:00", "end_time": "12:00", "title": "Rust"}
    slot = api.post("/streams/me/schedule", json=body).json()["id"]
    sent = {"json": {"title": "mine"}} if method == "PUT" else {}

    assert status == other.request(method, f"/streams/me/schedule/{slot}", **sent).status_code


def test_people_are_found_by_name(api, tenant):
    found = api.get("/streams/search/users", params={"q": tenant.credentials["username"]}).json()

    assert tenant.credentials["user_id"] in {one["id"] for one in found}


def test_who_deletes_themselves_is_known_no_more(anybody, newcomer):
    gone = anybody.delete("/users/me", headers=_bearer(newcomer)).status_code

    assert (204, 401, 404) == (
        gone,
        anybody.get("/auth/me", headers=_bearer(newcomer)).status_code,
        anybody.get(f"/streams/users/{newcomer['user']['username']}/profile").status_code,
    )


def test_an_export_has_what_is_ones_own(api, stream):
    assert [stream["id"]] == [one["id"] for one in api.get("/users/me/export").json()["streams"]]
