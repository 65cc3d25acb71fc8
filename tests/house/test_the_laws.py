"""A law is held against what breaks it: each finds what is smuggled in, and lets pass what is right."""

import pytest
from laws.reserved import find_misplaced
from laws.rooms import find_foreign_clouds, find_open_sessions, find_short_names, find_strangers
from laws.shape import LONGEST, find_empty_names, find_length, find_shared_names, find_state
from laws.source import Source
from laws.spelling import collect, find_smuggled, own_of
from laws.threads import find_nameless, find_unheard

RULES = "emulator/providers/somewhere/rules.py"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import flask", "flask"),
        ("from flask.views import View", "flask.views.View"),
        ("from werkzeug.exceptions import NotFound", "werkzeug.exceptions.NotFound"),
        ("from urllib import request", "urllib.request"),
        ("import urllib.request as asking", "urllib.request"),
        ("from http import client", "http.client"),
        ("from os import environ", "os.environ"),
        ("from os import *", "os.*"),
        ("import os\nos.environ['HOME']", "os.environ"),
        ("import os.path\nos.environ['HOME']", "os.environ"),
        ("import os as machine\nmachine.environ.get('HOME')", "os.environ.get"),
        ("import os\nmachine = os\nmachine.environ", "os"),
        ("import os\ngetattr(os, 'environ')", "os.environ"),
        ("import os\nos.posix_spawn('/bin/true', [], {})", "os.posix_spawn"),
        ("import os\nos.system('true')", "os.system"),
        ("from os import fork", "os.fork"),
        ("import os\nos.execv('/bin/true', [])", "os.execv"),
        ("import socket, multiprocessing", "socket"),
        ("import ssl", "ssl"),
        ("import selectors", "selectors"),
        ("from select import poll", "select.poll"),
        ("import signal", "signal"),
        ("from multiprocessing.pool import Pool", "multiprocessing.pool.Pool"),
        ("from concurrent.futures import ProcessPoolExecutor", "concurrent.futures.ProcessPoolExecutor"),
        ("from subprocess import DEVNULL", "subprocess.DEVNULL"),
        ("import importlib\nimportlib.import_module('socket')", "socket"),
        ("from importlib import import_module as fetch\nfetch('so' + 'cket')", "importlib.import_module"),
        ("__import__('socket')", "socket"),
        ("exec('import socket')", "exec"),
        ("def later():\n    import time\n    time.sleep(1)", "time.sleep"),
        ("from datetime import datetime as when\nwhen.now()", "datetime.datetime.now"),
        ("import datetime\ndatetime.datetime.utcnow()", "datetime.datetime.utcnow"),
        ("from uuid import uuid4", "uuid.uuid4"),
        ("from sqlite3 import connect", "sqlite3.connect"),
        ("import httpx", "httpx"),
        ("from botocore.config import Config", "botocore.config.Config"),
    ],
)
def test_what_is_reserved_is_found_however_it_is_reached(line, name):
    found = list(find_misplaced(Source(RULES, line)))

    assert any(f"reaches {name}, which is for" in words for words in found), found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (RULES, "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC)"),
        (RULES, "import os\nos.path.join('a', 'b')\nos.getpid()\nhasattr(os, 'O_ASYNC')"),
        (RULES, "from urllib.parse import urlsplit\nfrom http import HTTPStatus"),
        (RULES, "def open(socket, time):\n    return socket.environ, time.sleep"),
        ("emulator/web/host/server.py", "import socket, selectors\nfrom werkzeug.exceptions import NotFound"),
        ("emulator/settings/surroundings.py", "from os import environ"),
        ("emulator/media/transcoding/ffmpeg.py", "import subprocess\nsubprocess.TimeoutExpired"),
    ],
    ids=["a moment", "a path", "a sibling of what is reserved", "names of our own", "web", "settings", "an exception"],
)
def test_what_is_nobodys_own_is_let_pass(name, text):
    assert [] == list(find_misplaced(Source(name, text)))


def test_whoever_may_name_an_exception_may_start_nothing():
    module = Source("emulator/media/transcoding/ffmpeg.py", "import subprocess\nsubprocess.run([])")
    (words,) = find_misplaced(module)

    assert f"{module.name} reaches subprocess.run" == words.partition(",")[0]


