"""One picture by one short ffmpeg, which may take a while and no longer."""

import threading
from collections.abc import Sequence

from offair.emulator.media.transcoding.process import TimedOut, run

PATIENCE = 10.0  # seconds that an ffmpeg may take, and that somebody who asks for a picture waits


class UndevelopedError(Exception):
    """No picture was made; the message says why."""


def develop(argv: Sequence[str], source: bytes, *, is_enough: threading.Event) -> bytes:
    """Let an ffmpeg make a picture out of media; UndevelopedError when there is none, soon when it ``is_enough``."""
    try:
        done = run(argv, content=source, timeout=PATIENCE, is_enough=is_enough)
    except TimedOut:
        why = "the stand-in is stopping" if is_enough.is_set() else f"ffmpeg took longer than {PATIENCE:g} s"
        raise UndevelopedError(why) from None
    if done.returncode or not done.stdout:
        words = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise UndevelopedError(words or f"ffmpeg exited with {done.returncode}, and made none")
    return done.stdout
