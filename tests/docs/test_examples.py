"""What the documents tell a reader to type works as it stands there."""

import json
import os
import socket
import subprocess
import threading

import httpx
import needing
import pytest
from free_ports import free_port
from guests import alone, run_here
from judging import IGNORING

from offair.contracts.contract import promise
from offair.emulator.media.testcard.playing import count_frames
from offair.emulator.media.transcoding.ffmpeg import choose

pytest_plugins = ["pytester"]
pytestmark = needing.program("curl")

PATIENCE = 60.0
AT_THE_END = "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"
SETTLED = "== the reader looks =="


@pytest.fixture(scope="module", name="body")
def _body():
    return next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_from_the_top_of_the_page_to_a_stream_that_plays(blocks, installed):
    """A clean shell, every block in order; then the two URLs that the last one printed are watched."""
    checkout, environment = installed
    script = "\n".join(
        ["set -eo pipefail", AT_THE_END, *blocks("README.md", "sh quickstart"), f"echo '{SETTLED}'", "read -r _"]
    )
    with subprocess.Popen(
        ["bash", "-c", script], cwd=checkout, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as shell:  # fmt: skip
        watchdog = threading.Timer(PATIENCE, shell.kill)
        watchdog.start()
        lines = []
        for line in shell.stdout:
            if line.strip() == SETTLED:
                break
            lines.append(line)
        words = next((line.split() for line in reversed(lines) if line.startswith("live ")), [])
        frames = [count_frames(choose(None), url, 1.0) for url in words[1:3]]
        shell.communicate("\n", timeout=20)
        watchdog.cancel()

    assert (2, True) == (len(frames), all(frames)), "".join(lines)


@pytest.mark.media
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_is_installed_into_a_project_of_ones_own(blocks, installed, tmp_path):
    checkout, environment = installed
    (install,) = blocks("README.md", "sh install")
    script = (
        f"python3 -m venv {tmp_path}/theirs && . {tmp_path}/theirs/bin/activate\n{install}\ncd / && offair --version"
    )
    theirs = environment | {"PIP_FORCE_REINSTALL": "1", "PIP_NO_DEPS": "1"}  # they do not have what is known to us
    done = subprocess.run(
        ["bash", "-ec", script], cwd=checkout, env=theirs, capture_output=True, text=True, timeout=300, check=False
    )

    assert (0, True) == (done.returncode, "offair, version" in done.stdout), done.stdout + done.stderr


def _type(script: str, environment: dict[str, str], *, patience: float = PATIENCE) -> str:
    """Type into a shell, and give what it prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, timeout=patience, check=False,
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
def test_the_recording_example_ends_with_a_recording(blocks, emulator, environment):
    (example,) = blocks("docs/providers/tenbyte.md", "sh recording")
    house = emulator.tenancy.house("tenbyte")
    variables = environment | {
        "OFFAIR_URL": emulator.http_url,
        "TENBYTE_BASE_URL": emulator.addresses("tenbyte").api,
        "TENBYTE_API_KEY": house.credentials["api_key"],
    }
    (recording,) = json.loads(_type(example, variables, patience=PATIENCE).splitlines()[-1])["recordings"]

    assert ("ready", True) == (recording["state"], recording["seconds"] > 4), recording


def test_settings_are_given_as_the_guide_says(blocks, environment):
    (example,) = blocks("docs/guide/settings.md", "sh switches")
    ports = {"OFFAIR_PORT": "0", "OFFAIR_RTMP_PORT": "0"}

    assert "" == _type(example, environment | ports)


def test_settings_are_given_in_pytest_as_the_guide_says(blocks, pytester):
    guide = "docs/guide/settings.md"
    pytester.makeconftest(blocks(guide, "python conftest")[0])
    pytester.makefile(".toml", pyproject=blocks(guide, "toml")[0])
    pytester.makepyfile(
        test_theirs="""
        def test_it(offair):
            settings = offair.emulator.settings
            assert (7, "passthrough", True) == (
                settings.seed, settings.media_profile, settings.recordings_dir.is_dir()
            )
            assert offair.emulator.switches["tenbyte"].null_playback is True
        """
    )

    run_here(pytester, *alone()).assert_outcomes(passed=1)


def test_settings_are_given_in_python_as_the_guide_says(blocks, tmp_path, capsys):
    (example,) = blocks("docs/guide/settings.md", "python")
    exec(example.replace("/tmp/offair-state", str(tmp_path)), {})

    assert "/tenbyte/v1/livestream" in capsys.readouterr().out


@pytest.mark.media
def test_the_source_of_the_guide_is_one_that_can_be_pulled(blocks, environment, tmp_path):
    """On another port than the guide's: who calls there gets a transport stream."""
    (example,) = blocks("docs/guide/media.md", "sh")
    (tmp_path / "ffmpeg").symlink_to(choose(None))
    port = str(free_port(socket.SOCK_DGRAM))
    path = {"PATH": f"{tmp_path}{os.pathsep}{environment['PATH']}"}
    _type(
        f"cd {tmp_path} && ffmpeg -v error -f lavfi -i testsrc2=s=160x90:d=2 -c:v libx264 clip.mp4", environment | path
    )
    command = f"cd {tmp_path} && exec {example.strip().replace('9000', port)}"
    with subprocess.Popen(["bash", "-c", command], env=environment | path, stderr=subprocess.DEVNULL) as source:
        calling = f"ffmpeg -v error -i 'srt://127.0.0.1:{port}' -frames:v 5 -f framecrc -"
        printed = _type(f"for _ in 1 2 3 4 5; do {calling} && break; done", environment | path)
        source.kill()

    assert 5 == sum(line.startswith("0,") for line in printed.splitlines())


@pytest.mark.media
def test_the_commands_of_media_send_and_read(blocks, emulator, environment, body, tmp_path):
    """Two encoders over RTMPS, one after the other; while the second is on air, its MP4 is read."""
    guide = "docs/guide/media.md"
    tenant, url = emulator.tenancy.invite("tenbyte"), emulator.addresses("tenbyte").api
    stream = httpx.post(f"{url}/streams", headers=dict(tenant.headers), json=body).json()["data"]
    (tmp_path / "ffmpeg").symlink_to(choose(None))
    variables = environment | {
        "PATH": f"{tmp_path}{os.pathsep}{environment['PATH']}",
        "OFFAIR_URL": emulator.http_url,
        "OFFAIR_RTMPS_URL": emulator.rtmps_url,
        "OFFAIR_CA_FILE": emulator.ready()["ca_file"],
        "STREAM_KEY": stream["stream_key"],
        "STREAM_ID": stream["id"],
    }
    clip = "-f lavfi -i testsrc2=s=160x90:r=10:d=3 -f lavfi -i sine=d=3 -c:v libx264 -g 10 -c:a aac -shortest clip.mp4"
    _type(f"cd {tmp_path} && ffmpeg -v error {clip}", variables)
    first, second = blocks(guide, "sh rtmps")[0].strip().splitlines()
    _type(f"cd {tmp_path} && {first}", variables)
    moved = {"kind": "move", "stream": stream["id"]}
    ended = emulator.journal.wait_for({**moved, "text": "to idle"}, emulator.clock.deadline(PATIENCE))
    assert ended
    with subprocess.Popen(["bash", "-c", second], env=variables, stdout=subprocess.PIPE, text=True) as encoder:
        begun = {**moved, "text": "to starting", "after": str(ended.number)}
        assert emulator.journal.wait_for(begun, emulator.clock.deadline(PATIENCE))
        _type(f"cd {tmp_path} && {blocks(guide, 'sh progressive')[0]}", variables, patience=PATIENCE)
        printed = encoder.communicate(timeout=PATIENCE)[0]

    assert (True, True) == (
        "published 5.0 s" in printed,
        count_frames(choose(None), tmp_path / "two-seconds.mp4", 9) > 20,
    )


@pytest.mark.media
def test_a_stream_is_judged_as_the_guide_says(blocks, emulator, environment, body):
    """The example's origin is on the network; here it is ours, on a busy machine, and the watch is shorter."""
    (example,) = blocks("docs/guide/check.md", "sh")
    tenant, url = emulator.tenancy.invite("tenbyte"), emulator.addresses("tenbyte").api
    stream = httpx.post(f"{url}/streams", headers=dict(tenant.headers), json=body).json()["data"]
    with subprocess.Popen(
        ["offair", "publish", stream["id"], "--seconds", "60"], env=environment | {"OFFAIR_URL": emulator.http_url}
    ) as encoder:
        live = {"kind": "move", "stream": stream["id"], "text": "to live"}
        assert emulator.journal.wait_for(live, emulator.clock.deadline(PATIENCE))
        command = example.replace("https://example.org/live/master.m3u8", stream["playback"]["hls"])
        printed = _type(command.replace("30s", f"6s --must {' '.join(IGNORING)}"), environment, patience=PATIENCE)
        encoder.terminate()

    assert "kept" in printed


@pytest.mark.slow
@pytest.mark.timeout(5 * PATIENCE)
def test_a_server_is_judged_as_the_guide_says(blocks, emulator, environment):
    """With the examples of a quick look, and a stand-in that is ours; what it needs is installed."""
    (example,) = blocks("docs/guide/check.md", "sh server")
    tenant = emulator.tenancy.invite("tenbyte")
    install, *judging = example.splitlines()
    typed = "\n".join(judging).replace("check server", "check server --depth quick")
    typed = typed.replace("http://127.0.0.1:8420", emulator.http_url).replace("tkb…", tenant.credentials["api_key"])
    printed = _type(typed, environment, patience=4 * PATIENCE)

    assert ("pip install 'offair[contracts]'", 2) == (install, printed.count(" 0 broken"))


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
