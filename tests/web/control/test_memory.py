"""Reset, snapshot, restore: what is forgotten, and what comes back."""

import base64
import sqlite3
from contextlib import closing

import httpx
import pytest

from offair.emulator.core.streams import STREAMS


def _status(url, headers) -> int:
    return httpx.get(f"{url}/streams", headers=dict(headers)).status_code


def test_a_reset_forgets_streams_tenants_faults_and_entries(emulator, control, providers, tenant, create):
    create()
    control.post("/faults", json={"tenant": tenant.id, "kind": "drop"})
    answer = control.post("/reset", json={})
    state = control.get("/state").json()

    assert ({"reset": "everything"}, [], ["offair"] * len(providers), [], [], 401) == (
        answer.json(),
        state["streams"],
        [shown["name"] for shown in state["tenants"]],
        control.get("/faults").json()["faults"],
        control.get("/journal").json()["entries"],
        _status(emulator.addresses("tenbyte").api, tenant.headers),
    )


def test_the_printed_credentials_outlive_a_reset(emulator, control):
    printed = emulator.ready()["clouds"]["tenbyte"]
    control.post("/reset", json={})

    assert (printed, 200) == (emulator.ready()["clouds"]["tenbyte"], _status(printed["base_url"], printed["headers"]))


def test_a_reset_of_one_tenant_leaves_the_others_alone(emulator, control, tenant, create, list_ids, body):
    create()
    other = emulator.tenancy.invite("tenbyte")
    theirs = httpx.post(f"{emulator.addresses('tenbyte').api}/streams", headers=dict(other.headers), json=body)
    answer = control.post("/reset", json={"tenant": tenant.id})
    left = [shown["tenant"] for shown in control.get("/state").json()["streams"]]

    assert (201, {"reset": tenant.id}, [], True, False) == (
        theirs.status_code,
        answer.json(),
        list_ids(),
        other.id in left,
        tenant.id in left,
    )


def test_a_tenant_that_was_reset_can_go_on(control, tenant, create, list_ids):
    create()
    control.post("/reset", json={"tenant": tenant.id})
    stream = create()

    assert [stream["id"]] == list_ids()


def test_a_reset_of_an_unknown_tenant_is_a_404(control):
    answer = control.post("/reset", json={"tenant": "nobody"})

    assert (404, "there is no tenant nobody; GET /state lists those that are there") == (
        answer.status_code,
        answer.json()["error"],
    )


def test_a_reset_lets_the_clouds_time_be_the_real_one(emulator, control):
    control.put("/clock", json={"rate": 0, "now": 1000})
    control.post("/reset", json={})

    assert (1.0, True) == (emulator.clock.rate, abs(emulator.clock.now() - emulator.clock.wall()) < 5)


def test_a_snapshot_brings_the_state_back(control, api, create, list_ids):
    kept = create()
    snapshot = control.get("/snapshot").json()
    api.delete(f"/streams/{kept['id']}")
    create()
    answer = control.post("/restore", json=snapshot)

    assert (200, [kept["id"]]) == (answer.status_code, list_ids())


def test_a_snapshot_can_be_restored_twice(control, create, list_ids):
    before = list_ids()
    snapshot = control.get("/snapshot").json()
    seen = []
    for _ in range(2):
        create()
        control.post("/restore", json=snapshot)
        seen.append(list_ids())

    assert [before, before] == seen


def test_a_tenant_that_came_later_is_gone_with_a_restore(emulator, control):
    snapshot = control.get("/snapshot").json()
    late = emulator.tenancy.invite("tenbyte")
    control.post("/restore", json=snapshot)

    assert 401 == _status(emulator.addresses("tenbyte").api, late.headers)


def _database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as strange:
        strange.execute("CREATE TABLE things (name TEXT)")
        return strange.serialize()


