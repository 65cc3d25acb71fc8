"""Children of ours: their input, their last words, their end. Plain Python stands in for ffmpeg."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from freezegun import freeze_time

from offair.emulator.core.clock import Deadline
from offair.emulator.media.transcoding.process import Exit, Process, TimedOut, run, run_in_foreground

FAR = 30.0
ECHO = "import sys; data = sys.stdin.buffer.read(); print(len(data), file=sys.stderr)"
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
CRASH = "import sys; print('cannot go on', file=sys.stderr); sys.exit(7)"


class _Ends(list):
    """Collects exits, and lets a test wait for the first."""

    def __init__(self):
        super().__init__()
        self.came = threading.Event()

    def __call__(self, over):
        self.append(over)
        self.came.set()


@pytest.fixture(name="ends")
def _ends():
    return _Ends()


def _start(code, ends):
    return Process([sys.executable, "-c", code], name="test", on_exit=ends)


def test_a_child_reads_all_that_it_was_given(ends):
    child = _start(ECHO, ends)
    child.write(b"x" * 300_000, go_on=lambda: True)
    child.stop()

    assert [Exit(0, "300000", was_wanted=True)] == ends


def test_an_end_that_nobody_asked_for_is_a_failure_with_its_last_words(ends):
    child = _start(CRASH, ends)
    ends.came.wait(30)
    child.stop()

    assert [Exit(7, "cannot go on", was_wanted=False)] == ends


def test_writing_to_a_child_that_ended_tells_so(ends):
    child = _start(CRASH, ends)
    ends.came.wait(30)

    assert not child.write(b"x", go_on=lambda: True)
    child.stop()


def test_writing_stops_when_it_makes_no_sense_any_more(ends):
    child = _start("import time; time.sleep(60)", ends)
    is_written = child.write(b"x" * (8 << 20), go_on=lambda: False)
    child.end_input()
    import os

    os.kill(child.pid, signal.SIGKILL)
    child.stop()

    assert not is_written


def test_a_child_that_ignores_everything_is_killed(ends):
    child = _start(DEAF, ends)
    child.stop()

    assert -signal.SIGKILL == ends[0].code


def test_stopping_twice_is_fine(ends):
    child = _start(ECHO, ends)
    child.stop()
    child.stop()

    assert 1 == len(ends)


def test_only_the_last_words_are_kept(ends):
    child = _start(
        "import sys; [print('x' * 100, file=sys.stderr) for _ in range(1000)]; print('end', file=sys.stderr)", ends
    )
    ends.came.wait(30)
    child.stop()

    assert (True, True) == (ends[0].words.endswith("end"), len(ends[0].words) <= 4096)


@pytest.mark.parametrize(
    ("code", "expected"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 15)", 143)]
)
def test_a_users_command_passes_its_exit_code_on(code, expected):
    assert expected == run_in_foreground([sys.executable, "-c", code], {})


HOLDING = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=bool(sys.argv[1]))
print(child.pid)
"""


def test_a_short_command_gives_what_it_printed():
    done = run([sys.executable, "-c", "import sys; print(sys.stdin.read().upper())"], content=b"hi", timeout=FAR)

    assert (0, b"HI\n", b"") == (done.returncode, done.stdout, done.stderr)


def test_a_short_command_that_takes_too_long_is_killed_however_time_stands():
    """A downstream test may have frozen Python's clocks meanwhile."""
    with freeze_time("2012-01-14"), pytest.raises(TimedOut, match=r"timed out after 0\.5 seconds"):
        run([sys.executable, "-c", DEAF], timeout=0.5)


LEASHED = """
import fcntl, signal, sys, time
if sys.argv[1] == "portable":
    del fcntl.F_SETSIG, fcntl.F_SETOWN
from offair.emulator.media.transcoding.process import Process
child = Process([sys.executable, "-c", sys.argv[2]], name="test", on_exit=print, is_leashed=True)
print(child.pid, flush=True)
time.sleep(60)
"""


def _is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _ends_soon(pid):
    deadline = Deadline(30)
    while _is_alive(pid) and not deadline.is_over:
        threading.Event().wait(0.01)
    return not _is_alive(pid)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="what runs is read from /proc")
