"""``offair serve``: what it prints, and what it leaves."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from offair.emulator.cli.starting import exposure
from offair.emulator.core.clock import Clock

KEYS = {
    "ready", "pid", "control_url", "console_url", "https_url", "rtmp_url", "rtmps_url", "srt_url",
    "whip_media_url", "ca_file",
    "ffmpeg", "clouds",
}  # fmt: skip
HEAVY = {
    "jwt", "rich", "ffmpeg", "imageio", "imageio_ffmpeg", "hypothesis", "respx", "schemathesis", "boto3",
    "cryptography", "trustme", "OpenSSL", "pylibsrtp", "jsonschema_rs", "wsproto",
}  # fmt: skip


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as knocking:
        return knocking.connect_ex((parts.hostname, parts.port)) == 0


def test_the_first_line_says_all_that_a_script_needs(served):

    assert (KEYS, True, served.process.pid, {"base_url", "services", "headers", "credentials"}) == (
        set(served.ready),
        served.ready["ready"],
        served.ready["pid"],
        set(served.cloud),
    )


def test_what_is_not_served_is_null(served):
    assert None is served.ready["https_url"]


def test_the_console_is_where_it_is_printed(served):
    answer = httpx.get(served.ready["console_url"])

    assert (200, True) == (answer.status_code, "text/html" in answer.headers["Content-Type"])


def test_the_printed_addresses_answer(served):

    opened = [_is_open(served.ready[name]) for name in ("rtmp_url", "rtmps_url")]

    assert ({"status": "up"}, [True, True]) == (served.ask("/health"), opened)


def test_a_person_reads_urls_headers_and_what_an_rtmps_encoder_needs(serve_until, tmp_path):
    """And the CA's file is there once the ready file is; the line can be pasted into a shell, whatever the folder."""
    read = []
    folder = tmp_path / "a folder's"
    shown = serve_until(
        lambda serving: read.append(Path(serving.ready["ca_file"]).read_text()), "--state", str(folder)
    ).out
    (line,) = [line for line in shown.splitlines() if "-ca_file" in line]

    assert read[0].startswith("-----BEGIN CERTIFICATE-----")
    words = (f"(pid {os.getpid()})", "/tenbyte/v1/livestream", "X-API-Key: ", "/_offair/console/")
    assert [] == [word for word in words if word not in shown]
    said = shlex.split(line)
    assert ["ffmpeg", "...", "-f", "flv", "-tls_verify", "1", "-ca_file", f"{folder}/tls/ca.pem"] == said[:8]
    assert said[8].startswith("rtmps://")


def test_half_a_certificate_ends_the_start_with_a_sentence(run):
    assert "tls_cert and tls_key belong together" in run("serve", "--port", "0", "--tls-cert", "cert.pem").sentence


def test_the_printed_credentials_work(served):
    by_header = httpx.get(f"{served.cloud['base_url']}/streams", headers=served.cloud["headers"])
    by_hand = httpx.get(
        f"{served.cloud['base_url']}/streams", headers={"X-API-Key": served.cloud["credentials"]["api_key"]}
    )

    assert (200, 200) == (by_header.status_code, by_hand.status_code)


def test_ready_tells_the_same_as_the_first_line(served):

    assert served.ready == served.ask("/ready")


def test_what_has_secrets_in_it_is_the_owners_alone(serve_until, environment, tmp_path):
    """The database, what is beside it, the key of the local CA, and the ready file."""
    state, file = tmp_path / "state", Path(environment["TMPDIR"], "ready.json")
    modes = {}

    def look(serving):
        serving.create()
        for path in (state, file, *state.glob("offair.*"), state / "tls" / "ca.key"):
            modes[path.name] = path.stat().st_mode & 0o777

    serve_until(look, "--state", str(state))

    assert {"ready.json", "offair.sqlite", "offair.sqlite-wal", "ca.key"} <= modes.keys()
    assert (0o700, {0o600}) == (modes.pop("state"), {*modes.values()})


