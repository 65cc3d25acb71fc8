"""The only place that starts processes: a child with a pipe to it, its last words, and a ladder to stop it.

A child reads its input from our end of a pipe, so it ends by itself when this process is killed. One that waits for
something else than its input (a silent network) is kept on a leash.
"""

import fcntl
import os
import re
import select
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from offair.emulator.media.transcoding.leftovers import find_marked, marked

TimedOut = subprocess.TimeoutExpired  # what run() raises when a command takes too long
WORDS = 4096  # characters of stderr that are kept
EOF_PATIENCE = 2.0  # seconds after end of input
SIGNAL_PATIENCE = 1.0  # seconds after SIGINT
POLL = 0.25
# which part of ffmpeg says a line, or of its libsrt, with the time
SPEAKER = re.compile(r"\[[^\]]* @ 0x[0-9a-f]+\] |[\d:.]+/SRT:\S+: (@\d+: )?(\w+: )?")
ECHOES = ("Error opening input file", "Error opening output file")  # after the line that says why
GIST_LINES = 3
LOOKS = 100  # for what a command left
FREE = b"\n"
WARDEN = 'read -r free || kill -KILL "$0"'  # a line means that the child has ended by itself
HELD = ("/bin/sh", "-c", 'read -r free && exec "$0" "$@"')  # until a line says that the leash is fastened


@dataclass(frozen=True, slots=True)
class Exit:
    """How a child ended: its code (negative for a signal), its last words, and whether we wanted it to end."""

    code: int
    words: str
    was_wanted: bool

    @property
    def is_failure(self) -> bool:
        """It ended with an error, or without having been asked to."""
        return not self.was_wanted or self.code not in {0, 255, -signal.SIGINT}

    @property
    def gist(self) -> str:
        """Its last few lines in one, without saying the same twice; its code when it said nothing."""
        lines = dict.fromkeys(SPEAKER.sub("", line).strip() for line in self.words.splitlines())
        said = [line for line in lines if line and not line.startswith(ECHOES)]
        return "; ".join(said[-GIST_LINES:]) or f"ffmpeg exited with {self.code}"


class Process:
    """A running child. ``wanted`` is what we asked for, :attr:`is_running` what is.

    ``keep`` are file descriptors that the child inherits; they are closed on our side once it has them. ``folder`` is
    where it works. ``on_exit`` is called once, from the child's own watching thread. With ``is_leashed`` the child is
    ended as soon as this process is gone, however that came.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        name: str,
        on_exit: Callable[[Exit], None],
        keep: Sequence[int] = (),
        is_leashed: bool = False,
        folder: Path | None = None,
    ) -> None:
        self._on_exit = on_exit
        self._words: deque[str] = deque()
        self._is_wanted = True
        self._leash = _Leash() if is_leashed else None
        collars = () if self._leash is None else (self._leash.collar,)
        try:
            self._child = subprocess.Popen(  # noqa: S603 - argv is ours, and a shell takes it as it is
                argv if self._leash is None else [*HELD, *argv],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                pass_fds=(*keep, *collars), cwd=folder,
                start_new_session=True,  # a Ctrl-C at the terminal is for us; we stop our children in order
            )  # fmt: skip
            self._input = self._child.stdin
            assert self._input is not None  # noqa: S101 - for the type checker: a pipe was asked for
            self._descriptor = self._input.fileno()
            if self._leash is not None:
                self._leash.fasten(self._child.pid)
                os.write(self._descriptor, FREE)
        except BaseException:
            self._unleash()
            raise
        finally:
            for descriptor in (*keep, *collars):
                os.close(descriptor)
        os.set_blocking(self._descriptor, False)
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name=f"offair-watch-{name}", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """The child has not ended yet."""
        return not self._over.is_set()

    def write(self, content: bytes, *, go_on: Callable[[], bool]) -> bool:
        """Give the child its input, waiting while its pipe is full for as long as ``go_on`` says; False if it ended."""
        view = memoryview(content)
        poller = select.poll()
        poller.register(self._descriptor, select.POLLOUT)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                if not go_on():
                    return False
                poller.poll(POLL * 1000)
            except OSError:  # a broken pipe, or one that stop() closed
                return False
        return True

    def end_input(self) -> None:
        """Tell the child that there is no more; what it still has, it finishes."""
        self._is_wanted = False
        if self._input is not None:
            with suppress(OSError):
                self._input.close()

    def kill(self) -> None:
        """End the child now, whatever it does; returns at once, and :meth:`stop` waits for it."""
        self._is_wanted = False
        with suppress(ProcessLookupError):
            self._child.kill()

    def stop(self) -> None:
        """End the child: end of input, then SIGINT, then SIGKILL, each with its patience. Back when it is gone."""
        self.end_input()
        for patience, sign in ((EOF_PATIENCE, signal.SIGINT), (SIGNAL_PATIENCE, signal.SIGKILL)):
            if self._over.wait(patience):
                break
            with suppress(ProcessLookupError):
                self._child.send_signal(sign)
        self._over.wait()
        if threading.current_thread() is not self._watcher:
            self._watcher.join()

    def _unleash(self) -> None:
        if self._leash is not None:
            self._leash.loosen()
            self._leash = None

    def _watch(self) -> None:
        """Read the child's words and wait for its end, which whoever stops it hears of in any case."""
        stream = self._child.stderr
        assert stream is not None  # noqa: S101 - for the type checker: a pipe was asked for
        try:
            self._listen(stream)
        except Exception as error:  # noqa: BLE001 - they are not worth more than that the child's end is heard of
            self._words.append(f"its words cannot be read: {error!r}")
        finally:
            stream.close()  # a child that has more to say is not held
        try:
            code = self._child.wait()
        finally:
            self._unleash()
            self._over.set()
        self._on_exit(Exit(code, "".join(self._words).strip()[-WORDS:], was_wanted=not self._is_wanted))

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._words.append(line.decode("utf-8", "replace"))
            while sum(map(len, self._words)) > WORDS and len(self._words) > 1:
                self._words.popleft()


