"""The laws of the house, read from its imports; each failure says what to do instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("emulator", "contracts", "fixtures")
CLOUDS = sorted(path.parent.name for path in ROOT.glob("contracts/*/openapi.yaml"))
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

# which rooms of the emulator each one may import; "." is the modules that stand beside the rooms
CLOSED = {
    "core": {"core"},
    "media": {"core", "media"},
    "web": {"core", "web", "provider", "settings"},
    "webhooks": {"core", "webhooks", "provider"},
    "providers": {"core", "providers", "provider"},
}
ONLY = {
    "flask": "emulator/web/",
    "werkzeug": "emulator/web/",
    "subprocess": "emulator/media/transcoding/process.py",
    # the judge of live streams fetches from the origin that its user names, and tells half answers from none
    "http.client": ("emulator/webhooks/sender.py", "emulator/watching.py"),
    "time": "emulator/core/clock.py",
    "random": "emulator/core/ids.py",
    "secrets": "emulator/core/ids.py",
    "uuid": "emulator/core/ids.py",
    "ffmpeg": ("emulator/media/transcoding/command.py", "emulator/media/recording/command.py"),
    # a recording goes to the bucket that its user named; what goes there is our own files, and nothing else calls out
    **dict.fromkeys(
        ("boto3.exceptions", "boto3.s3.transfer", "boto3.session", "botocore.config", "botocore.exceptions"),
        "emulator/media/recording/bucket.py",
    ),
    "urllib.request": ("emulator/cli/remote.py", "emulator/watching.py"),
    "asyncio": "emulator/media/ingest/",
}
ONLY_CALLED = {
    ("os", "environ"): "emulator/settings.py",
    ("os", "getenv"): "emulator/settings.py",
    ("os", "urandom"): "emulator/core/ids.py",
    ("datetime", "now"): "emulator/core/clock.py",
    ("datetime", "utcnow"): "emulator/core/clock.py",
}
UNUSED_WORDS = re.compile(r"Manager|Helper|Util|Handler|Service|Backend|^Base|Info$|Data$")
LONGEST = 400


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; write the whole path, it says where the thing is"
            yield node.module or ""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _ours(path: Path) -> Iterator[str]:
    return (name.removeprefix("offair.") for name in _imports(path) if name.startswith("offair."))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_imported_by_its_whole_name(path):
    wrong = [name for name in _imports(path) if name.split(".")[0] in ROOMS]

    assert [] == wrong, f"{_name(path)} imports {wrong}: put 'offair.' before it, or it exists twice"


@pytest.mark.parametrize("path", sorted((ROOT / "contracts").rglob("*.py")), ids=_name)
def test_the_promise_knows_nothing_of_the_stand_in(path):
    wrong = [name for name in _ours(path) if not name.startswith("contracts")]

    assert [] == wrong, f"{_name(path)} imports {wrong}: contracts stand below everything"


@pytest.mark.parametrize("path", sorted((ROOT / "emulator").rglob("*/*.py")), ids=_name)
def test_siblings_do_not_meet(path):
    room = path.relative_to(ROOT / "emulator").parts[0]
    inner = [name.removeprefix("emulator.") for name in _ours(path) if name.startswith("emulator.")]
    allowed = CLOSED.get(room)
    if allowed is None:
        return
    wrong = [name for name in inner if not any(name == one or name.startswith(f"{one}.") for one in allowed)]

    assert [] == wrong, (
        f"{_name(path)} imports {wrong}: rooms speak through core/ports and events; {room} may use {allowed}"
    )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_what_only_one_place_does_only_one_place_imports(path):
    wrong = [name for name in _imports(path) if name in ONLY and not _name(path).startswith(ONLY[name])]
    if wrong == ["subprocess"] and _name(path) == "emulator/media/transcoding/ffmpeg.py":
        wrong = []  # it names subprocess.TimeoutExpired, and starts nothing

    assert [] == wrong, f"{_name(path)} imports {wrong}; that belongs to {[ONLY[name] for name in wrong]}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_time_chance_and_environment_are_read_in_one_place(path):
    calls = {
        (node.value.id, node.attr)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    wrong = [call for call in calls & set(ONLY_CALLED) if ONLY_CALLED[call] != _name(path)]

    assert [] == wrong, f"{_name(path)} uses {wrong}; ask {[ONLY_CALLED[call] for call in wrong]} for it"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_names_a_cloud_except_its_own(path):
    if any(cloud in path.parts for cloud in CLOUDS):
        return
    text = path.read_text(encoding="utf-8").lower()

    assert [] == [cloud for cloud in CLOUDS if cloud in text], "what is one cloud's stands in that cloud's folder"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_are_short(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST, f"{_name(path)} has {len(lines)} lines: split it by what it is about"


def test_the_median_module_fits_two_screens():
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)

    assert lengths[len(lengths) // 2] < 120


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_names_say_what_a_thing_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and UNUSED_WORDS.search(node.name)]

    assert [] == wrong, f"{_name(path)}: {wrong} say nothing; name the noun of the field"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_keeps_state(path):
    """A module's names are constants: no ``global``, and no empty container that somebody means to fill."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Dict | ast.List | ast.Set) and not ast.unparse(value).strip("{}[]"):
            wrong.append(node.lineno)

    assert [] == wrong, f"{_name(path)} keeps state at lines {wrong}; state lives in the world"


def test_sans_io_sessions_touch_no_socket():
    ingest = ROOT / "emulator/media/ingest"
    modules = [path for room in ("rtmp", "srt") for path in (ingest / room).glob("*.py")]
    sessions = [path for path in modules if path.name != "transport.py"]
    wrong = {
        _name(path): found
        for path in sessions
        if (found := [name for name in _imports(path) if name in {"socket", "asyncio", "threading", "select", "ssl"}])
    }

    assert {} == wrong, "bytes in, events and bytes out; sockets belong to transport.py and edge.py"
