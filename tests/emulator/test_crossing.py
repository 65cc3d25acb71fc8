"""Pages of other origins call a cloud that says nothing of them, where a setting lets them."""

import httpx
import pytest

from offair.emulator.emulator import Emulator

PAGE = "http://localhost:5173"
ASKING = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}


def _ask(origins, method, headers):
    with Emulator({"allowed_origins": origins}) as emulator:
        url = f"{emulator.addresses('tenbyte').api}/streams"
        return httpx.request(method, url, headers=headers, timeout=30)


@pytest.mark.parametrize(("origins", "named"), [("*", "*"), (f"https://page.example,{PAGE}", PAGE)])
def test_a_page_that_a_setting_lets_call_is_answered_before_and_after(origins, named):
    asked, told = _ask(origins, "OPTIONS", ASKING), _ask(origins, "GET", {"Origin": PAGE})

    assert (204, named, True, 401, named) == (
        asked.status_code, asked.headers["Access-Control-Allow-Origin"],
        "POST" in asked.headers["Access-Control-Allow-Methods"],
        told.status_code, told.headers["Access-Control-Allow-Origin"],
    )  # fmt: skip


def test_without_it_no_page_is_named():
    told = _ask((), "GET", {"Origin": PAGE})

    assert "Access-Control-Allow-Origin" not in told.headers


def test_the_control_surface_is_no_cloud():
    with Emulator({"allowed_origins": "*"}) as emulator:
        told = httpx.get(f"{emulator.http_url}/_offair/state", headers={"Origin": PAGE}, timeout=30)

    assert (403, False) == (told.status_code, "Access-Control-Allow-Origin" in told.headers)
