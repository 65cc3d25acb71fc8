"""Who may use what: one table, with the reason and the way round."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from laws.reach import reached
from laws.source import Source


@dataclass(frozen=True)
class Reserved:
    """What only these places may reach (modules or folders, without a suffix), and what everybody else does instead."""

    places: tuple[str, ...]
    instead: str


INGEST = "emulator/media/ingest"
PROCESS = "emulator/media/transcoding/process"
SENDER = "emulator/webhooks/sender"
FETCHING = "emulator/fetching"  # a deadline for all of an answer is the socket's to keep
WIRE = ("emulator/webhooks/wire", "emulator/webhooks/names")
CLIP = "emulator/media/testcard"
PIPES = ("emulator/media/elsewhere/line", CLIP, "emulator/media/transcoding", "emulator/web")
SOCKETS = (
    "emulator/web",
    INGEST,
    f"{CLIP}/publisher",
    SENDER,
    *WIRE,
    FETCHING,
    "contracts/server/dialling",
    "contracts/wires",
)
SEAL = "emulator/core/tls"  # TLS between bytes and bytes, for all who have sockets
CALLERS = (
    FETCHING,
    "emulator/watching",
    "emulator/cli/remote",
    "contracts",
    "fixtures/clients",
    "fixtures/cloud",
)

CLIENT = "contracts/client"  # whose time and thread are in its judge's hands

_WEB = Reserved(("emulator/web", "emulator/console"), "return a Reply or raise a Problem; web/ says it in HTTP")
_START = Reserved((PROCESS,), "start it through media/transcoding/process.py, which supervises, stops and reaps it")
_NEVER_STARTED = Reserved((), "start it through media/transcoding/process.py: nobody supervises this one")
_SIGNALS = Reserved(
    (PROCESS, "emulator/cli/interrupting"), "end a child by Process.stop; a command asks cli/interrupting.py"
)
_SOCKETS = Reserved(SOCKETS, "sessions are sans-IO: bytes in, events and bytes out; who holds the socket is elsewhere")
_WAITING = Reserved((*PIPES, INGEST, *WIRE), "wait for a condition with a deadline of core/clock.py")
_CALLING = Reserved(CALLERS, "put a Delivery into the outbox: webhooks/sender.py alone calls out (law 11)")
_NEVER_CALLED = Reserved((), "nothing calls out by mail, files or remote procedures (law 11)")
_TIME = Reserved(
    ("emulator/core/clock", f"{CLIENT}/pace"), "ask the Clock: now() is the cloud's time, deadline() is real"
)
_CHANCE = Reserved(("emulator/core/ids",), "ask core/ids.py, so that a seed repeats it")
_ENVIRONMENT = Reserved(
    ("emulator/settings/surroundings",), "make it a setting: settings/ reads the environment for everybody"
)
_BUCKETS = Reserved(("emulator/media/recording/bucket",), "bring files to a bucket through recording/bucket.py")
_STATE = Reserved(("emulator/core/world", "emulator/core/vintage"), "keep state in a Table of the World")
_NAMES = Reserved(("emulator/provider", "emulator/cli/__init__"), "write an import: a name put together hides one")

# the longest name that fits decides; what has no row is everybody's
TABLE: Mapping[str, Reserved] = {
    "flask": _WEB,
    "werkzeug": _WEB,
    "http.server": _WEB,
    "socketserver": _WEB,
    "subprocess": _START,
    # a word for an exception starts nothing
    "subprocess.TimeoutExpired": Reserved((PROCESS, "emulator/media/transcoding/ffmpeg"), _START.instead),
    **dict.fromkeys(("multiprocessing", "pty", "concurrent.futures.ProcessPoolExecutor"), _NEVER_STARTED),
    **{f"os.{n}": _NEVER_STARTED for n in dir(os) if n.startswith(("exec", "spawn", "posix_spawn", "fork"))},
    **dict.fromkeys(("os.system", "os.popen", "cffi"), _NEVER_STARTED),
    "ctypes": Reserved((f"{CLIENT}/hand",), _NEVER_STARTED.instead),  # to stop a client in its thread
    **{f"asyncio.{n}": _NEVER_STARTED for n in dir(asyncio) if n.startswith("create_subprocess")},
    **dict.fromkeys(("signal", "os.kill", "os.killpg"), _SIGNALS),
    "socket": _SOCKETS,
    "ssl": Reserved((*SOCKETS, SEAL), _SOCKETS.instead),
    # the certificate is made in one room and shown in another: who passes it on names its type
    "ssl.SSLContext": Reserved((*SOCKETS, SEAL, "emulator/emulator", "emulator/media/room"), _SOCKETS.instead),
    "asyncio": Reserved(
        (INGEST, f"{CLIENT}/hand", f"{CLIENT}/pace"), "use a thread: media/ingest runs the one loop (law 9)"
    ),
    "select": _WAITING,
    "selectors": Reserved((*_WAITING.places, f"{CLIENT}/pace"), _WAITING.instead),
    **dict.fromkeys(("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "respx"), _CALLING),
    **dict.fromkeys(("ftplib", "smtplib", "poplib", "imaplib", "xmlrpc", "telnetlib"), _NEVER_CALLED),
    **dict.fromkeys(("time", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"), _TIME),
    "datetime.date.today": _TIME,
    **dict.fromkeys(("random", "secrets", "uuid", "os.urandom", "os.getrandom", "ssl.RAND_bytes"), _CHANCE),
    **dict.fromkeys(("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"), _ENVIRONMENT),
    "ffmpeg": Reserved(
        ("emulator/media/transcoding/command", "emulator/media/recording/command"),
        "write command lines in one of the two command.py",
    ),
    # a recording goes to the bucket that its user named; what goes there is our own files
    "boto3": _BUCKETS,
    "botocore": _BUCKETS,
    "sqlite3": _STATE,
    "sqlite3.Error": Reserved((*_STATE.places, "emulator/cli/starting"), _STATE.instead),  # it is told as a sentence
    **dict.fromkeys(("importlib.import_module", "importlib.__import__", "builtins", "runpy", "__import__"), _NAMES),
    **dict.fromkeys(("eval", "exec"), Reserved((), "write it as code")),
}


def find_misplaced(source: Source, table: Mapping[str, Reserved] = TABLE) -> Iterator[str]:
    """Name what a module reaches that belongs to another place, and what to do instead."""
    for name in sorted(reached(source)):
        for row in _rows(name, table):
            if not source.lies_in(table[row].places):
                places = ", ".join(table[row].places) or "nobody"
                yield f"{source.name} reaches {name}, which is for {places}: {table[row].instead}"
                break


def _rows(name: str, table: Mapping[str, Reserved]) -> list[str]:
    """Name the rows that hold for a name: the longest that it lies in, else all within what is handed on."""
    whole = name.removesuffix(".*")
    steps = whole.split(".")
    above = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
    fitting = next((row for row in above if row in table), None)
    return [fitting] if fitting else [row for row in table if row.startswith(f"{whole}.")]
