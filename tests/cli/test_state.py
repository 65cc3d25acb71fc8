"""``--state`` and ``--seed``: what survives, and what is the same again."""

import json
import signal
import sys

import pytest

# make a stream and say its id and its key, the ids that there are, and whose they are
CREATE = """
import json, os, sys, urllib.request
url, headers = os.environ["TENBYTE_BASE_URL"] + "/streams", json.loads(os.environ["TENBYTE_HEADERS"])

def call(body):
    request = urllib.request.Request(url, body, headers | {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]

there = [stream["id"] for stream in call(None)]
made = call(sys.argv[1].encode())
credentials = {
    name.removeprefix("TENBYTE_").lower(): value for name, value in os.environ.items()
    if name.startswith("TENBYTE_") and not name.endswith(("_URL", "_HEADERS"))
}
print(json.dumps({"there": there, "id": made["id"], "key": made["stream_key"], "credentials": credentials}))
"""


@pytest.fixture(name="create")
def _create(execute, example):
    """Start a stand-in with these options, make a stream there, and stop it: what was there, and what was made."""

    def create(*options):
        ended = execute(*options, "--", sys.executable, "-c", CREATE, json.dumps(example))
        assert 0 == ended.code, ended.err
        return json.loads(ended.out)

    return create


@pytest.fixture(name="api_key")
def _api_key(execute):
    """Start a stand-in with these options, and give its key."""
    return lambda *options: execute(*options, "--", "printenv", "TENBYTE_API_KEY").out


def test_streams_and_credentials_survive_the_end(create, tmp_path):
    state = ("--state", str(tmp_path / "state"))
    before, after = create(*state), create(*state)

    assert (before["credentials"], [before["id"]]) == (after["credentials"], after["there"])


def test_streams_and_credentials_survive_a_kill(serve, create, tmp_path):
    """What was answered with 201 is there again, and the key that made it still opens the door."""
    state = ("--state", str(tmp_path / "state"))
    before = serve(*state)
    stream = before.create()
    before.ask("/ready")  # a helper that is only being started would hold the lock of the state for a moment
    before.end(signal.SIGKILL)
    after = create(*state)

    assert (before.cloud["credentials"], [stream["id"]]) == (after["credentials"], after["there"])


def test_without_state_everything_is_new(api_key):
    assert api_key() != api_key()


def test_a_second_emulator_on_the_same_state_is_refused(serve_here, run, tmp_path):
    serve_here(state_dir=tmp_path / "state")
    ended = run("serve", "--port", "0", "--rtmp-port", "0", "--state", str(tmp_path / "state"))

    assert (1, True) == (ended.code, "is in use by another stand-in; stop it, or choose another" in ended.sentence)


def test_a_seed_makes_ids_and_credentials_equal(create):
    first, second = create("--seed", "7"), create("--seed", "7")

    assert first == second


def test_another_seed_makes_others(api_key):
    assert api_key("--seed", "7") != api_key("--seed", "8")


def test_a_seed_with_kept_state_hands_no_id_out_twice(create, tmp_path):
    options = ("--seed", "7", "--state", str(tmp_path / "state"))
    first, second = create(*options), create(*options)

    assert ([first["id"]], True) == (second["there"], first["id"] != second["id"])
