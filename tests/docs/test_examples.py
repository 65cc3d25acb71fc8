"""What the documents tell a reader to type works as it stands there."""

import json
import shutil
import subprocess
import threading

import httpx
import pytest

from offair.contracts.contract import promise
from offair.emulator.media.testcard.playing import count_frames
from offair.emulator.media.transcoding.ffmpeg import choose

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are written with curl")

PATIENCE = 60.0
AT_THE_END = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"
SETTLED = "== the reader looks =="
MY_CLIENT = '''
import json, urllib.request
from types import SimpleNamespace

class MyClient:
    def __init__(self, base_url, headers):
        self.base_url, self.headers = base_url, headers

    def create_stream(self, name):
        body = json.dumps(BODY | {"name": name}).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.base_url + "/streams", body, headers)) as answer:
            return SimpleNamespace(**json.load(answer)["data"])
'''  # fmt: skip


@pytest.fixture(scope="module", name="body")
def _body():
    return next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body


@pytest.mark.media
def test_the_quick_start_ends_with_a_stream_that_plays(blocks, environment, tmp_path):
    """All blocks in one shell, in order; then the two URLs that the last one printed are watched."""
    script = "\n".join(
        ["set -euo pipefail", AT_THE_END, *blocks("README.md", "sh quickstart"), f"echo '{SETTLED}'", "read -r _"]
    )
    with subprocess.Popen(
        ["bash", "-c", script], cwd=tmp_path, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as shell:  # fmt: skip
        watchdog = threading.Timer(PATIENCE, shell.kill)
        watchdog.start()
        lines = []
        for line in shell.stdout:
            if line.strip() == SETTLED:
                break
            lines.append(line)
        words = lines[-1].split() if lines else []
        frames = [count_frames(choose(None), url, 1.0) for url in words[1:3]] if words[:1] == ["live"] else []
        shell.communicate("\n", timeout=20)
        watchdog.cancel()

    assert (2, True) == (len(frames), all(frames)), "".join(lines)


def test_the_pytest_example_passes_with_a_client_of_ones_own(blocks, body, pytester):
    (example,) = blocks("README.md", "python")
    pytester.makepyfile(my_client=f"BODY = {body!r}\n{MY_CLIENT}")
    pytester.makepyfile(test_example=f"from my_client import MyClient\n\n{example}")
    result = pytester.runpytest_subprocess("-p", "no:schemathesis", "-W", "error", timeout=60)

    result.assert_outcomes(passed=1)


def _type(script: str, environment: dict[str, str]) -> str:
    """Type into a shell, and give what it prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, timeout=30, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_fault_example_fails_two_calls(blocks, emulator, environment, body):
    (example,) = blocks("docs/guide/control.md", "sh")
    tenant = emulator.tenancy.invite("tenbyte")
    printed = _type(example, environment | {"OFFAIR_URL": emulator.http_url, "TENANT": tenant.id})
    url = f"{emulator.addresses('tenbyte').api}/streams"
    seen = [httpx.post(url, headers=dict(tenant.headers), json=body).status_code for _ in range(3)]

    assert ("status", [503, 503, 201]) == (json.loads(printed)["kind"], seen)


def test_the_reset_example_resets(blocks, emulator, environment):
    (example,) = blocks("docs/guide/control.md", "sh reset")

    assert {"reset": "everything"} == json.loads(_type(example, environment | {"OFFAIR_URL": emulator.http_url}))


@pytest.mark.media
def test_the_examples_of_faults_meet_a_player_and_an_encoder(blocks, emulator, environment, body):
    guide = "docs/guide/faults.md"
    tenant, url = emulator.tenancy.invite("tenbyte"), emulator.addresses("tenbyte").api
    stream = httpx.post(f"{url}/streams", headers=dict(tenant.headers), json=body).json()["data"]
    variables = environment | {"OFFAIR_URL": emulator.http_url, "TENANT": tenant.id, "STREAM_ID": stream["id"]}
    _type(blocks(guide, "sh playback")[0], variables)
    fetched = [httpx.get(f"{emulator.addresses('tenbyte').cdn}/{stream['id']}/x/y-1.ts").text for _ in range(3)]
    (publishing,) = blocks(guide, "sh")
    with subprocess.Popen(
        ["bash", "-c", f"exec {publishing.strip()} --seconds 20"], env=variables, stdout=subprocess.PIPE, text=True
    ) as encoder:
        live = {"kind": "move", "stream": stream["id"], "text": "to live"}
        assert emulator.journal.wait_for(live, emulator.clock.deadline(PATIENCE))
        begun = json.loads(_type(blocks(guide, "sh encoder")[0], variables))
        encoder.terminate()
        printed = encoder.communicate(timeout=20)[0]

    assert (2, "freeze", "published") == (
        fetched.count("a fault that was asked for\n"), begun["kind"], printed.split()[0],
    )  # fmt: skip


def test_the_callback_example_moves_a_stream(blocks, emulator, environment, body):
    (example,) = blocks("docs/providers/tenbyte.md", "sh")
    tenant, url = emulator.tenancy.invite("tenbyte"), emulator.addresses("tenbyte").api
    stream = httpx.post(f"{url}/streams", headers=dict(tenant.headers), json=body).json()["data"]["id"]
    variables = {"STREAM_ID": stream, "TENBYTE_WEBHOOK_SECRET": tenant.credentials["webhook_secret"]}
    _type(example, environment | variables | {"TENBYTE_BASE_URL": url})
    status = httpx.get(f"{url}/streams/{stream}", headers=dict(tenant.headers)).json()["data"]["status"]

    assert "live" == status
