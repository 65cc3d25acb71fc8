"""What could not be sent, or would never fit, is refused at the start."""

import pytest

from offair.emulator.providers.ainative.switches import Switches


@pytest.mark.parametrize("code", [-1, 5, 999, 1005, 1006, 1015, 2000, 5000])
def test_a_close_code_that_cannot_be_sent_is_refused(code):
    with pytest.raises(ValueError, match=rf"missing_close cannot be {code}: it is 0, or a close code"):
        Switches(missing_close=code)


@pytest.mark.parametrize("code", [0, 1000, 1008, 3000, 4004, 4999])
def test_a_close_code_that_can_be_sent_is_taken(code):
    assert code == Switches(unauthorized_close=code).unauthorized_close


@pytest.mark.parametrize("pair", ["999.0.0.0/8=US", "10.0.0.0/8", "10.0.0.0/8=usa", "=US", "US=10.0.0.0/8"])
def test_a_country_of_no_address_is_refused(pair):
    with pytest.raises(ValueError, match=r"countries cannot be "):
        Switches(countries=("::1=DE", pair))
