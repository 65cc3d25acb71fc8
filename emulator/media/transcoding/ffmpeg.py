"""Which ffmpeg, and why: the one that a user names, else the newest here that is able to what is needed."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from offair.emulator.media.formats.flv import Facts
from offair.emulator.media.formats.fourcc import CODECS
from offair.emulator.media.transcoding.abilities import SOON, TIMEOUT, Skill, look_at, touched
from offair.emulator.media.transcoding.needs import BASE, ESSENTIALS
from offair.emulator.media.transcoding.process import TimedOut, run

NAMED, ON_PATH, FROM_WHEEL = "named by the user", "on PATH", "from the imageio-ffmpeg wheel"
STEP = (
    "Install one with 'pip install imageio-ffmpeg', or name one with OFFAIR_FFMPEG=/path/to/ffmpeg; "
    "'offair doctor' tests each"
)
A_SECOND = [
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
]


NOTHING = Skill()


class FfmpegMissingError(Exception):
    """No ffmpeg can be used; the message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One ffmpeg that was looked at: where it comes from, what it can, and why it will not do (None when it will)."""

    path: Path
    origin: str
    trouble: str | None
    skill: Skill = NOTHING


@dataclass(frozen=True, slots=True)
class Pick:
    """The ffmpeg to use; ``words`` say why it, ``lacking`` what it is not able to though that is needed."""

    path: Path
    version: str
    lacking: tuple[str, ...]
    words: str
    abilities: frozenset[str] = frozenset()


def choose(named: Path | None) -> Path:
    """Give the ffmpeg to use; FfmpegMissingError when there is none."""
    return pick(named, BASE).path


def pick(named: Path | None, needs: frozenset[str]) -> Pick:
    """Choose among those that are here the newest that has what is needed; the one that is named, whatever it has.

    Where none has all of it, it is the one that lacks least. FfmpegMissingError when none can be used at all.
    """
    found, tried = list(candidates(named)), list[Candidate]()
    ranked = sorted(found, key=lambda one: (-len(one.skill.lacking(needs)), one.skill.age), reverse=True)
    for one in ranked:
        trouble = one.trouble or (read_back(one.path) if one.origin == ON_PATH else None)
        if trouble is None:
            lacking, others = one.skill.lacking(needs), [other for other in found if other is not one]
            return Pick(one.path, one.skill.version, tuple(lacking), _reason(one, others, needs), one.skill.abilities)
        tried.append(Candidate(one.path, one.origin, trouble))
    told = "; ".join(f"{one.path} ({one.origin}): {one.trouble}" for one in tried) or "nothing was found"
    raise FfmpegMissingError(f"no usable ffmpeg: {told}. {STEP}")


class Choice:
    """Chooses among the ffmpegs that are here now: one may go, come back or be replaced while this runs.

    The first look takes long, as each is asked what it can: it has a thread of its own, so that nobody who can begin
    early has to wait for it.
    """

    def __init__(self, named: Path | None) -> None:
        self._named = named
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-ffmpeg")
        self._first_look: list[Future[Pick]] = []

    def begin(self) -> None:
        """Look for the first time."""
        self._first_look.append(self._pool.submit(self.pick, BASE))

    def get(self) -> Path:
        """Give the ffmpeg to use; FfmpegMissingError when there is none."""
        return self._pick_any().path

    def pick(self, needs: frozenset[str]) -> Pick:
        """Choose for what is needed now; FfmpegMissingError when there is none at all."""
        return pick(self._named, needs)

    def report(self) -> dict[str, Any]:
        """Tell which ffmpeg there is and why it, or that there is none and what to do."""
        try:
            chosen = self._pick_any()
        except FfmpegMissingError as error:
            path = None if self._named is None else str(self._named)
            return {"path": path, "version": None, "usable": False, "words": str(error)}
        return {"path": str(chosen.path), "version": chosen.version, "usable": True, "words": chosen.words}

    def close(self) -> None:
        """Wait for a look that is under way."""
        self._pool.shutdown()

    def _pick_any(self) -> Pick:
        wait(self._first_look)
        return self.pick(BASE)


def candidates(named: Path | None, *, is_thorough: bool = False) -> Iterator[Candidate]:
    """Look at each ffmpeg that may be used: only the one that is named, if one is.

    ``is_thorough`` tests them all, and looks at the others too.
    """
    if named is not None:
        yield _look(named, NAMED, is_thorough=is_thorough)
        if not is_thorough:
            return
    on_path = shutil.which("ffmpeg")
    if on_path is not None:
        yield _look(Path(on_path), ON_PATH, is_thorough=is_thorough)
    wheel = _wheel()
    if wheel is not None:
        yield _look(wheel, FROM_WHEEL, is_thorough=is_thorough)


def read_back(path: Path) -> str | None:
    """Have an ffmpeg make a second of MPEG-TS and read it from a pipe, at which some static builds crash.

    The answer is what is wrong with it.
    """
    try:
        return _read_back(path, touched(path))
    except OSError as error:
        return f"it does not run: {error.strerror or error}"


def version(path: Path) -> str:
    """Its first line about itself."""
    return run([str(path), "-version"], timeout=TIMEOUT).stdout.decode("utf-8", "replace").partition("\n")[0]


def find_unread(path: Path, head: bytes, facts: Facts) -> str | None:
    """Let an ffmpeg look at the first bytes of FLV; gives the codec that it cannot read, None if it reads all.

    It reads Enhanced RTMP from 6.1 on; an older one takes the pictures for VP6 and plays nothing. One that takes too
    long for a look has not said that it cannot.
    """
    try:
        looked = run([str(path), "-hide_banner", "-f", "flv", "-i", "pipe:0"], content=head, timeout=TIMEOUT)
    except TimedOut:
        return None
    words = looked.stderr.decode("utf-8", "replace")
    for kind, codec in (("Video", facts.video), ("Audio", facts.audio)):
        if codec in CODECS and f"{kind}: {CODECS[codec][1]}" not in words:
            return codec
    return None


def _reason(one: Candidate, others: list[Candidate], needs: frozenset[str]) -> str:
    if one.origin == NAMED:
        return f"ffmpeg {one.skill.version}, {one.origin}"
    reasons = []
    for other in others:
        lacking = other.skill.lacking(needs)
        why = f"lacks {', '.join(lacking)}" if lacking else "is no newer"
        unused = f"the one {other.origin} cannot be used, {other.trouble}"
        reasons.append(unused if other.trouble else f"{other.skill.version} {other.origin} {why}")
    return f"ffmpeg {one.skill.version}, {one.origin}: {'; '.join(reasons) or 'the only one here'}"


def _look(path: Path, origin: str, *, is_thorough: bool) -> Candidate:
    if not path.is_file():
        return Candidate(path, origin, "there is no such file")
    try:
        skill = look_at(path, patience=TIMEOUT if origin == NAMED else SOON)
    except OSError as error:
        return Candidate(path, origin, f"it does not run: {error.strerror or error}")
    if skill.trouble is not None:
        return Candidate(path, origin, skill.trouble, skill)
    for kind, names in ESSENTIALS.items():
        lacking = [name for name in names if f"{kind} {name}" not in skill.abilities]
        if lacking:
            return Candidate(path, origin, f"it lacks {', '.join(lacking)} ({kind}s)", skill)
    return Candidate(path, origin, read_back(path) if is_thorough else None, skill)


@lru_cache(maxsize=32)
def _read_back(path: Path, _touched: int) -> str | None:
    try:
        return _try_mpegts(path)
    except TimedOut as error:
        return f"it takes longer than {error.timeout:g} s for a second of MPEG-TS"


def _try_mpegts(path: Path) -> str | None:
    made = run([str(path), "-v", "error", *A_SECOND, "-"], timeout=TIMEOUT)
    if made.returncode:
        return f"it cannot make a second of MPEG-TS: {made.stderr.decode('utf-8', 'replace').strip()[-200:]}"
    read = run([str(path), "-v", "error", "-i", "-", "-f", "null", "-"], content=made.stdout, timeout=TIMEOUT)
    return f"it exits with {read.returncode} when it reads MPEG-TS from a pipe" if read.returncode else None


def _wheel() -> Path | None:
    found = find_spec("imageio_ffmpeg")  # the package only carries the file; importing it would take longer than this
    if found is None or found.origin is None:
        return None
    binaries = Path(found.origin).parent / "binaries"
    return next(iter(sorted(binaries.glob("ffmpeg*"))), None)
