"""Habits that no answer alone shows: what a client does with a later call, with a header's name, with what it read."""

import asyncio
import io
import time
from contextlib import suppress

import httpx
import pytest

from offair.contracts.client import check_client
from offair.contracts.client.pace import ROUND
from offair.contracts.client.stage import MANY
from offair.contracts.contract import promise
from offair.emulator.counterpart import counterpart_of

PUSH = next(one for one in promise("tenbyte").examples if one.name == "create-video-push").request_body
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(400)


class RefusedError(Exception):
    """What the clients raise."""


def reading(answer):
    if answer.is_error:
        raise RefusedError(answer.status_code)
    return answer.json()


def waits_as_spelt(answer):
    spelt = {name: value for name, value in answer.headers.raw}  # noqa: C416 - what has a case, and nothing else
    time.sleep(int(spelt.get(b"Retry-After", b"1")))


def waits_as_told(answer):
    said = answer.headers.get("Retry-After", "1")
    time.sleep(int(said) if said.isdigit() else 60)


@pytest.mark.parametrize(("wait", "told"), [(waits_as_spelt, True), (waits_as_told, False)])
def test_who_knows_a_header_in_one_spelling_is_told_so(broken, http, wait, told):
    def job():
        answer = http.get("/streams")
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait(answer)
            answer = http.get("/streams")
        return reading(answer)["data"]

    found = broken(job, "drills/retry_after", raises=(RefusedError, ValueError))

    assert told == ("names of headers have no case" in str(found))


@pytest.mark.parametrize(("pause", "told"), [(0, True), (2, False)])
def test_who_takes_a_date_for_no_pause_is_told_so_and_who_pauses_all_the_same_is_not(broken, http, pause, told):
    """As who reads a date in a zone of their own."""

    def job():
        answer = http.get("/streams")
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            said = answer.headers.get("Retry-After", "60")
            time.sleep(int(said) if said.isdigit() else pause)
            answer = http.get("/streams")
        return reading(answer)["data"]

    found = broken(job, "drills/retry_after", raises=RefusedError)

    assert told == ("by a date in GMT: who cannot read one pauses as where none is said" in str(found))


async def looking_often(seconds):
    due = time.monotonic() + seconds
    while time.monotonic() < due:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), ROUND / 2)


@pytest.mark.parametrize(("share", "told"), [(1, []), (0.1, ["asks again after"])])
def test_whose_pauses_nobody_hastens_is_judged_by_how_long_they_are_and_not_said_to_hang(counterpart, share, told):
    where = {"base_url": counterpart.base_url, "headers": counterpart.headers, "verify": False}

    async def job():
        async with httpx.AsyncClient(**where) as http:
            answer = await http.get("/streams")
            said = answer.headers.get("Retry-After", "")
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and said.isdigit():
                await looking_often(int(said) * share)
                answer = await http.get("/streams")
            return reading(answer)["data"]

    report = check_client(counterpart, job, raises=RefusedError, only=["drills/retry_after"], deadline=2)

    assert told == [one.message[:16] for one in report.violations]


def test_who_may_be_told_to_stop_a_pause_in_a_loop_pauses_on_the_clouds_time(counterpart):
    waited = []

    async def job():
        async with httpx.AsyncClient(base_url=counterpart.base_url, headers=counterpart.headers, verify=False) as http:
            answer = await http.get("/streams")
            said = answer.headers.get("Retry-After", "")
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS and said.isdigit():
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.Event().wait(), int(said))
                waited.append(int(said))
                answer = await http.get("/streams")
            return reading(answer)["data"]

    report = check_client(counterpart, job, raises=RefusedError, only=["drills/retry_after"], deadline=MANY)

    assert ([], {MANY}) == ([str(one) for one in report.violations], set(waited))


def looks_at(http, times, pause):
    def job():
        made = reading(http.post("/streams", json=PUSH))["data"]
        for _ in range(times):
            state = reading(http.get(f"/streams/{made['id']}"))["data"]["status"]
            pause()
        return state

    return job


