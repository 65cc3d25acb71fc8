"""``--state`` and ``--seed``: what survives, and what is the same again."""

import signal

import httpx
import pytest


def _stream_ids(serving) -> list[str]:
    answer = httpx.get(f"{serving.cloud['base_url']}/streams", headers=serving.cloud["headers"])
    return [stream["id"] for stream in answer.json()["data"]]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_streams_and_credentials_survive_any_end(serve, tmp_path, sign):
    """What was answered with 201 is there again, and the key that made it still opens the door."""
    state = ("--state", str(tmp_path / "state"))
    before = serve(*state)
    stream = before.create()
    before.end(sign)
    after = serve(*state)

    assert (before.cloud["credentials"], [stream["id"]]) == (after.cloud["credentials"], _stream_ids(after))


def test_without_state_everything_is_new(serve):
    first, second = serve(), serve()

    assert first.cloud["credentials"]["api_key"] != second.cloud["credentials"]["api_key"]


def test_a_second_emulator_on_the_same_state_is_refused(serve, run, tmp_path):
    state = ("--state", str(tmp_path / "state"))
    serve(*state)
    ended = run("serve", "--port", "0", "--rtmp-port", "0", *state)

    assert (1, True) == (ended.code, "is in use by another stand-in; stop it, or choose another" in ended.sentence)


def test_a_seed_makes_ids_and_credentials_equal(serve):
    first, second = serve("--seed", "7"), serve("--seed", "7")
    made = [serving.create() for serving in (first, second)]

    assert (first.cloud["credentials"], made[0]["id"], made[0]["stream_key"]) == (
        second.cloud["credentials"],
        made[1]["id"],
        made[1]["stream_key"],
    )


def test_another_seed_makes_others(serve):
    first, second = serve("--seed", "7"), serve("--seed", "8")

    assert first.cloud["credentials"] != second.cloud["credentials"]


def test_a_seed_with_kept_state_hands_no_id_out_twice(serve, tmp_path):
    options = ("--seed", "7", "--state", str(tmp_path / "state"))
    made = []
    for _ in range(2):
        serving = serve(*options)
        made.append(serving.create()["id"])
        serving.end()

    assert 2 == len(set(made))
