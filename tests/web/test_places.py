"""A place's application is built when somebody first calls there, and once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from offair.contracts.wsgi import call_wsgi
from offair.emulator.web.places import FRONT, Places


@pytest.fixture(name="built")
def _built() -> list[str]:
    """Note which place was built, in order."""
    return []


@pytest.fixture(name="places")
def _places(built: list[str]) -> Places:
    """Have a front and two places, each of which answers with its name."""

    def building(name: str):
        def build():
            built.append(name)

            def answer(_environ, start):
                start("200 OK", [])
                return [name.encode()]

            return answer

        return build

    return Places({name: building(name) for name in (FRONT, "one", "two")})


def _ask(places: Places, path: str) -> str:
    return call_wsgi(places, "GET", f"http://127.0.0.1{path}", {}, b"")[2].decode()


def test_nothing_is_built_before_somebody_calls(places, built):
    assert ([], "one", ["one"]) == (list(built), _ask(places, "/one/streams"), built)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/one", "one"), ("/one/", "one"), ("/two/a/b", "two"), ("/", FRONT), ("/three", FRONT), ("//one", FRONT)],
)
def test_the_first_part_of_a_path_says_who_answers(places, path, expected):
    assert expected == _ask(places, path)


def test_many_who_come_at_once_have_one_built(places, built):
    together = threading.Barrier(4)

    def come(_number: int) -> str:
        together.wait(30)
        return _ask(places, "/one/streams")

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(come, range(4)))

    assert ({"one"}, ["one"]) == (answers, built)
