"""The clients of the guide: the honest ones break nothing, and each fault of the careless ones is named."""

import inspect
import re
import subprocess
import sys

import pytest
from guests import alone, run_here

from offair.contracts.client import check_client
from offair.emulator.counterpart import counterpart_of

GUIDE = "docs/guide/check-clients.md"
CLOUDS = ("tenbyte", "bintu", "ainative")
ROW = re.compile(r"^\| `(?P<rule>(?:requests|answers|drills)/[\w-]+)` \|", re.MULTILINE)
FEW = 10
PATIENCE = 600
UNCLOSED = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")  # the guide's client ends with its process
SITE = """
import httpx
import pytest

class Site:
    def __init__(self, cloud):
        self._cloud, self._stream = cloud, cloud.streams.create()

    def page(self):
        try:
            httpx.get(f"{self._cloud.base_url}/streams/{self._stream}", headers=self._cloud.headers, timeout=0.5)
        except httpx.HTTPError:
            pass
        return httpx.Response(200)

@pytest.fixture
def site(tenbyte):
    return Site(tenbyte)
"""
pytest_plugins = ["pytester"]


@pytest.fixture(scope="module", name="report_on")
def _report_on(emulator, blocks):
    reports, clients = {}, []

    def report_on(cloud, kind):
        if (cloud, kind) not in reports:
            written = {}
            exec(blocks(GUIDE, f"python {cloud}")[0], written)
            counterpart = counterpart_of(cloud, emulator)
            client = written[kind](counterpart.base_url, counterpart.headers)
            clients.append(client)
            reports[cloud, kind] = check_client(counterpart, client.job, raises=(written["ClientError"],), examples=FEW)
        return reports[cloud, kind]

    yield report_on
    for client in clients:
        if not inspect.iscoroutinefunction(client.job):
            client.http.close()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_honest_client_of_the_guide_breaks_nothing(report_on, cloud):
    report = report_on(cloud, "Honest")

    assert [] == [(one.rule, str(found)) for one in report.broken for found in one.violations]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_fault_of_the_careless_client_of_the_guide_is_named(report_on, read, cloud):
    said = read(GUIDE).partition(f"```python {cloud}\n")[2].partition("\n### ")[0]

    assert set(ROW.findall(said)) == {one.rule.name for one in report_on(cloud, "Careless").broken}


def test_a_program_is_judged_as_the_guide_says(blocks, environment, tmp_path):
    (example,) = blocks(GUIDE, "sh")
    honest = blocks(GUIDE, "python tenbyte")[0]
    asks = (
        "import json, os, sys\n"
        "client = Honest(os.environ['TENBYTE_BASE_URL'], json.loads(os.environ['TENBYTE_HEADERS']))\n"
        "try:\n    client.names()\nexcept ClientError as error:\n    sys.exit(str(error))\n"
    )
    tmp_path.joinpath("my_client.py").write_text(f"{honest}\n{asks}", encoding="utf-8")
    typed = example.replace("python3", sys.executable).replace("--answers 5", "--answers 1")
    done = subprocess.run(
        ["bash", "-c", typed],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert (0, True) == (done.returncode, " 0 broken" in done.stdout), done.stdout + done.stderr


def test_the_test_of_the_guide_passes_in_somebodys_suite(blocks, pytester):
    tenbyte = blocks(GUIDE, "python tenbyte")[0]
    theirs = f"{tenbyte}\nMyClient, MyClientError = Honest, ClientError\n{blocks(GUIDE, 'python test')[0]}"
    pytester.makepyfile(theirs.replace("raises=(MyClientError,)", f"raises=(MyClientError,), examples={FEW}"))

    run_here(pytester, *alone(), *UNCLOSED).assert_outcomes(passed=1)


def test_the_script_of_the_guide_judges_a_client_without_pytest(blocks, capsys):
    written = {}
    exec(blocks(GUIDE, "python tenbyte")[0], written)
    written |= {"MyClient": written["Honest"], "MyClientError": written["ClientError"]}
    exec(blocks(GUIDE, "python script")[0].replace("drills=", f"examples={FEW}, drills="), written)
    written["client"].http.close()

    assert " 0 broken" in capsys.readouterr().out


@pytest.mark.slow
def test_every_cold_answer_of_the_guide_is_played_in_somebodys_suite(blocks, pytester):
    pytester.makeconftest(SITE)
    pytester.makepyfile(blocks(GUIDE, "python")[0])
    outcomes = pytester.runpytest_subprocess(*alone()).parseoutcomes()

    assert {"passed"} == outcomes.keys()
    assert outcomes["passed"] > 10