@pytest.mark.parametrize(
    ("times", "pause", "told"),
    [(8, lambda: None, ["drills/vod_not_ready"]), (8, lambda: time.sleep(2), []), (3, lambda: None, [])],
    ids=["without a pause", "with pauses", "a few times"],
)
def test_who_looks_over_and_over_without_a_pause_is_found_on_a_good_day(broken, http, times, pause, told):
    assert told == list(broken(looks_at(http, times, pause), "drills/vod_not_ready", raises=RefusedError))


def test_what_is_refused_for_good_is_not_asked_again_and_again(counterpart, http):
    def job():
        for tries in range(4):
            answer = http.get("/streams")
            if answer.is_success:
                break
            time.sleep(2**tries)
        return reading(answer)

    report = check_client(counterpart, job, raises=RefusedError, only=["answers"], examples=5)

    assert {("listStreams 403", "inferred", "asks 4 times for what was refused for good")} == {
        (one.where, one.grade, one.message) for one in report.violations
    }


def test_a_later_call_is_answered_otherwise_too(counterpart, http):
    def job():
        made = reading(http.post("/streams", json=PUSH))["data"]
        reading(http.get(f"/streams/{made['id']}"))
        return {"idle": 0}[reading(http.get(f"/streams/{made['id']}"))["data"]["status"]]

    report = check_client(counterpart, job, raises=RefusedError, only=["answers/getStream"], examples=20)
    (found,) = report.violations

    assert 'getStream 200: data.status is "starting" (the second time it is asked)' == found.reproduce


@pytest.mark.parametrize(("is_anew", "told"), [(False, ["drills/uploads_again"]), (True, [])])
def test_who_uploads_again_sends_all_of_it(emulator, is_anew, told):
    cloud = counterpart_of("ainative", emulator)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def job():
            picture = io.BytesIO(PICTURE)
            for tries in range(3):
                content = picture.read() if not tries or not is_anew else PICTURE
                answer = http.post("/streams/me/profile/avatar", files={"file": ("a.png", content, "image/png")})
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
                time.sleep(60)
            return reading(answer)

        report = check_client(cloud, job, raises=RefusedError, only=["drills/uploads_again"])

    assert told == [one.rule.name for one in report.broken]


@pytest.mark.parametrize(("is_kept", "told"), [(False, ["drills/token"]), (True, [])])
def test_who_logs_in_for_every_call_is_told_so(emulator, is_kept, told):
    cloud = counterpart_of("ainative", emulator)
    who = {"email": "an@example.com", "password": "a-password-1", "username": "somebody"}

    with httpx.Client(base_url=cloud.base_url) as http:

        def log_in():
            http.post("/auth/register", json=who)
            return {"Authorization": f"Bearer {reading(http.post('/auth/login', json=who))['access_token']}"}

        def job():
            headers = log_in()
            for path in ("/auth/me", "/streams/me/profile"):
                reading(http.get(path, headers=headers if is_kept else log_in()))

        report = check_client(cloud, job, raises=RefusedError, only=["drills/token"])

    assert told == [one.rule.name for one in report.broken]


@pytest.mark.parametrize(
    ("forgets", "told"),
    [
        (False, ["asks with refused credentials in its next job too: it got them by login, and gets no others"]),
        (True, []),
    ],
)
def test_who_keeps_credentials_that_are_refused_for_good_is_told_so(emulator, forgets, told):
    cloud, kept = counterpart_of("ainative", emulator), {}
    who = {"email": "one@example.com", "password": "a-password-1", "username": "one"}

    with httpx.Client(base_url=cloud.base_url) as http:

        def job():
            if not kept:
                http.post("/auth/register", json=who)
                kept["Authorization"] = f"Bearer {reading(http.post('/auth/login', json=who))['access_token']}"
            answer = http.get("/auth/me", headers=kept)
            if answer.status_code == httpx.codes.UNAUTHORIZED and forgets:
                kept.clear()
            return reading(answer)

        report = check_client(cloud, job, raises=RefusedError, only=["drills/token"])

    assert told == [one.message for one in report.violations]


