"""Commands in an environment and a temporary folder of their own: in this process, or in another where that matters."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from free_ports import free_port

from offair.contracts.contract import promise
from offair.emulator.cli import main
from offair.emulator.core.clock import Deadline
from offair.emulator.emulator import Emulator
from offair.emulator.settings import Settings

COMMAND = str(Path(sys.executable).with_name("offair"))
PATIENCE = 60.0
FREE = ("--port", "0", "--rtmp-port", "0")


def _environment_in(folder: Path) -> dict[str, str]:
    temporary = folder / "temporary"
    temporary.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OFFAIR_")}
    return kept | {
        "TMPDIR": str(temporary),
        "OFFAIR_FFMPEG": os.environ["OFFAIR_FFMPEG"],
        "OFFAIR_URL": "http://127.0.0.1:1",
        "PATH": f"{Path(COMMAND).parent}{os.pathsep}{kept['PATH']}",
    }


@pytest.fixture(name="environment")
def _environment(tmp_path) -> dict[str, str]:
    """Ours without any setting of the stand-in: it looks for no server, tests no ffmpeg, and has its own TMPDIR."""
    return _environment_in(tmp_path)


@pytest.fixture(name="left")
def _left(environment) -> Callable[[], list[str]]:
    """Name what is in the temporary folder."""
    return lambda: sorted(path.name for path in Path(environment["TMPDIR"]).iterdir())


@dataclass(frozen=True)
class Ended:
    """A command that is over."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line that it said on stderr."""
        lines = self.err.strip().splitlines()
        assert 1 == len(lines), self.err
        return lines[0]


@pytest.fixture(name="free_port")
def _free_port() -> str:
    return str(free_port())


