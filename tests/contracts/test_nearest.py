"""Which operation was meant by a request that none fits."""

import cProfile
import pstats

import pytest

from offair.contracts.contract import promise
from offair.contracts.nearest import _likeness_of_step, nearest


@pytest.fixture(scope="module", name="documented")
def _documented():
    return promise("tenbyte")


def _asked(documented, method, path):
    base = documented.base_path
    found = nearest([documented], method, f"/cloud{base}{path}", "/cloud")
    return None if found is None else (found.operation.key, found.differs)


def test_a_wrong_method_is_named(documented):
    assert ("POST /streams/{streamId}/stop", ("it is POST, and PUT was sent",)) == _asked(
        documented, "PUT", "/streams/7/stop"
    )


def test_a_mistyped_segment_is_named(documented):
    assert ("POST /streams/{streamId}/stop", ("where stop stands, stopp was sent",)) == _asked(
        documented, "POST", "/streams/7/stopp"
    )


def test_a_slash_at_the_end_is_named(documented):
    key, differs = _asked(documented, "POST", "/streams/7/reset-key/")

    assert ("POST /streams/{streamId}/reset-key", ("nothing follows", 1)) == (
        key,
        (differs[0][: len("nothing follows")], len(differs)),
    )


@pytest.mark.parametrize(
    ("cloud", "path", "meant"),
    [
        ("ainative", "/streams", "GET /streams/"),  # and not GET /videos, which is as long
        ("ainative", "/coffee", None),
        ("tenbyte", "/coffee", None),  # a base path that fits is no likeness
        ("tenbyte", "/health/", "GET /health"),
    ],
)
def test_the_path_says_more_than_the_method_and_the_base(cloud, path, meant):
    assert meant == (_asked(promise(cloud), "GET", path) or [None])[0]


def test_where_nothing_but_sockets_is_documented_nothing_is_meant():
    assert None is nearest([promise("bintu/h5live")], "GET", "/h5live/http", "")


def test_what_is_like_nothing_is_meant_for_nothing():
    assert None is nearest([promise("tenbyte")], "GET", "/cloud/x", "/cloud")


def test_a_path_of_thousands_of_characters_costs_no_more_to_compare_than_one_that_was_mistyped(documented):
    def calls(path):
        _likeness_of_step.cache_clear()
        with cProfile.Profile() as profile:
            nearest([documented], "GET", path, "")
        return pstats.Stats(profile).total_calls

    mistyped = calls("/v1/streamz")

    assert all(calls(path) <= mistyped for path in (f"/v1/{'a' * 7000}", "/v1" + "/streams" * 900))
