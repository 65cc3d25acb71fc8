"""What a browser is told that calls from another origin (Fetch standard, CORS protocol)."""

import pytest

from offair.emulator.provider.surface import Cors
from offair.emulator.web.crossing import allowed, preflight

PAGE = "https://page.example"


@pytest.mark.parametrize(
    ("cors", "origin", "named", "varies"),
    [
        (Cors(), PAGE, "*", False),
        (Cors(), None, "*", False),
        (Cors(credentials=True), PAGE, PAGE, True),
        (Cors(credentials=True), None, "*", False),
        (Cors(origin=PAGE), "https://evil.example", PAGE, True),
        (Cors(origin=PAGE, credentials=True), "https://evil.example", PAGE, True),
        (Cors(origin=f"http://localhost:5173 {PAGE}"), PAGE, PAGE, True),
        (Cors(origin=f"{PAGE} http://localhost:5173"), "https://evil.example", PAGE, True),
        (Cors(origin=f"{PAGE} http://localhost:5173"), None, PAGE, True),
    ],
)
def test_a_page_is_named_that_may_read_the_answer(cors, origin, named, varies):
    told = allowed(cors, origin)

    assert (named, varies, cors.credentials) == (
        told["Access-Control-Allow-Origin"],
        told.get("Vary") == "Origin",
        "Access-Control-Allow-Credentials" in told,
    )


def test_a_preflight_names_what_may_be_posted_where_that_is_not_the_usual():
    told = [
        preflight(Cors(), PAGE, ["POST"], posted=types).headers.get("Accept-Post") for types in ((), ("a/b", "c/d"))
    ]

    assert [None, "a/b, c/d"] == told


def test_a_preflight_tells_what_may_be_sent():
    told = preflight(Cors(headers="X-Key", max_age=5, status=200), PAGE, ["PUT", "GET"])

    assert (200, None, "GET, PUT", "X-Key", "5") == (
        told.status,
        told.body,
        *(told.headers[f"Access-Control-{name}"] for name in ("Allow-Methods", "Allow-Headers", "Max-Age")),
    )