def test_who_begins_a_list_at_its_second_page_has_missed_the_first(emulator):
    cloud = counterpart_of("bintu", emulator)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def job():
            page, found = 2, []
            while rows := reading(http.get("/stream", params={"page": page, "quantity": 50})):
                page, found = page + 1, found + [one["id"] for one in rows]
            return found

        report = check_client(cloud, job, raises=RefusedError, only=["drills/whole_list"])

    assert ["drills/whole_list"] == [one.rule.name for one in report.broken]


def test_a_list_is_filled_with_things_that_call_nobody(emulator):
    """Where a published example pulls from an address, and another does not."""
    cloud, before = counterpart_of("tenbyte", emulator), str(emulator.journal.latest)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:
        check_client(cloud, lambda: reading(http.get("/streams")), raises=RefusedError, only=["drills/whole_list"])

    entries = emulator.journal.entries({"after": before})
    assert "createStream" in {entry.details.get("operation") for entry in entries}
    assert [] == [entry.summary for entry in entries if "pull" in entry.summary]


def first_page(get):
    return get()["items"]


def until_it_says_that_there_is_no_more(get):
    found, page = [], {"has_more": True, "page": 0}
    while page["has_more"]:
        page = get(page=page["page"] + 1)
        found += page["items"]
    return found


def until_a_page_is_empty(get):
    found, number = [], 1
    while rows := get(page=number, per_page=100)["items"]:
        found, number = found + rows, number + 1
    return found


@pytest.mark.parametrize(
    ("read", "told"),
    [(first_page, ["drills/whole_list"]), (until_it_says_that_there_is_no_more, []), (until_a_page_is_empty, [])],
)
def test_a_list_that_a_client_cannot_fill_has_pages_all_the_same(emulator, read, told):
    cloud = counterpart_of("ainative", emulator)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def job():
            return [one["id"] for one in read(lambda **query: reading(http.get("/streams/vods", params=query)))]

        report = check_client(cloud, job, raises=RefusedError, only=["drills/whole_list"])

    assert [] == [*report.not_judged]
    assert told == [one.rule.name for one in report.broken]


def test_who_looks_on_at_what_a_list_has_invented_is_not_blamed_for_missing_it(emulator):
    cloud = counterpart_of("ainative", emulator)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def job():
            shown = reading(http.get("/streams/vods"))["items"]
            return [reading(http.get(f"/streams/vods/{one['id']}")) for one in shown]

        report = check_client(cloud, job, raises=RefusedError, only=["drills/whole_list"])

    assert ["drills/whole_list"] == [one.rule.name for one in report.not_judged]


def test_who_is_strict_about_types_of_answers_is_judged_too(emulator):
    """An answer that says another word is of the type of the one in whose place it comes."""
    cloud = counterpart_of("ainative", emulator)

    with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:

        def strictly(answer):
            if not answer.headers.get("Content-Type", "").startswith("application/json"):
                raise RefusedError("no JSON")
            return reading(answer)

        def job():
            made = strictly(http.post("/streams/", json={"title": "Evening", "description": "A show"}))
            strictly(http.post(f"/streams/id/{made['id']}/start"))
            while strictly(http.get(f"/streams/id/{made['id']}"))["status"] != "live":
                pass  # it has no patience

        report = check_client(cloud, job, raises=RefusedError, only=["drills/vod_not_ready"])

    assert ["drills/vod_not_ready"] == [one.rule.name for one in report.broken]


def test_who_reads_json_where_there_is_no_body_is_told_after_which_answer(broken, http):
    def job():
        made = reading(http.post("/streams", json=PUSH))["data"]
        http.delete(f"/streams/{made['id']}").json()

    (told,) = broken(job, "requests/good-day")["requests/good-day"]

    assert "after deleteStream was answered 204, which has no body" in told
