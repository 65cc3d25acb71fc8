"""The commands that talk to a running stand-in: ``token``, ``env``, ``publish``."""

import json
import shlex
import socket
import subprocess
import threading

import httpx
import imageio_ffmpeg
import pytest
from click.testing import CliRunner

from offair.emulator.cli import env
from offair.emulator.cli.env import SHELLS
from offair.emulator.cli.remote import RefusedError, call_operation, exports, read_lines

NOBODY = "no stand-in answers at http://127.0.0.1:1 "
NEXT = "start one with 'offair serve', or give --url"


def test_a_token_is_a_bearer_token_of_the_printed_tenant(serving, run):
    ours = serving.create()["id"]
    token = run("token", "tenbyte", "--url", serving.url).out.strip()
    answer = httpx.get(f"{serving.cloud['base_url']}/streams", headers={"Authorization": f"Bearer {token}"})

    assert (200, True) == (answer.status_code, ours in [stream["id"] for stream in answer.json()["data"]])


def test_a_token_lasts_as_long_as_asked_on_the_clouds_clock(serve_here, run):
    serving = serve_here()
    token = run("token", "tenbyte", "--seconds", "60", OFFAIR_URL=serving.url).out.strip()
    httpx.post(f"{serving.ready['control_url']}/clock/advance", json={"seconds": 61})
    answer = httpx.get(f"{serving.cloud['base_url']}/streams", headers={"Authorization": f"Bearer {token}"})

    assert 401 == answer.status_code


def test_a_token_of_an_unknown_cloud_or_tenant_is_refused_in_a_sentence(serving, run, providers):
    cloud = run("token", "nowhere", "--url", serving.url)
    tenant = run("token", "tenbyte", "--tenant", "nobody", "--url", serving.url)

    assert (1, True, 1, True) == (
        cloud.code,
        f"there is no cloud nowhere; there is {', '.join(providers)}" in cloud.sentence,
        tenant.code,
        "there is no tenant nobody" in tenant.sentence,
    )


@pytest.mark.parametrize("command", [("token", "tenbyte"), ("env",), ("publish", "a-stream")])
def test_without_a_server_there_is_a_sentence(run, command):
    ended = run(*command)

    assert (1, "", True, True) == (ended.code, ended.out, NOBODY in ended.sentence, NEXT in ended.sentence)


def test_a_server_that_is_something_else_is_no_traceback(run):
    """Another program's page on the port is the likeliest mistake."""
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            peer, _ = other.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")

        thread = threading.Thread(target=answer)
        thread.start()
        ended = run("env", "--url", f"http://127.0.0.1:{other.getsockname()[1]}")
        thread.join(30)

    assert (1, True) == (ended.code, "is no stand-in" in ended.sentence), ended.err


@pytest.mark.parametrize("url", ["nonsense", "127.0.0.1:8420", "ftp://127.0.0.1"])
def test_an_url_that_is_none_is_no_traceback(run, url):
    ended = run("env", "--url", url)

    assert (1, True) == (ended.code, "is no URL of a stand-in; it looks like http://127.0.0.1:8420" in ended.sentence)


def test_env_prints_exports_that_a_shell_can_read(serving, run, environment):
    printed = run("env", "--url", serving.url).out
    names = ("OFFAIR_URL", "OFFAIR_RTMP_URL", "TENBYTE_BASE_URL", "TENBYTE_API_KEY")
    script = f"eval {shlex.quote(printed)}; printenv {' '.join(names)}"
    seen = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=True).stdout

    assert [
        serving.url,
        serving.ready["rtmp_url"],
        serving.cloud["base_url"],
        serving.cloud["credentials"]["api_key"],
    ] == seen.split()


