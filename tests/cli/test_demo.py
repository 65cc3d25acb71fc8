"""``offair demo``: the promise that everything plays, kept in front of the user."""

import re
import signal
import socket

import pytest

PLAYED = re.compile(r"^  (hls|dash): plays, (\d+) frames decoded  (http://\S+)$", re.MULTILINE)


@pytest.mark.media
def test_it_runs_to_its_end_and_prints_urls_that_played(run_apart, left, providers):
    """Each cloud has one at least. A port that somebody else has is replaced by a free one."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = run_apart("demo", "--no-keep", "--port", port, "--rtmp-port", "0")
    played = PLAYED.findall(ended.out)

    assert (0, "", {"hls", "dash"}, set(providers), [], False, []) == (
        ended.code,
        ended.err,
        {protocol for protocol, _, _ in played},
        {cloud for _, _, url in played for cloud in providers if f"/{cloud}/" in url},
        [url for _, frames, url in played if int(frames) < 10],
        f":{port}" in ended.out,
        left(),
    )


@pytest.mark.media
def test_kept_on_air_it_ends_with_a_signal(spawn, left, read_line):
    process = spawn("demo", "--keep", "--port", "0", "--rtmp-port", "0")
    while "Still on air" not in read_line(process):
        pass
    process.send_signal(signal.SIGINT)

    assert (0, []) == (process.wait(60), left())


@pytest.mark.media
def test_broken_off_it_says_so_and_leaves_nothing(spawn, left, read_line):
    process = spawn("demo", "--port", "0", "--rtmp-port", "0")
    while "-> stream" not in read_line(process):
        pass
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]

    assert (130, "\nStopped.\n", []) == (process.returncode, err, left())


def test_a_demo_without_an_ffmpeg_is_a_sentence(run):
    ended = run("demo", "--no-keep", "--port", "0", "--rtmp-port", "0", "--ffmpeg", "/no/ffmpeg")

    assert (1, True) == (ended.code, "/no/ffmpeg (named by the user): there is no" in ended.sentence), ended.err