@pytest.mark.parametrize("room", ["emulator", "contracts", "fixtures"])
def test_a_room_without_its_prefix_is_found(room):
    found = find_short_names(Source(RULES, f"from {room} import something\nfrom offair.{room} import something"))

    assert 1 == len(list(found))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("contracts/contract.py", "from offair.emulator.core.clock import Clock"),
        ("contracts/contract.py", "import offair.emulator.core.clock"),
        ("contracts/contract.py", "from offair import emulator"),
        ("emulator/core/world.py", "from offair.emulator import media"),
        ("emulator/core/world.py", "from offair.emulator.provider import Reply"),
        ("emulator/core/world.py", "from offair.fixtures.tenancy import Tenancy"),
        ("emulator/provider.py", "from offair.emulator.web.app import build"),
        ("emulator/provider/call.py", "from offair.emulator.media.broadcast.studio import Studio"),
        ("emulator/settings/doors.py", "from offair.emulator.core.clock import Clock"),
        ("emulator/folder.py", "from offair.emulator.core.clock import Clock"),
        ("emulator/watching.py", "from offair.emulator.media.room import MediaRoom"),
        ("emulator/media/room.py", "from offair.emulator.web.app import build"),
        ("emulator/web/app.py", "import importlib\nimportlib.import_module('offair.emulator.media.room')"),
        ("emulator/emulator.py", "from offair.emulator.cli import main"),
        ("emulator/__init__.py", "from offair.emulator.emulator import Emulator"),
        (RULES, "from offair.emulator.web.app import build"),
        (RULES, "from offair.emulator.emulator import Emulator"),
    ],
)
def test_a_look_into_another_room_is_found(name, line):
    assert 1 == len(list(find_strangers(Source(name, line))))


def test_a_room_that_has_no_row_is_told_to_take_one():
    assert "give attic a row" in next(find_strangers(Source("emulator/attic/chest.py", "")))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("emulator/core/problems.py", "from offair.contracts.violation import Violation"),
        ("emulator/provider/call.py", "from offair.emulator.provider.reply import Reply"),
        ("emulator/cli/serve.py", "from offair.emulator.media.room import MediaRoom"),
        ("fixtures/plugin.py", "from offair.emulator.emulator import Emulator"),
        (RULES, "from offair.emulator.providers.somewhere import wire\nfrom offair.emulator.core import clock"),
    ],
)
def test_a_look_into_ones_own_room_or_below_is_let_pass(name, line):
    assert [] == list(find_strangers(Source(name, line)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("emulator/core/world.py", "CLOUD = 'elsewhere'"),
        ("emulator/console/page.html", "<a href='https://Elsewhere.example'>"),
        (RULES, "from offair.emulator.providers.elsewhere.wire import show"),
        ("contracts/somewhere/openapi.yaml", "description: as ELSEWHERE does it"),
        ("emulator/providers/somewhere/NOTES.md", "elsewhere does it otherwise"),
    ],
)
def test_the_name_of_another_cloud_is_found_in_a_clouds_own_folder_too(name, text):
    assert 1 == len(list(find_foreign_clouds(Source(name, text), ["elsewhere", "somewhere"])))


def test_a_cloud_may_speak_of_itself():
    both = [Source(RULES, "CLOUD = 'somewhere'"), Source("contracts/somewhere/limits.yaml", "# somewhere")]

    assert [] == [words for source in both for words in find_foreign_clouds(source, ["elsewhere", "somewhere"])]


@pytest.mark.parametrize("line", ["import socket", "from asyncio import sleep", "import threading", "import queue"])
def test_a_session_with_a_socket_is_found(line):
    session, door = (Source(f"emulator/media/ingest/rtmp/{name}.py", line) for name in ("session", "transport"))

    assert (1, 0) == (len(list(find_open_sessions(session))), len(list(find_open_sessions(door))))


PROMISE = {
    "paths": {"/things/{thingId}": {"get": {"parameters": [{"name": "thingId", "in": "path"}]}}},
    "components": {"schemas": {"Thing": {"required": ["pageSize"], "properties": {"colour_of_it": {}, "id": {}}}}},
}


@pytest.fixture(scope="module", name="own")
def _own():
    """The names that are some cloud's own: what is nobody else's is known once the whole house was read."""
    return {"somewhere": own_of(collect(PROMISE))}


def test_a_clouds_own_names_are_those_that_nobody_else_uses(own):
    assert {"thingId": "path", "pageSize": "member", "colour_of_it": "member"} == own["somewhere"]


