"""The manual for a cloud of one's own says all that there is, shows what is tested, and its first cloud runs."""

import re
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from offair.contracts.limit import LimitTerm
from offair.contracts.sockets import CloseTerm, FrameTerm, SocketTerm
from offair.contracts.webhook import SignatureTerm
from offair.emulator.core import problems
from offair.emulator.core.events import Event
from offair.emulator.core.limits import Limit
from offair.emulator.core.ports import Answered, Knock
from offair.emulator.core.publication import Policy
from offair.emulator.core.simulation import TARGETS
from offair.emulator.core.tenants import Caller, Tenant
from offair.emulator.core.viewing import Viewing
from offair.emulator.provider.call import Addresses, Call, Rooms, Upload
from offair.emulator.provider.hooks import Delivery, Outcome, Question, Signature
from offair.emulator.provider.provider import Demo, Provider
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.provider.talking import Heard

ROOT = Path(__file__).parents[2]
PAGE = "docs/guide/a-cloud-of-your-own.md"
TOY = sorted((ROOT / "tests/toy/toycloud").rglob("*.py")) + sorted((ROOT / "tests/toy/toycloud").rglob("*.yaml"))
FENCE = re.compile(r"^```(?P<label>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
FORM = (
    Provider, Surface, Cors, Rooms, Call, Addresses, Upload, Reply, Delivery, Signature, Question, Outcome, Demo,
    Policy,
    Limit, Caller, Tenant, Heard, Viewing, Knock, Answered, LimitTerm, SignatureTerm,
)  # fmt: skip
SOCKETS = {"path", "summary", "security", "parameters", "member", "from_client", "from_server", "closes"}
FRAMES = {"schema", "binary", "meaning"}
WEBHOOKS = {"post", "summary", "parameters", "requestBody", "responses"}
MARK = re.compile(r'"(x-[a-z-]+)"')
CALLER = """
import json, os, urllib.request
asked = urllib.request.Request(
    os.environ["PARAKEET_BASE_URL"] + "/perches", b'{"name": "High up"}',
    {"X-Key": os.environ["PARAKEET_KEY"], "Content-Type": "application/json"},
)
with urllib.request.urlopen(asked) as answer:
    print(answer.status, sorted(json.load(answer)))
"""

MET = """
import urllib.request

def test_that_meets_it(parakeet):
    tenant = parakeet
    headers = {**tenant.headers, "Content-Type": "application/json"}
    asked = urllib.request.Request(tenant.base_url + "/perches", b'{"name": "High up"}', headers)
    with urllib.request.urlopen(asked) as answer:
        assert 201 == answer.status

def test_that_does_not(offair):
    with offair.tenant("parakeet") as tenant:
        assert "parakeet" == tenant.name
"""


def _blocks():
    return [(found["label"].split(), found["code"]) for found in FENCE.finditer((ROOT / PAGE).read_text("utf-8"))]


def _windows(lines, size):
    return (textwrap.dedent("\n".join(lines[start : start + size])) for start in range(len(lines) - size + 1))


def _stands_in_the_toy(code):
    wanted = textwrap.dedent(code).rstrip("\n")
    size = len(wanted.splitlines())
    return any(wanted in _windows(path.read_text("utf-8").splitlines(), size) for path in TOY)


@pytest.mark.parametrize("code", [code for label, code in _blocks() if label in (["python"], ["yaml"])])
def test_every_snippet_is_part_of_the_toy(code):
    assert _stands_in_the_toy(code), "take it from tests/toy/toycloud as it stands there"


def test_every_block_says_what_it_is():
    """A snippet, a file of the smallest cloud, or what fails at import."""
    known = {"python", "yaml", "toml", "json", "text"}

    assert [] == [label for label, _ in _blocks() if not label or label[0] not in known or len(label) > 2]


@pytest.mark.parametrize("record", FORM, ids=lambda record: record.__name__)
def test_every_field_is_on_the_page(read, record):
    text = read(PAGE)
    missing = [field.name for field in fields(record) if not re.search(rf"`{field.name}[`(.]", text)]

    assert [] == missing, f"say what {record.__name__} has: {missing}"


@pytest.mark.parametrize("event", get_args(Event), ids=lambda event: event.__name__)
def test_every_event_is_on_the_page(read, event):
    assert f"`{event.__name__}`" in read(PAGE)


def test_every_problem_is_on_the_page(read):
    every = [name for name in vars(problems) if isinstance(vars(problems)[name], type)]
    raised = [name for name in every if issubclass(vars(problems)[name], problems.Problem)]

    assert [] == [name for name in raised if f"`{name}`" not in read(PAGE)]


def test_every_mark_is_on_the_page(read):
    modules = [path.read_text("utf-8") for path in (ROOT / "contracts").glob("*.py")]
    marks = set(chain.from_iterable(MARK.findall(module) for module in modules))

    assert [] == sorted(mark for mark in marks if f"`{mark}`" not in read(PAGE))


@pytest.mark.parametrize("words", [SOCKETS, FRAMES, WEBHOOKS], ids=["sockets", "frames", "webhooks"])
def test_every_member_of_the_documents_is_on_the_page(read, words):
    assert [] == sorted(word for word in words if f"`{word}`" not in read(PAGE))


def test_the_members_of_a_socket_are_those_that_are_read():
    """What a socket's record has, its document says; ``key`` and the marks are said elsewhere."""
    derived = {"key", "grade", "source", "name", "code", "path_parameters", "query_parameters", "header_parameters"}
    held = {field.name for term in (SocketTerm, FrameTerm, CloseTerm) for field in fields(term)} - derived

    assert set() == held - SOCKETS - FRAMES


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_of_a_simulation_is_on_the_page(read, target):
    assert f"`{target}`" in read(PAGE)


def test_every_message_is_one_that_a_test_has_seen(read):
    """Each stands in the tests of what fails at import, be it broken over lines or not."""
    seen = (ROOT / "tests/provider/test_fitting.py").read_text("utf-8")
    (messages,) = [code for label, code in _blocks() if label == ["text"]]

    assert [] == [line for line in messages.splitlines() if line not in seen]


@pytest.fixture(name="site")
def _site(tmp_path):
    """The files of the smallest cloud, as an installer would leave them."""
    files = {label[1]: code for label, code in _blocks() if len(label) == 2}
    for name, code in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    project = tomllib.loads(files["pyproject.toml"])["project"]
    points = [
        f"[{group}]\n" + "\n".join(f"{n} = {v}" for n, v in named.items())
        for group, named in project["entry-points"].items()
    ]
    installed = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (installed / "entry_points.txt").write_text("\n".join(points))
    return tmp_path


@pytest.fixture(name="python")
def _python(environment, site):
    """Run a module where the smallest cloud is installed, and give how it ended."""

    def python(*arguments):
        return subprocess.run(
            [sys.executable, "-m", *arguments], env=environment | {"PYTHONPATH": str(site)}, cwd=site,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return python


@pytest.fixture(name="run")
def _run(python):
    """Run a command of Offair there, and give what it prints."""

    def run(*arguments):
        done = python("offair", *arguments)
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_smallest_cloud_is_listed(run):
    assert "Parakeet (parakeet): 1 of 1 operations served" in run("providers", "parakeet")


def test_the_smallest_cloud_is_served(run):
    assert "201 ['id', 'push', 'watch']" in run("exec", "--", sys.executable, "-c", CALLER)


def test_an_answer_that_is_not_documented_fails_the_tests_that_met_it(site, python):
    """It is sent as it is; that it is wrong is told by the plugin, whatever the test itself thought of it."""
    code = site / "parakeet/__init__.py"
    code.write_text(code.read_text().replace('"watch": watch', '"look": watch'))
    (site / "test_mine.py").write_text(MET)
    ended = python("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "test_mine.py")
    words = "our own answer breaks its contract: POST /perches: response.body at watch: is missing"

    assert (1, True, True) == (ended.returncode, words in ended.stdout, "1 failed, 1 passed" in ended.stdout), (
        ended.stdout
    )


@pytest.mark.media
def test_the_smallest_cloud_is_shown_on_air(run):
    assert "hls: plays" in run("demo", "--no-keep").partition("Parakeet")[2]