class _Leash:
    """A pipe that closes when this process is gone, however that came; whoever is on the other end is ended by it.

    ``collar`` is the other end. Linux has a signal for that: the child holds the collar without knowing it, and gets
    SIGKILL when there is something to be read (fcntl(2): F_SETOWN, F_SETSIG, O_ASYNC). Other systems have that for
    SIGIO alone, which ends nobody there: a shell holds the collar too, and kills when it reads the end of it.
    """

    def __init__(self) -> None:
        self.collar, self._held = os.pipe()
        self._warden: subprocess.Popen[bytes] | None = None

    def fasten(self, child: int) -> None:
        """Tie a child to this process."""
        if hasattr(fcntl, "F_SETSIG"):
            fcntl.fcntl(self.collar, fcntl.F_SETOWN, child)
            fcntl.fcntl(self.collar, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(self.collar, fcntl.F_SETFL, fcntl.fcntl(self.collar, fcntl.F_GETFL) | os.O_ASYNC)
            return
        self._warden = subprocess.Popen(  # noqa: S603 - a script of ours
            ["/bin/sh", "-c", WARDEN, str(child)],
            stdin=self.collar, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def loosen(self) -> None:
        """Let go: the child has ended, and its number may be another's soon."""
        if self._warden is not None:
            with suppress(OSError):
                os.write(self._held, FREE)
        os.close(self._held)
        if self._warden is not None:
            self._warden.wait()


def run(
    argv: Sequence[str],
    *,
    content: bytes = b"",
    timeout: float,
    environment: Mapping[str, str] | None = None,
    is_enough: threading.Event | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a short command to its end and give what it printed; OSError when it cannot be started.

    It is over when it has ended itself: whatever it started and left is killed, and may hold what it inherited. Who
    went its own way (setsid) is found only where an ``environment`` is given, and where the system shows it. TimedOut
    after so many real seconds, and soon after somebody says that it ``is_enough``. The library's own time-out is
    counted by a clock that a test may have frozen.
    """
    with TemporaryFile() as asked, TemporaryFile() as printed, TemporaryFile() as words:  # a pipe ends with its holders
        asked.write(content)
        asked.seek(0)
        known = None if environment is None else marked(environment, asked.fileno())
        with (
            ThreadPoolExecutor(1, thread_name_prefix="offair-run") as pool,
            subprocess.Popen(  # noqa: S603 - argv is ours, without a shell
                argv, stdin=asked, stdout=printed, stderr=words, start_new_session=True, env=known
            ) as child,
        ):
            try:
                _await(pool.submit(child.wait), timeout, is_enough)
            except TimeoutError:
                raise TimedOut(argv, timeout) from None
            finally:
                _kill_all(child)
                _kill_leftovers(known)
        said = [_whole(file) for file in (printed, words)]
    return subprocess.CompletedProcess(argv, child.returncode, *said)


def _await(end: Future[int], timeout: float, is_enough: threading.Event | None) -> None:
    while is_enough is not None and timeout > POLL and not is_enough.is_set():
        with suppress(TimeoutError):
            end.result(POLL)
            return
        timeout -= POLL
    end.result(0 if is_enough is not None and is_enough.is_set() else timeout)


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _kill_all(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
        os.killpg(child.pid, signal.SIGKILL)


def _kill_leftovers(environment: Mapping[str, str] | None) -> None:
    """Kill what went its own way, until nothing is left: it may start another while it is looked for."""
    for _ in range(LOOKS):
        found = [] if environment is None else find_marked(environment)
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def run_in_foreground(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a user's own command on our terminal and give its exit code (128 + n for signal n).

    SIGTERM and SIGHUP are passed on to it, so this must be called from the main thread, and its answer is what counts.
    """
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(sign: int, _: object) -> None:
        if child is None:
            early.append(sign)
        else:
            child.send_signal(sign)

    # Ctrl-C: the terminal gave it to the child too. It must not become an exception here, which could come between
    # the system's word of the child's end and our remembering it, and turn its exit code into 0.
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # as nohup has SIGHUP
            before[sign] = signal.signal(sign, pass_on)
    try:
        child = subprocess.Popen(argv, env=environment)  # noqa: S603 - the user's own command, without a shell
        for heard in early:
            child.send_signal(heard)
        code = _wait_alert(child)
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
        for heard in early if child is None else ():
            signal.raise_signal(heard)
    return code if code >= 0 else 128 - code


def _wait_alert(child: subprocess.Popen[bytes]) -> int:
    """Wait in a thread, so that this one hears signals: one that came just before it waited would be heard after."""
    with ThreadPoolExecutor(1, thread_name_prefix="offair-run") as pool:
        end = pool.submit(child.wait)
        while True:
            with suppress(TimeoutError):
                return end.result(POLL)