def test_the_ready_file_is_never_half_written(tmp_path):
    """It is written beside its place and moved there: whoever finds it can read it."""
    from offair.emulator.cli.serve import write_ready

    file = tmp_path / "ready.json"
    file.write_text("old")
    with file.open() as held:
        write_ready(file, {"ready": True})

        assert ("old", {"ready": True}, ["ready.json"]) == (
            held.read(),
            json.loads(file.read_text()),
            [path.name for path in tmp_path.iterdir()],
        )


def test_a_signal_ends_it_and_nothing_is_left(serve, read_ready, environment, left):
    """The ready file has the first line for as long as it runs."""
    file = Path(environment["TMPDIR"], "ready.json")
    serving = serve("--ready-file", str(file))
    content = read_ready(file)
    code = serving.end()

    assert (serving.ready, 0, [], False, False, "") == (
        content,
        code,
        left(),
        _is_open(serving.url),
        _is_open(serving.ready["rtmp_url"]),
        serving.process.stderr.read(),
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGHUP])
def test_another_signal_ends_it_too(serve_until, left, sign):
    ended = serve_until(lambda serving: serving.ask("/health"), "--json", sign=sign)

    assert (0, "", []) == (ended.code, ended.err, left())


def test_who_is_to_outlive_the_terminal_does(serve_until):
    """Nohup ignores SIGHUP before it starts us."""
    said = []

    def hang_up(serving):
        signal.raise_signal(signal.SIGHUP)
        said.append(serving.ask("/health"))

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ended = serve_until(hang_up)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert ([{"status": "up"}], 0) == (said, ended.code)


def test_an_emulator_that_is_just_starting_can_be_stopped(spawn, left):
    process = spawn("serve", "--json", "--port", "0", "--rtmp-port", "0", "--ready-file", "ready.json")
    process.terminate()

    assert (True, []) == (process.wait(60) in {0, -signal.SIGTERM}, left())


@pytest.mark.media
def test_stopping_ends_what_runs_for_a_publication(serve, spawn, left):
    """The transcoder belongs to nobody else: it and the encoder's command go too."""
    serving = serve("--media-profile", "light")
    stream = serving.create()
    encoder = spawn("publish", stream["id"], "--url", serving.url)
    serving.ask("/journal/wait", stream=stream["id"], kind="move", text="to live", timeout="30")
    transcoders = [Path(f"/proc/{running['pid']}") for running in serving.ask("/state")["transcoders"]]
    were_running = [process.exists() for process in transcoders]
    code = serving.end()
    encoder.wait(60)

    assert ([True], [False], 0, 1, []) == (
        were_running,
        [process.exists() for process in transcoders],
        code,
        encoder.returncode,
        left(),
    )


def test_what_is_heavy_is_not_imported_at_the_start(environment):
    """The start-up time and the memory are a promise; what only some calls need, those calls import."""
    argv = [sys.executable, "-X", "importtime", str(Path(sys.executable).with_name("offair")), "serve", "--json"]
    del environment["OFFAIR_FFMPEG"]
    with subprocess.Popen(
        [*argv, "--port", "0", "--rtmp-port", "0"], env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        said: list[str] = []
        deadline = Clock().deadline(60)
        for line in process.stderr:  # read on: a full pipe would hold it
            said.append(line)
            if "offair.emulator.web.control.mount" in line or deadline.is_over:
                break
        process.stdout.readline()
        process.terminate()
        said += process.communicate(timeout=60)[1].splitlines()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in said if line.startswith("import time:")}

    assert (True, set()) == ("flask" in imported, HEAVY & imported)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "stand.example"])
def test_whoever_opens_it_to_others_is_told_what_that_means(host):
    assert "asks for no credentials" in exposure(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_whoever_keeps_it_to_the_machine_is_told_nothing(host):
    assert None is exposure(host)
