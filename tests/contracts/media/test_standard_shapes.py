"""None of the standards' own examples breaks a must: manifests and playlists of their shapes, written for this."""

from pathlib import Path

import pytest
from airing_polls import answer, broken, broken_musts

SHAPES = {path.name: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "shapes").iterdir())}
PUBLISHED = 1_700_000_000.0  # 2023-11-14T22:13:20Z, when those that are live were
MOMENTS = {"long before": 0.0, "at once": PUBLISHED + 0.5, "years later": PUBLISHED + 9e7}
SEVERE = {"dash/essential", "dash/first-period"}  # what is no must, and would be said of a good example too


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", SHAPES)
def test_an_example_breaks_no_must_whenever_it_is_looked_at(name, moment):
    url = f"http://shapes.example/{name}"

    assert [] == broken_musts([answer(url, SHAPES[name], MOMENTS[moment])], url)


@pytest.mark.parametrize("name", SHAPES)
def test_an_example_is_not_called_unplayable(name):
    url = f"http://shapes.example/{name}"

    assert set() == SEVERE & set(broken([answer(url, SHAPES[name], PUBLISHED)], url))
