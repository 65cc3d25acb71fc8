"""What the toy keeps, for how long, and what is never shown."""

import base64

import httpx
import pytest

from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings


def _hang(api, room):
    api.put(f"/rooms/{room['room']}/poster", files={"picture": ("x.png", b"x", "image/png")}).raise_for_status()
    return f"/rooms/{room['room']}/poster"


@pytest.fixture(name="alone")
def _alone(everybody):
    """An emulator of this test's own, whose clock and state are nobody else's."""
    with Emulator(Settings(port=0, rtmp_port=0, seed=7), everybody[-1:]) as alone:
        yield alone


def _client(alone, tenant):
    return httpx.Client(base_url=alone.addresses("toy").api, headers=dict(tenant.headers), verify=False)


def test_a_reset_forgets_what_a_house_did_and_not_who_it_is(
    api, control, tenant, make_room, make_user, simulate, anybody
):
    room, (_, ann) = make_room(), make_user("host")
    poster = _hang(api, room)
    simulate(room, "live", "ended")
    control.post("/reset", json={"tenant": tenant.id})

    assert ([], "room,began,seconds\n", 404, 404, 200) == (
        api.get("/rooms/").json(),
        api.get("/shows.csv").text,
        api.get(poster).status_code,
        httpx.get(room["watch"]).status_code,
        anybody.get("/rooms/open", headers=ann).status_code,
    )


def test_a_reset_leaves_other_houses_alone(emulator, api, control, tenant, make_room):
    room = make_room()
    poster = _hang(api, room)
    other = emulator.tenancy.invite("toy")
    control.post("/reset", json={"tenant": other.id})

    assert (200, 200) == (api.get(f"/rooms/{room['room']}").status_code, api.get(poster).status_code)


def test_a_reset_leaves_what_was_there_before_anybody_came(api, control, tenant):
    control.post("/reset", json={"tenant": tenant.id})

    assert ["merry", "sad"] == api.get("/moods").json()


def test_a_house_that_is_let_go_takes_its_users_with_it(emulator, anybody, api, tenant, make_room, make_user):
    poster, (_, ann) = _hang(api, make_room()), make_user("host")
    emulator.tenancy.dismiss(tenant.id)

    assert (401, 401, 404, False) == (
        api.get("/rooms/open").status_code,
        anybody.get("/rooms/open", headers=ann).status_code,
        anybody.get(poster).status_code,
        emulator.tenancy.folder(tenant.id).exists(),
    )


def test_a_reset_of_everything_leaves_the_house_that_was_printed_and_what_was_there_before(alone):
    guest, house = alone.tenancy.invite("toy"), alone.tenancy.house("toy")
    with _client(alone, guest) as theirs, _client(alone, house) as ours:
        poster = _hang(ours, ours.post("/rooms/", json={"title": "x"}).json())
        user = ours.post("/users", json={"name": "Ann", "role": "host"}).json()
        alone.tenancy.reset()
        ann = {"Authorization": f"Bearer {user['bearer']}"}
        seen = [theirs.get("/rooms/open"), ours.get("/rooms/open"), ours.get(poster), ours.get("/moods")]
        listed = httpx.get(f"{alone.addresses('toy').api}/rooms/open", headers=ann).status_code

    assert ([401, 200, 404, 200], ["merry", "sad"], 200) == (
        [one.status_code for one in seen],
        seen[-1].json(),
        listed,
    )


def test_a_snapshot_has_the_clouds_own_tables(alone):
    control, house = httpx.Client(base_url=alone.ready()["control_url"]), alone.tenancy.house("toy")
    with control, _client(alone, house) as ours:
        room = ours.post("/rooms/", json={"title": "x", "guarded": True}).json()
        paper = ours.post(f"/rooms/{room['room']}/passes").json()["pass"]
        snapshot = control.get("/snapshot").json()["snapshot"]
        alone.tenancy.reset()
        lost = httpx.get(room["watch"]).status_code
        control.post("/restore", json={"snapshot": snapshot}).raise_for_status()
        watched = httpx.get(room["watch"], params={"pass": paper})

    assert (404, "master.m3u8 does not exist (yet, or any more)\n") == (lost, watched.text)
    assert base64.b64decode(snapshot)


def test_a_file_that_no_snapshot_has_is_missing_in_the_toys_own_words(alone):
    with _client(alone, alone.tenancy.house("toy")) as ours:
        poster = _hang(ours, ours.post("/rooms/", json={"title": "x"}).json())
        snapshot = alone.world.snapshot()
        alone.tenancy.reset()
        alone.restore(snapshot)
        answer = ours.get(poster)

    assert (404, ["oops"], []) == (
        answer.status_code,
        list(answer.json()),
        alone.journal.entries({"kind": "trouble"}),
    )


def test_what_is_kept_outlives_the_process(everybody, tmp_path):
    settings = Settings(port=0, rtmp_port=0, state_dir=tmp_path)
    with Emulator(settings, everybody[-1:]) as first:
        house = first.tenancy.house("toy")
        with _client(first, house) as ours:
            poster = _hang(ours, ours.post("/rooms/", json={"title": "x"}).json())
    with Emulator(settings, everybody[-1:]) as second, _client(second, house) as ours:
        assert (200, ["merry", "sad"]) == (ours.get(poster).status_code, ours.get("/moods").json())


def test_a_seed_repeats_the_clouds_own_names(everybody):
    def stage():
        with (
            Emulator(Settings(port=0, rtmp_port=0, seed=5), everybody[-1:]) as seeded,
            _client(seeded, seeded.tenancy.house("toy")) as ours,
        ):
            return ours.post("/rooms/", json={"title": "x"}).json()["stage"]

    assert stage() == stage()


def test_two_stand_ins_in_one_process_share_nothing(alone, everybody):
    with Emulator(Settings(port=0, rtmp_port=0), everybody[-1:]) as other:
        house = alone.tenancy.house("toy")
        with _client(alone, house) as ours, _client(other, house) as theirs:
            assert (200, 401) == (ours.get("/rooms/open").status_code, theirs.get("/rooms/open").status_code)
        assert alone.rooms["toy"].chat is not other.rooms["toy"].chat


def test_a_switch_lets_pass_what_the_contract_forbids(everybody):
    switches = {"toy": {"any_title": "true", "greetings": "1"}}
    with (
        Emulator(Settings(port=0, rtmp_port=0, switches=switches), everybody[-1:]) as lenient,
        _client(lenient, lenient.tenancy.house("toy")) as ours,
    ):
        made = [ours.post("/rooms/", json={"title": "x" * length}).status_code for length in (41, 0)]
        greeted = [ours.post("/greetings").status_code for _ in range(2)]

    assert ([201, 422], [200, 429]) == (made, greeted)


def test_what_the_cloud_calls_secret_is_not_in_the_journal(emulator, api, make_room):
    api.post("/users", json={"name": "Ann", "role": "host", "word": "open sesame"})
    api.get("/rooms/", params={"ticket": "sesame-street-12"})

    assert [] == [entry for entry in emulator.journal.entries() if "sesame" in str(entry)]


def test_what_a_user_is_given_is_not_in_the_journal(emulator, make_user):
    _, headers = make_user("host")

    assert [] == [entry for entry in emulator.journal.entries() if headers["Authorization"][7:] in str(entry)]