def test_what_a_short_command_leaves_running_ends_with_it():
    done = run([sys.executable, "-c", HOLDING, ""], timeout=FAR)

    assert _ends_soon(int(done.stdout))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="what runs is read from /proc")
def test_who_goes_its_own_way_ends_too_where_its_environment_says_whose_it_is():
    done = run([sys.executable, "-c", HOLDING, "its own"], timeout=FAR, environment={"PATH": os.defpath})

    assert _ends_soon(int(done.stdout))


def test_who_goes_its_own_way_holds_nobody_up():
    done = run([sys.executable, "-c", HOLDING, "its own"], timeout=FAR)
    os.kill(int(done.stdout), signal.SIGKILL)

    assert 0 == done.returncode


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="what runs is read from /proc")
@pytest.mark.parametrize("system", ["Linux", "portable"])
def test_a_leashed_child_is_gone_with_its_parent_though_it_reads_no_input_and_minds_no_signal(system):
    argv = [sys.executable, "-c", LEASHED, system, DEAF.replace("SIGINT", "SIGIO")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        was_alive = _is_alive(child)
        parent.kill()

    assert (True, True) == (was_alive, _ends_soon(child))


UNFASTENED = """
import os, signal, sys
from offair.emulator.media.transcoding import process
process._Leash.fasten = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
process.Process(["sleep", "60"], name="test", on_exit=print, keep=[int(sys.argv[1])], is_leashed=True)
"""


def test_a_child_does_not_begin_before_it_is_leashed():
    """Its parent may be killed in between; whoever inherited the end of a pipe is gone when that closes."""
    reads, writes = os.pipe()
    with subprocess.Popen([sys.executable, "-c", UNFASTENED, str(writes)], pass_fds=(writes,)) as parent:
        os.close(writes)
        parent.wait(FAR)
    is_over, _, _ = select.select([reads], [], [], FAR)
    os.close(reads)

    assert (-signal.SIGKILL, True) == (parent.returncode, bool(is_over))


@pytest.fixture(name="fcntl", params=["Linux", "portable"])
def _fcntl(request, monkeypatch):
    """What the system has: with SIGKILL for what happens at a descriptor, and without, as macOS."""
    if request.param == "portable":
        monkeypatch.delattr(fcntl, "F_SETSIG", raising=False)


@pytest.mark.usefixtures("fcntl")
def test_a_leashed_child_may_be_stopped_like_any_other(ends):
    child = Process([sys.executable, "-c", ECHO], name="test", on_exit=ends, is_leashed=True)
    child.write(b"x" * 1000, go_on=lambda: True)
    child.stop()

    assert [Exit(0, "1000", was_wanted=True)] == ends


def test_a_killed_child_is_gone_at_once(ends):
    child = _start(DEAF, ends)
    child.kill()
    child.stop()

    assert [Exit(-signal.SIGKILL, "", was_wanted=True)] == ends


def test_the_gist_of_an_exit_is_one_line_that_says_nothing_twice():
    words = "[tcp @ 0x55d0c0] refused\n[tcp @ 0x55d0c1] refused\nrtmp://h: no\nError opening input files: no\n"

    assert "refused; rtmp://h: no" == Exit(1, words, was_wanted=False).gist


def test_the_gist_leaves_out_who_spoke_when():
    words = (
        "18:39:12.864100/SRT:RcvQ:w1!W:SRT.cn: @269231390: processAsyncConnectRequest: "
        "REJECT reported from HS processing: Application-defined rejection reason - not processing further\n"
    )
    gist = "REJECT reported from HS processing: Application-defined rejection reason - not processing further"

    assert gist == Exit(1, words, was_wanted=False).gist


def test_who_ended_without_a_word_is_told_by_its_code():
    assert "ffmpeg exited with 3" == Exit(3, "", was_wanted=False).gist


def test_words_that_cannot_be_read_keep_nobody_from_hearing_of_the_end(ends, monkeypatch):
    monkeypatch.setattr(Process, "_listen", lambda *_: 1 / 0)
    _start("pass", ends).stop()

    assert "ZeroDivisionError" in ends[0].words