@contextmanager
def _surrounded(environment: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Be a process of that environment, in that folder; what a command makes of signals ends with it."""
    signals = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(tempfile, "tempdir", environment["TMPDIR"])
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            yield
        finally:
            for one, heard in signals.items():
                signal.signal(one, heard)


@pytest.fixture(name="run")
def _run(environment, tmp_path) -> Callable[..., Ended]:
    """Run a command to its end in this process, since a start of Python costs more than most; what it raises fails."""

    def run(*arguments: str, **variables: str) -> Ended:
        with _surrounded(environment | variables, tmp_path):
            done = CliRunner().invoke(main, arguments, prog_name="offair", catch_exceptions=False)
        return Ended(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(name="run_until")
def _run_until(run) -> Callable[..., Ended]:
    """Run a command in this process until something has come about, and then send it a signal.

    ``come_about`` waits for it, in a thread of its own. A signal that the command does not hear breaks it off.
    """

    def run_until(come_about: Callable[[], object], *arguments: str, sign: signal.Signals = signal.SIGINT) -> Ended:
        here, is_over = threading.get_ident(), threading.Event()

        def end() -> None:
            try:
                come_about()
            finally:
                if not is_over.is_set():
                    signal.pthread_kill(here, sign)

        before = signal.signal(sign, signal.default_int_handler)
        with ThreadPoolExecutor(1) as waiting:
            ending = waiting.submit(end)
            ended = run(*arguments)
            is_over.set()
            ending.result()
        signal.signal(sign, before)
        return ended

    return run_until


@pytest.fixture(name="read_ready")
def _read_ready() -> Callable[[Path], Any]:
    """Wait until a stand-in has written its ready file, and read it."""

    def read_ready(file: Path) -> Any:
        deadline, pause = Deadline(PATIENCE), threading.Event()
        while not file.exists():
            assert not deadline.is_over, f"no ready file within {PATIENCE:g} s"
            pause.wait(0.01)
        return json.loads(file.read_text())

    return read_ready


@pytest.fixture(name="serve_until")
def _serve_until(run_until, read_ready, environment) -> Callable[..., Ended]:
    """Run ``offair serve`` in this process; once it is ready somebody visits it, and then a signal ends it."""

    def serve_until(visit: Callable[["Serving"], object], *options: str, **sign: signal.Signals) -> Ended:
        file = Path(environment["TMPDIR"], "ready.json")
        argv = ("serve", *FREE, "--ready-file", str(file), *options)
        return run_until(lambda: visit(Serving(read_ready(file))), *argv, **sign)

    return serve_until


@pytest.fixture(name="execute")
def _execute(run, capfd) -> Callable[..., Ended]:
    """Run ``offair exec`` in this process; its command is another, and what that prints is in ``out`` too."""

    def execute(*arguments: str, **variables: str) -> Ended:
        ended = run("exec", *arguments, **variables)
        return replace(ended, out=ended.out + capfd.readouterr().out)

    return execute


@pytest.fixture(name="run_apart")
def _run_apart(environment, tmp_path) -> Callable[..., Ended]:
    """Run a command to its end in a process of its own, as it is installed."""

    def run(*arguments: str, **variables: str) -> Ended:
        done = subprocess.run(
            [COMMAND, *arguments], env=environment | variables, cwd=tmp_path, timeout=PATIENCE, check=False,
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def _published_call() -> Any:
    return next(e for e in promise("tenbyte").examples if e.name == "create-video-push").request_body


@pytest.fixture(scope="session", name="example")
def _example() -> Any:
    """The body of the published call that makes a stream."""
    return _published_call()


@dataclass(frozen=True)
class Serving:
    """A running stand-in, and the first line that ``offair serve --json`` prints; its process, where it has its own."""

    ready: Mapping[str, Any]
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return self.ready["control_url"].removesuffix("/_offair")

    @property
    def cloud(self) -> Mapping[str, Any]:
        return self.ready["clouds"]["tenbyte"]

    def ask(self, path: str, **query: str) -> Any:
        """Call the control surface."""
        answer = httpx.get(f"{self.ready['control_url']}{path}", params=query, timeout=PATIENCE)
        assert 200 == answer.status_code, answer.text
        return answer.json()

    def create(self) -> Any:
        """Make a stream with the published call, and give the answer's data."""
        answer = httpx.post(
            f"{self.cloud['base_url']}/streams", headers=self.cloud["headers"], json=_published_call(), timeout=30
        )
        assert 201 == answer.status_code, answer.text
        return answer.json()["data"]

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


@pytest.fixture(name="spawn")
def _spawn(environment, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a command (as the leader of a group like a terminal's), and kill it at the end if it still runs."""
    with ExitStack() as stack:

        def spawn(*arguments: str, is_leader: bool = False, **variables: str) -> subprocess.Popen:
            process = stack.enter_context(
                subprocess.Popen(
                    [COMMAND, *arguments], env=environment | variables, cwd=tmp_path, text=True,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    start_new_session=is_leader,
                )
            )  # fmt: skip
            stack.callback(process.kill)
            return process

        yield spawn


def read_line(process: subprocess.Popen) -> str:
    """Read the next line of a process, within a deadline."""
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    line = process.stdout.readline()
    watchdog.cancel()
    watchdog.join()
    if not line:
        raise AssertionError(f"it ended with {process.wait(PATIENCE)} and said {process.stderr.read()}")
    return line


@pytest.fixture(name="serve")
def _serve(spawn) -> Callable[..., Serving]:
    """Start a stand-in on free ports and read its first line."""

    def serve(*options: str, **variables: str) -> Serving:
        process = spawn("serve", "--json", *FREE, *options, **variables)
        return Serving(json.loads(read_line(process)), process)

    return serve


@pytest.fixture(scope="module", name="emulator")
def _emulator() -> Iterator[Emulator]:
    """One emulator for a module of tests, whose broadcasts nobody transcodes."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


@pytest.fixture(scope="module", name="serving")
def _serving(emulator) -> Serving:
    """The module's emulator, for tests that only call it: it runs in this process."""
    return Serving(emulator.ready())


@pytest.fixture(name="serve_here")
def _serve_here() -> Iterator[Callable[..., Serving]]:
    """Start a stand-in of the test's own in this process, with these settings beside free ports."""
    with ExitStack() as stack:
        yield lambda **named: Serving(stack.enter_context(Emulator(Settings(port=0, rtmp_port=0, **named))).ready())


@pytest.fixture(scope="module", name="served")
def _served(tmp_path_factory) -> Iterator[Serving]:
    """One stand-in in a process of its own, for the tests of a module that only look at it."""
    folder = tmp_path_factory.mktemp("served")
    with subprocess.Popen(
        [COMMAND, "serve", "--json", *FREE, "--media-profile", "passthrough"],
        env=_environment_in(folder), cwd=folder, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield Serving(json.loads(read_line(process)), process)
        finally:
            process.terminate()


@pytest.fixture(scope="session", name="read_line")
def _read_line() -> Callable[[subprocess.Popen], str]:
    return read_line
