"""Which ffmpeg, and why: the one that a user names, the one on PATH when it passes a test, else the wheel's."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.fourcc import CODECS
from offair.emulator.media.transcoding.process import run

TIMEOUT = 20.0
NEEDED_ENCODERS = ("libx264", "aac")
NEEDED_MUXERS = ("mp4", "flv", "mpegts")


class FfmpegMissingError(Exception):
    """No ffmpeg can be used; the message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ffmpeg that was looked at: where it comes from, and why it will not do (None when it will)."""

    path: Path
    origin: str
    trouble: str | None


def choose(named: Path | None) -> Path:
    """Give the ffmpeg to use; FfmpegMissingError when there is none."""
    verdicts = []
    for verdict in candidates(named):
        if verdict.trouble is None:
            return verdict.path
        verdicts.append(verdict)
    tried = "; ".join(f"{v.path} ({v.origin}): {v.trouble}" for v in verdicts) or "nothing was found"
    raise FfmpegMissingError(
        f"no usable ffmpeg: {tried}. Install one with 'pip install imageio-ffmpeg', or name one with "
        "OFFAIR_FFMPEG=/path/to/ffmpeg; 'offair doctor' tests each"
    )


class Choice:
    """Looks for an ffmpeg once, in a thread of its own, so that nobody who can begin early has to wait for it."""

    def __init__(self, named: Path | None) -> None:
        self._named = named
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-ffmpeg")
        self._lock = threading.Lock()
        self._found: Future[Path] | None = None

    def begin(self) -> None:
        """Look, if nobody did yet."""
        self._looking()

    def get(self) -> Path:
        """Give the ffmpeg to use; FfmpegMissingError when there is none."""
        return self._looking().result()

    @cached_property
    def abilities(self) -> frozenset[str]:
        """What it knows, as ``protocol NAME`` and ``demuxer NAME``; FfmpegMissingError when there is none."""
        path, known = str(self.get()), set()
        for kind in ("protocol", "demuxer"):
            words = run([path, "-hide_banner", f"-{kind}s"], timeout=TIMEOUT).stdout.decode("utf-8", "replace")
            known |= {f"{kind} {word}" for word in words.split()}
        return frozenset(known)

    def close(self) -> None:
        """Wait for a look that is under way."""
        self._pool.shutdown()

    def _looking(self) -> Future[Path]:
        with self._lock:
            self._found = self._found or self._pool.submit(choose, self._named)
            return self._found


def candidates(named: Path | None, *, is_thorough: bool = False) -> Iterator[Candidate]:
    """Look at each ffmpeg in order of preference.

    Only the one on PATH is tested, as anything may be there; ``is_thorough`` tests them all.
    """
    if named is not None:
        yield Candidate(named, "named by the user", examine(named) if is_thorough else _existence(named))
        if not is_thorough:
            return
    on_path = shutil.which("ffmpeg")
    if on_path is not None:
        yield Candidate(Path(on_path), "on PATH", examine(Path(on_path)))
    wheel = _wheel()
    if wheel is not None:
        yield Candidate(wheel, "from the imageio-ffmpeg wheel", examine(wheel) if is_thorough else None)


def examine(path: Path) -> str | None:
    """Test an ffmpeg as we will use it; the answer is what is wrong with it.

    Some static builds crash when they read MPEG-TS from a pipe, so a second of it is made and read back.
    """
    return _existence(path) or next((trouble for test in TESTS if (trouble := _attempt(test, path))), None)


def version(path: Path) -> str:
    """Its first line about itself."""
    return run([str(path), "-version"], timeout=TIMEOUT).stdout.decode("utf-8", "replace").partition("\n")[0]


def find_unread(path: Path, head: bytes, facts: Facts) -> str | None:
    """Let an ffmpeg look at the first bytes of FLV; gives the codec that it cannot read, None if it reads all.

    It reads Enhanced RTMP from 6.1 on; an older one takes the pictures for VP6 and plays nothing.
    """
    looked = run([str(path), "-hide_banner", "-f", "flv", "-i", "pipe:0"], content=head, timeout=TIMEOUT)
    words = looked.stderr.decode("utf-8", "replace")
    for kind, codec in (("Video", facts.video), ("Audio", facts.audio)):
        if codec in CODECS and f"{kind}: {CODECS[codec][1]}" not in words:
            return codec
    return None


def _attempt(test: Callable[[Path], str | None], path: Path) -> str | None:
    try:
        return test(path)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it does not run: {error}"


def _has_what_we_need(path: Path) -> str | None:
    for kind, needed in (("-encoders", NEEDED_ENCODERS), ("-muxers", NEEDED_MUXERS)):
        words = run([str(path), "-hide_banner", kind], timeout=TIMEOUT).stdout.decode("utf-8", "replace").split()
        lacking = [name for name in needed if name not in words]
        if lacking:
            return f"it lacks {', '.join(lacking)}"
    return None


def _reads_mpegts_from_a_pipe(path: Path) -> str | None:
    making = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x90:r=10:d=1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-f",
        "mpegts",
        "-",
    ]
    made = run([str(path), "-v", "error", *making], timeout=TIMEOUT)
    if made.returncode:
        return f"it cannot make a second of MPEG-TS: {made.stderr.decode('utf-8', 'replace').strip()[-200:]}"
    read = run([str(path), "-v", "error", "-i", "-", "-f", "null", "-"], content=made.stdout, timeout=TIMEOUT)
    return f"it exits with {read.returncode} when it reads MPEG-TS from a pipe" if read.returncode else None


TESTS = (_has_what_we_need, _reads_mpegts_from_a_pipe)


def _existence(path: Path) -> str | None:
    return None if path.is_file() else "there is no such file"


def _wheel() -> Path | None:
    found = find_spec("imageio_ffmpeg")  # the package only carries the file; importing it would take longer than this
    if found is None or found.origin is None:
        return None
    binaries = Path(found.origin).parent / "binaries"
    return next(iter(sorted(binaries.glob("ffmpeg*"))), None)