@pytest.mark.parametrize("shell", ["sh", "dotenv", "plain", "json"])
def test_env_writes_the_same_for_every_reader(serving, run, shell):
    text = run("env", "--url", serving.url, "--shell", shell).out
    match shell:
        case "sh":
            read = dict(shlex.split(line)[1].split("=", 1) for line in text.splitlines())
        case "plain":
            read = dict(line.split("=", 1) for line in text.splitlines())
        case "dotenv":
            read = dict(shlex.split(line)[0].split("=", 1) for line in text.splitlines())
        case _:
            read = json.loads(text)

    assert exports(serving.ready) == read


def test_every_listener_is_among_them(serving):
    variables = exports({**serving.ready, "https_url": "https://127.0.0.1:1"})
    names = ("OFFAIR_URL", "OFFAIR_HTTPS_URL", "OFFAIR_RTMP_URL", "OFFAIR_RTMPS_URL", "OFFAIR_SRT_URL")

    assert [] == [name for name in names if "://" not in variables.get(name, "")]


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", """export A='it'"'"'s $x'"""),
        ("fish", r"set -gx A 'it\'s $x'"),
        ("powershell", "$env:A = 'it''s $x'"),
    ],
)
def test_values_are_quoted_as_the_shell_reads_them(shell, line):
    assert line == SHELLS[shell]("A", "it's $x")


@pytest.mark.parametrize("wrong", [{"A;rm": "x"}, {"lower": "x"}, {"A": "x\ny"}, {"A": "\x1b[2J"}])
def test_what_no_shell_should_read_is_not_printed(monkeypatch, wrong):
    """A stand-in that is none of ours may answer there."""
    monkeypatch.setattr(env, "ask", lambda *_, **__: {})
    monkeypatch.setattr(env, "exports", lambda _: wrong)
    ended = CliRunner().invoke(env.command, ["--url", "http://127.0.0.1:1"])

    assert (1, "") == (ended.exit_code, ended.stdout)


@pytest.mark.parametrize(("shell", "reader"), [("bash", "sh"), ("zsh", "sh"), ("pwsh", "powershell"), ("sh", "sh")])
def test_a_shell_goes_by_its_own_name_too(monkeypatch, shell, reader):
    monkeypatch.setattr(env, "ask", lambda *_, **__: {})
    monkeypatch.setattr(env, "exports", lambda _: {"A": "b c"})

    assert f"{SHELLS[reader]('A', 'b c')}\n" == CliRunner().invoke(env.command, ["--shell", shell]).stdout


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "soon"])
def test_a_time_that_never_ends_is_not_waited_for(seconds):
    ended = CliRunner().invoke(env.command, ["--wait", seconds])

    assert (2, True) == (ended.exit_code, f"--wait cannot be '{seconds}': it is a number from 0 to" in ended.output)


def test_env_waits_for_one_that_is_starting(spawn, run, free_port):
    spawn("serve", "--json", "--port", free_port, "--rtmp-port", "0")
    ended = run("env", "--wait", "60", "--url", f"http://127.0.0.1:{free_port}")

    assert (0, True) == (ended.code, f"export OFFAIR_URL=http://127.0.0.1:{free_port}\n" in ended.out), ended.err


def test_publishing_to_a_stream_that_is_not_there_is_a_sentence(serving, run):
    ended = run("publish", "nothing", "--url", serving.url)

    assert (1, "Error: there is no stream nothing; 'offair streams' lists those that are") == (
        ended.code,
        ended.sentence.strip(),
    )


def test_a_file_in_the_place_of_the_stream_is_told_where_it_goes(serving, run, tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.touch()

    assert f"write 'offair publish STREAM {clip}'" in run("publish", str(clip), "--url", serving.url).sentence


def test_publishing_to_nobody_is_a_sentence(run):
    ended = run("publish", "rtmp://127.0.0.1:1/live/key")

    assert (1, True) == (ended.code, "nobody takes RTMP at 127.0.0.1:1" in ended.sentence)


@pytest.mark.parametrize(
    "url", ["rtmp://127.0.0.1", "rtmp://127.0.0.1/app", "http://127.0.0.1/app/key", "rtmp://[::1", "rtmp://h:99999/a/b"]
)
def test_publishing_to_what_is_no_rtmp_url_is_a_sentence(run, url):
    ended = run("publish", url)

    assert (1, True) == (ended.code, "it looks like rtmp://host:port/app/key" in ended.sentence)


@pytest.mark.parametrize("url", ["srt://127.0.0.1", "srt://127.0.0.1:9710?mode=listener"])
def test_publishing_to_what_is_no_srt_url_is_a_sentence(run, url):
    ended = run("publish", url)

    assert (1, True) == (ended.code, "it looks like srt://host:port?streamid=app/key" in ended.sentence), ended.err


def test_a_fault_that_is_none_is_told_how_to_write_one(run):
    ended = run("publish", "a-stream", "--fault", "explode@5")

    assert (2, True) == (ended.code, "black@5+3" in ended.err), ended.err


def test_publishing_a_file_that_is_not_there_is_a_sentence(run):
    ended = run("publish", "a-stream", "nothing.mp4")

    assert (2, True) == (ended.code, "nothing.mp4" in ended.err)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda url: call_operation("GET", f"{url}/_offair/streams/none", {}, None), id="an operation"),
        pytest.param(lambda url: next(read_lines(url, "/streams/none", {})), id="an answer that goes on"),
    ],
)
def test_a_refusal_is_read_and_let_go(serving, asked):
    """Since Python 3.14 an answer that nobody closed is a warning, of whichever test runs when it is thrown away."""
    with pytest.raises(RefusedError) as refused:
        asked(serving.url)

    assert (404, True) == (refused.value.status, refused.value.__cause__.closed)


@pytest.mark.media
def test_a_wrong_key_is_refused_in_the_servers_words(serving, run):
    ended = run("publish", f"{serving.ready['rtmp_url']}/live/wrong", "--seconds", "1")

    assert (1, True) == (ended.code, "NetStream.Publish" in ended.sentence), ended.err


@pytest.mark.media
def test_a_stream_is_published_by_its_id(serving, run):
    stream = serving.create()
    ended = run("publish", stream["id"], "--seconds", "1", "--url", serving.url)

    assert (0, True, "") == (ended.code, ended.out.startswith("published 1.0 s, 30 frames, "), ended.err), ended.out


@pytest.mark.media
def test_a_file_is_published_by_url(serving, run, tmp_path):
    """Whatever ffmpeg reads will do; it ends by itself at the file's end."""
    clip = tmp_path / "clip.mp4"
    making = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=1", "-c:v", "libx264", "-preset", "ultrafast", str(clip)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", *making], check=True, timeout=30)
    stream = serving.create()
    url = serving.ask(f"/streams/{stream['id']}")["publish_url"]
    ended = run("publish", url, str(clip))

    assert (0, True, "") == (ended.code, ", 10 frames, " in ended.out, ended.err), ended.out


@pytest.mark.media
def test_a_file_that_is_no_media_is_refused_in_ffmpegs_words(serving, run, tmp_path):
    (tmp_path / "clip.mp4").write_text("no media\n" * 100)
    stream = serving.create()
    ended = run("publish", stream["id"], str(tmp_path / "clip.mp4"), "--url", serving.url)

    assert (1, True, False) == (ended.code, "ffmpeg made no media" in ended.err, "Traceback" in ended.err), ended.err


@pytest.mark.media
def test_a_signal_ends_a_publication_in_order(serving, spawn):
    stream = serving.create()
    encoder = spawn("publish", stream["id"], "--url", serving.url)
    serving.ask("/journal/wait", stream=stream["id"], kind="move", text="to live", timeout="30")
    encoder.terminate()
    out, err = encoder.communicate(timeout=60)

    assert (0, True, "") == (encoder.returncode, out.startswith("published "), err)