@pytest.mark.parametrize(
    "name",
    [
        RULES,
        "emulator/providers/somewhere/operations.py",
        "emulator/providers/somewhere/operations/things.py",
        "emulator/core/streams.py",
        "emulator/web/chain.py",
        "emulator/provider/call.py",
        "contracts/operation.py",
    ],
)
def test_a_wire_name_outside_the_wire_is_found(own, name):
    (words,) = find_smuggled(Source(name, "def read(body):\n    return body['colour_of_it']"), own)

    assert f"{name}:2 spells somewhere's 'colour_of_it'" == words.rpartition(":")[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("emulator/providers/somewhere/wire.py", "'colour_of_it'"),
        ("emulator/providers/somewhere/wire/things.py", "'colour_of_it'"),
        ("emulator/providers/somewhere/service/wire.py", "'colour_of_it'"),
        ("emulator/providers/somewhere/hooks.py", "'colour_of_it'"),
        ("emulator/providers/somewhere/operations.py", "call.path['thingId']"),
        ("emulator/providers/elsewhere/rules.py", "'colour_of_it'"),
        (RULES, "'id', 'a colour_of_it in a sentence'"),
        ("emulator/media/packager/hls.py", "'pageSize'"),
    ],
)
def test_a_wire_name_where_it_belongs_is_let_pass(own, name, text):
    assert [] == list(find_smuggled(Source(name, text), own | {"elsewhere": {}}))


@pytest.mark.parametrize(
    "text",
    [
        "threading.Thread(target=self._run)\ndef _run(self):\n    work()",
        "Timer(1.0, self._run)\ndef _run(self):\n    try:\n        work()\n    except OSError:\n        pass",
        "self._pool.submit(self._run, 1)\ndef _run(self, number):\n    work()",
        "with ThreadPoolExecutor(1) as crew:\n    crew.submit(work)",
        "Thread(target=somebody_elses)",
    ],
)
def test_a_thread_that_nobody_hears_is_found(text):
    assert 1 == len(list(find_unheard(Source("emulator/media/thing.py", text))))


@pytest.mark.parametrize(
    "text",
    [
        "Thread(target=run)\ndef run():\n    try:\n        work()\n    except Exception as error:\n        tell(error)",
        "future = self._pool.submit(work)",
        "return pool.submit(work)",
        "self._shipper.submit(recording)",
    ],
)
def test_a_thread_that_somebody_hears_is_let_pass(text):
    assert [] == list(find_unheard(Source("emulator/media/thing.py", text)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("threading.Thread(target=run)", 1),
        ("Thread(target=run, name='mine')", 1),
        ("Timer(1.0, run)", 1),
        ("ThreadPoolExecutor(2)", 1),
        ("Thread(target=run, name='offair-clip')", 0),
        ("Thread(target=run, name=f'offair-relay-{number}')", 0),
        ("ThreadPoolExecutor(2, thread_name_prefix='offair-hooks')", 0),
    ],
)
def test_a_thread_without_a_name_of_ours_is_found(text, count):
    assert count == len(list(find_nameless(Source("emulator/media/thing.py", text))))


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (find_length, "pass\n" * (LONGEST + 1)),
        (find_empty_names, "class StreamManager: ..."),
        (find_empty_names, "def make():\n    class RequestData: ..."),
        (find_state, "KNOWN = {}"),
        (find_state, "KNOWN: list[str] = []"),
        (find_state, "def remember():\n    global latest"),
    ],
)
def test_a_shape_that_is_not_ours_is_found(law, text):
    assert 1 == len(list(law(Source(RULES, text))))


def test_a_shape_that_is_ours_is_let_pass():
    ours = Source(RULES, "WORDS = {'a': 1}\nclass Stream:\n    kept = []\n")

    assert [] == [words for law in (find_length, find_empty_names, find_state) for words in law(ours)]


def test_a_name_that_two_classes_have_is_found():
    both = [Source("emulator/a.py", "class Piece: ...\nclass _Own: ..."), Source("emulator/b.py", "class Piece: ...")]
    both.append(Source("emulator/c.py", "class _Own: ..."))

    assert "Piece is defined in emulator/a.py and emulator/b.py" in next(find_shared_names(both, frozenset()))
    assert [] == list(find_shared_names(both, frozenset({"Piece"})))


def test_two_clouds_may_call_a_class_alike():
    both = [Source(f"emulator/providers/{cloud}/rules.py", "class Page: ...") for cloud in ("somewhere", "elsewhere")]

    assert [] == list(find_shared_names(both, frozenset()))
    assert 1 == len(list(find_shared_names([*both, Source("emulator/core/a.py", "class Page: ...")], frozenset())))


def test_a_name_that_is_shared_no_more_is_struck_off():
    once = [Source("emulator/a.py", "class Piece: ...")]

    assert "strike it off" in next(find_shared_names(once, frozenset({"Piece"})))