RUBBISH = {
    "no base64": "§§§",
    "nothing": "",
    "no database": base64.b64encode(b"a snapshot, honestly").decode(),
    "somebody else's database": base64.b64encode(_database()).decode(),
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_what_is_no_snapshot_is_refused_and_nothing_changes(control, create, list_ids, rubbish):
    stream = create()
    answer = control.post("/restore", json={"snapshot": rubbish})

    assert (400, True, [stream["id"]]) == (
        answer.status_code,
        answer.json()["error"].startswith("this is no snapshot: "),
        list_ids(),
    )


@pytest.mark.parametrize("text", ["a snapshot", "h\u00e9llo"])
def test_what_is_no_base64_is_told_what_it_should_be(control, text):
    words = "this is no snapshot: it is not in base64, in which GET /snapshot gives one"

    assert {"error": words} == control.post("/restore", json={"snapshot": text}).json()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_part_of_a_snapshot_is_refused_and_nothing_changes(control, create, list_ids, share):
    """A copy that broke off must not become a state that breaks later."""
    stream = create()
    whole = base64.b64decode(control.get("/snapshot").json()["snapshot"])
    part = base64.b64encode(whole[: int(len(whole) * share)]).decode()
    answer = control.post("/restore", json={"snapshot": part})

    assert (400, [stream["id"]]) == (answer.status_code, list_ids())


@pytest.mark.parametrize("body", [{}, {"snapshot": 5}, {"snapshot": None}])
def test_a_restore_of_nothing_is_refused(control, body):
    assert control.post("/restore", json=body).status_code in {400, 422}


def _tampered(snapshot, *statements):
    """Do to a snapshot what anybody can."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(base64.b64decode(snapshot["snapshot"]))
        for statement in statements:
            database.execute(statement)
        database.commit()
        return {"snapshot": base64.b64encode(database.serialize()).decode()}


def _say(table, member, value):
    """Say something else in the body of every row."""
    return f"UPDATE {table} SET body = CAST(json_set(body, '$.{member}', '{value}') AS BLOB)"


ALONE = "DELETE FROM streams WHERE seq < (SELECT max(seq) FROM streams)"
TAMPERED = {
    "no JSON": (["UPDATE streams SET body = 'x'"], "'streams' has a row"),
    "another schema": (["UPDATE streams SET body = '{}'"], "'streams' has a row"),
    "a number that is a text": ([_say("streams", "ladder", "x")], "'streams' has a row"),
    "a tenant of no credentials": ([_say("tenants", "credentials", "x")], "'tenants' has a row"),
    "a path for an id": (
        [ALONE, "UPDATE streams SET id = '/any/folder'", _say("streams", "id", "/any/folder")],
        "'streams' has a row '/any/folder' that cannot be: that is no id",
    ),
    "a newer one": (["PRAGMA user_version = 999"], "version 999"),
}


@pytest.mark.parametrize(("statements", "words"), TAMPERED.values(), ids=TAMPERED)
def test_a_snapshot_with_a_row_that_cannot_be_is_refused_and_nothing_ends(
    emulator, control, create, list_ids, statements, words
):
    stream = create()
    control.post(f"/streams/{stream['id']}/simulate", json={"to": "live"}).raise_for_status()
    before = control.get("/snapshot").json()
    answer = control.post("/restore", json=_tampered(before, *statements))
    state = control.get(f"/streams/{stream['id']}").json()["state"]

    assert (400, True, [stream["id"]], "live") == (
        answer.status_code, words in answer.json()["error"], list_ids(), state,
    )  # fmt: skip
    assert emulator.ready()["ready"]
    control.post("/reset", json={})


@pytest.mark.parametrize("path", ["/any/folder", "../theirs", "holiday"])
def test_a_recording_of_a_snapshot_names_no_folder_of_the_users(emulator, control, create, path):
    stream = create()
    recording = emulator.archive.begin(emulator.world.get(STREAMS, stream["id"]), "a-publication")
    snapshot = control.get("/snapshot").json()
    control.post("/reset", json={})
    made = _tampered(snapshot, f"UPDATE recordings SET id = '{path}'", _say("recordings", "id", path))
    answer = control.post("/restore", json=made)

    assert (400, True) == (answer.status_code, "'recordings' has a row" in answer.json()["error"])
    assert recording.id


def test_a_snapshot_may_have_streams_of_a_cloud_that_is_not_installed(control, create):
    stream = create()
    moved = (_say("streams", "cloud", "elsewhere"), _say("streams", "state", "live"))
    made = _tampered(control.get("/snapshot").json(), "UPDATE streams SET cloud = 'elsewhere'", *moved)
    answer = control.post("/restore", json=made)
    looks = [control.get(path).status_code for path in ("/state", "/recordings", f"/streams/{stream['id']}", "/ready")]
    reset = control.post("/reset", json={}).status_code

    assert (200, [200] * 4, 200) == (answer.status_code, looks, reset)


def test_a_snapshot_that_is_too_large_is_refused_with_the_bound(control, create, list_ids):
    stream = create()
    answer = control.post("/restore", content=b'{"snapshot": "' + b"A" * (64 << 20) + b'"}',
                          headers={"Content-Type": "application/json"})  # fmt: skip

    assert (413, True, [stream["id"]]) == (answer.status_code, "at most 64 MiB" in answer.json()["error"], list_ids())
