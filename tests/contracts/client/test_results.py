"""What a job returns tells of a refusal, or does not: pure."""

from dataclasses import dataclass

import httpx
import pytest

from offair.contracts.client.answers import every_answer
from offair.contracts.client.results import tells_of_failure

REFUSAL = every_answer("tenbyte", "getStream", status=403)[0]
THING = {"id": "1403-a", "name": "Evening"}


@dataclass
class Result:
    """What a client gives that never raises."""

    ok: bool
    thing: object = None
    why: str | None = None


@pytest.mark.parametrize(
    ("value", "good"),
    [
        (Result(ok=False), Result(ok=True, thing=THING)),
        (Result(ok=True, why="it was refused"), Result(ok=True, thing=THING)),
        ((None, REFUSAL.value), (THING, None)),
        ((None, "HTTP 403"), (THING, "")),
        ({"status": 403, "thing": None}, {"status": 200, "thing": THING}),
        ({"error": KeyError("id")}, {"thing": THING}),
        ({"error": REFUSAL.value}, {"thing": THING}),
        ("no such thing", THING),
    ],
)
def test_a_result_that_differs_as_errors_do_tells_of_the_refusal(value, good):
    assert tells_of_failure(value, good, REFUSAL)


@pytest.mark.parametrize(
    ("value", "good"),
    [
        (REFUSAL.value, THING),
        (REFUSAL.value, [THING]),
        ({"thing": REFUSAL.value}, {"thing": THING}),
        ({"thing": None}, {"thing": THING}),
        ("done", "done"),
        ([], [THING]),
        (httpx.Response(403), httpx.Response(200)),
        ({"id": "2403-b"}, THING),
        (Result(ok=True, thing={}), Result(ok=True, thing=THING)),
    ],
)
def test_a_result_that_only_lacks_something_tells_nothing(value, good):
    assert not tells_of_failure(value, good, REFUSAL)
