"""``eval "$(offair env)"``: whoever answers on the port, nothing of theirs is run."""

import json
import shlex
import socket
import subprocess
import threading
from copy import deepcopy

import click
import pytest

from offair.emulator.cli.remote import exports

WHO = {"headers": {"X-API-Key": "k"}, "credentials": {"api_key": "k"}}
READY = {
    "control_url": "http://127.0.0.1:1/_offair", "https_url": None, "rtmp_url": "rtmp://127.0.0.1:2",
    "rtmps_url": "rtmps://127.0.0.1:3", "srt_url": "srt://127.0.0.1:4", "ca_file": None,
    "clouds": {"tenbyte": {"base_url": "http://127.0.0.1:1/x", "services": {}, **WHO}},
}  # fmt: skip
HARM = "; touch harmed #"
CLOUD = {"base_url": "u", "services": {}, "headers": {}, "credentials": {}}


def with_cloud(name, **given):
    return READY | {"clouds": {name: {**CLOUD, **given}}}


def with_credential(kind, value="v"):
    ready = deepcopy(READY)
    ready["clouds"]["tenbyte"]["credentials"] = {kind: value}
    return ready


HOSTILE = {
    "a cloud that is a command": with_cloud(f"x{HARM}"),
    "a cloud of a linker": with_cloud("ld", credentials={"preload": "/tmp/evil.so"}),
    "a cloud of a shell": with_cloud("prompt", credentials={"command": "touch harmed"}),
    "a cloud without a name": with_cloud(""),
    "a credential that is a command": with_credential(f"x{HARM}"),
    "a credential of two lines": with_credential("x\ntouch harmed\nx"),
    "a credential in another script": with_credential("é"),
    "a credential that is no text": with_credential("api_key", {"a": 1}),
    "a value with a zero in it": with_credential("api_key", "a\0b"),
    "a service that is a command": with_cloud("tenbyte", services={f"$(touch harmed){HARM}": "u"}),
    "clouds that are none": READY | {"clouds": ["tenbyte"]},
    "nothing": {},
}


@pytest.mark.parametrize("ready", HOSTILE.values(), ids=HOSTILE)
def test_whoever_names_something_else_is_not_believed(ready):
    with pytest.raises(click.ClickException, match="what answers is no stand-in"):
        exports(ready)


def test_what_fits_is_exported():
    told = exports(READY)

    assert ("k", {"X-API-Key": "k"}) == (told["TENBYTE_API_KEY"], json.loads(told["TENBYTE_HEADERS"]))


@pytest.mark.parametrize(
    "ready", [*HOSTILE.values(), with_credential("api_key", f"'{HARM}\n$(touch harmed)`touch harmed`")]
)
def test_no_stand_in_on_the_port_makes_a_shell_run_anything(run, environment, tmp_path, ready):
    content = json.dumps(ready).encode()
    with socket.create_server(("127.0.0.1", 0)) as hostile:

        def answer() -> None:
            peer, _ = hostile.accept()
            with peer:
                peer.recv(4096)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
                peer.sendall(head.encode() + content)

        thread = threading.Thread(target=answer)
        thread.start()
        printed = run("env", "--url", f"http://127.0.0.1:{hostile.getsockname()[1]}").out
        thread.join()
    subprocess.run(["sh", "-c", f"eval {shlex.quote(printed)}; true"], cwd=tmp_path, env=environment, check=True)

    assert not (tmp_path / "harmed").exists()
