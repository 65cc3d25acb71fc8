"""The pages of the hand-out: made of the docstrings, and every test on them passes."""

from pathlib import Path

import pytest
from guests import alone, run_here

from offair.fixtures.pages import GIVES
from offair.fixtures.plugin import pages

pytest_plugins = ["pytester"]

PAGES = ("docs/fixtures/README.md", "docs/fixtures/recipes.md")
SITE = """
import pytest

class Site:
    def __init__(self, cloud):
        self._cloud = cloud

    def page(self, stream):
        status = self._cloud.httpx.get(f"/streams/{stream}").json()["data"]["status"]
        return {"live": "on air", "idle": "over"}.get(status, status)

@pytest.fixture
def site(tenbyte):
    return Site(tenbyte)
"""


def _run(pytester, examples, conftest=""):
    pytester.makeconftest(conftest)
    pytester.makepyfile(**{f"test_{number}": code for number, code in enumerate(examples)})
    outcomes = run_here(pytester, *alone("hypothesispytest")).parseoutcomes()

    assert {} == {name: count for name, count in outcomes.items() if name != "passed"}
    assert len(examples) <= outcomes["passed"]


@pytest.mark.parametrize("name", PAGES)
def test_every_test_of_a_page_passes_as_it_stands(name, fences, pytester):
    _run(pytester, [code for label, code in fences(name) if label in {"python", "python hypothesis"}])


@pytest.mark.media
def test_what_the_recipe_publishes_plays(fences, pytester):
    _run(pytester, [code for label, code in fences("docs/fixtures/recipes.md") if label == "python media"])


@pytest.mark.media
def test_the_readmes_test_passes(blocks, pytester):
    _run(pytester, blocks("README.md", "python"), conftest=SITE)


def test_the_page_has_the_table_of_fixtures(read):
    assert pages(None) in read("docs/fixtures/README.md"), "write it anew: offair fixtures"


@pytest.mark.parametrize("name", ["offair_settings", *GIVES])
def test_a_fixtures_page_is_fresh(read, name):
    assert pages(name) == read(f"docs/fixtures/{name}.md"), f"write it anew: offair fixtures {name}"
    assert Path(f"{name}.md").name in read("docs/fixtures/README.md")
