"""Discovery, searches, and a world that is not empty."""

import httpx
import pytest
from talk import Talk

from offair.emulator.emulator import Emulator
from offair.emulator.settings.kinds import SettingError


def test_what_somebody_watches_trends(anybody, enter, live):
    before = {one["id"] for one in anybody.get("/streams/trending?limit=100").json()["streams"]}
    enter(live["id"])
    after = {one["id"] for one in anybody.get("/streams/trending?limit=100").json()["streams"]}

    assert (False, True) == (live["id"] in before, live["id"] in after)


def test_whom_one_follows_is_recommended_first(api, other, tenant, live):
    other.post(f"/streams/users/{tenant.credentials['username']}/follow").raise_for_status()
    found = other.get("/streams/recommended").json()["streams"]

    assert live["id"] == found[0]["id"]


def test_ones_own_stream_is_not_recommended(api, live):
    assert live["id"] not in {one["id"] for one in api.get("/streams/recommended?limit=100").json()["streams"]}


@pytest.mark.parametrize("text", ["quokka", "QUOK", "marsupial", "quokka nightlife"])
def test_a_stream_is_found_by_its_words(api, make, text):
    made = make("Quokka nightlife", description="a marsupial", tags=["zoo"])
    api.post(f"/streams/id/{made['id']}/start").raise_for_status()
    found = api.get("/streams/search", params={"query": text}).json()

    assert made["id"] in {one["id"] for one in found["streams"]}


def test_what_is_searched_for_is_popular(anybody):
    for _ in range(3):
        anybody.get("/streams/search", params={"query": "Narwhal songs"}).raise_for_status()

    assert "narwhal songs" == anybody.get("/streams/search/trending").json()[0]
    assert "narwhal songs" in anybody.get("/streams/search/popular").json()
    assert "narwhal songs" in anybody.get("/streams/search/suggestions", params={"query": "narw"}).json()


def test_a_category_has_the_viewers_of_all_below_it(api, anybody, make, enter):
    slug = "typescript"
    made = make(category_id=anybody.get(f"/streams/categories/by-slug/{slug}").json()["id"])
    api.post(f"/streams/id/{made['id']}/start").raise_for_status()
    enter(made["id"])
    above = [
        anybody.get(f"/streams/categories/by-slug/{name}").json() for name in (slug, "web-development", "technology")
    ]

    assert [True] * 3 == [made["id"] in {one["id"] for one in shown["streams"]} for shown in above]
    assert all(shown["viewer_count"] >= 1 for shown in above)


def test_tags_are_served_where_the_client_asks_and_where_one_would(api, anybody, live):
    api.put(f"/streams/id/{live['id']}", json={"tags": ["Zig"]}).raise_for_status()
    shown = [
        anybody.get(path).json() for path in ("/streams/streams/tags", "/streams/tags", "/streams/streams/tags/popular")
    ]

    assert [True] * 3 == ["zig" in {tag["slug"] for tag in tags} for tags in shown]
    assert ["Zig"] == anybody.get("/streams/streams/tags/suggestions", params={"query": "zi"}).json()


@pytest.fixture(scope="module", name="made_up")
def _made_up():
    with Emulator({"seed": 7, "seed_world": ("ainative",)}) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="populated")
def _populated(made_up):
    with httpx.Client(base_url=made_up.addresses("ainative").api) as client:
        yield client


def test_a_populated_world_has_people_who_are_live(populated):
    live = populated.get("/streams/?status_filter=live").json()
    viewers = [one["viewer_count"] for one in live["streams"]]

    assert (4, sorted(viewers, reverse=True), True) == (live["total"], viewers, all(viewers))


def test_a_populated_world_has_pasts(populated):
    vods = populated.get("/streams/vods").json()
    ended = populated.get("/streams/?status_filter=ended").json()["streams"]
    talk = populated.get(f"/streams/{ended[0]['id']}/chat/history").json()["messages"]

    assert (8, 8, True) == (vods["total"], len(ended), len(talk) > 3)


def test_a_made_up_crowd_is_counted_in_the_chat_too(made_up, populated):
    live = populated.get("/streams/?status_filter=live").json()["streams"][0]
    root, token = (
        str(populated.base_url).replace("http", "ws", 1),
        made_up.tenancy.invite("ainative").credentials["token"],
    )
    with Talk(f"{root}streams/{live['id']}/chat/ws?token={token}") as talk:
        talk.hear()

        assert live["viewer_count"] + 1 == talk.hear()["data"]["count"]


def test_who_is_live_without_an_encoder_has_no_picture(populated):
    live = populated.get("/streams/?status_filter=live").json()["streams"]

    assert {None} == {one["thumbnail_url"] for one in live}


def test_a_populated_world_is_browsed(populated):
    paths = ["/streams/trending", "/streams/rising", "/streams/categories/trending", "/streams/users/ada/profile"]

    assert [True] * 4 == [bool(populated.get(path).json()) for path in paths]


def test_a_seed_repeats_the_world(populated):
    with Emulator({"seed": 7, "seed_world": "ainative"}) as again:
        shown = httpx.get(f"{again.addresses('ainative').api}/streams/users/chen/profile").json()

    assert populated.get("/streams/users/chen/profile").json()["id"] == shown["id"]


def test_a_reset_makes_the_world_anew():
    with Emulator({"seed_world": "ainative"}) as emulator:
        httpx.post(f"{emulator.http_url}/_offair/reset", json={}).raise_for_status()
        live = httpx.get(f"{emulator.addresses('ainative').api}/streams/?status_filter=live").json()

    assert 4 == live["total"]


def test_a_world_that_runs_is_populated_once_until_a_reset():
    with Emulator({"seed": 7}) as emulator, httpx.Client(base_url=f"{emulator.http_url}/_offair") as control:
        streams = f"{emulator.addresses('ainative').api}/streams/?status_filter=all"

        def seed():
            answer = control.post("/seed-world", json={"cloud": "ainative"})
            return answer.json(), httpx.get(streams).json()["total"]

        seen = [seed(), seed()]
        control.post("/reset", json={}).raise_for_status()
        empty = httpx.get(streams).json()["total"]

        assert ([({"seeded": "ainative"}, 12)] * 2, 0, 12) == (seen, empty, seed()[1])


@pytest.mark.parametrize(("cloud", "status"), [("tenbyte", 409), ("nobody", 404)])
def test_a_cloud_without_people_is_not_populated_later_either(emulator, cloud, status):
    answer = httpx.post(f"{emulator.http_url}/_offair/seed-world", json={"cloud": cloud})

    assert (status, True) == (answer.status_code, "ainative" in answer.json()["error"])


def test_a_state_is_populated_once(tmp_path):
    for _ in range(2):
        with Emulator({"seed_world": "ainative", "state_dir": tmp_path}) as emulator:
            vods = httpx.get(f"{emulator.addresses('ainative').api}/streams/?status_filter=all").json()["total"]

    assert 12 == vods


def test_a_cloud_that_has_no_people_is_told_so():
    with pytest.raises(SettingError, match="ainative"):
        Emulator({"seed_world": "nobody"})
