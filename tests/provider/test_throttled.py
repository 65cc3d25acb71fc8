"""Who calls too often is told so, and for how long to wait, by every service of every cloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.problems import Throttled
from offair.emulator.provider.provider import discover

SURFACES = [
    pytest.param(surface, id=f"{provider.name}/{surface.service}")
    for provider in discover()
    for surface in provider.surfaces
]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_service_says_429_and_when_to_come_again(surface):
    said = surface.render(Throttled("too many", 7.2, allowed=(1, 1.0)), None)

    assert (429, "8") == (said.status, said.headers.get("Retry-After"))


@given(st.floats(0, 1e6))
def test_who_waits_as_long_as_it_says_does_not_come_too_early(wanted):
    seconds = Throttled("too many", wanted, allowed=(1, 1.0)).seconds

    assert wanted - 0.001 <= seconds < max(2, wanted + 1)
