"""AINative's document, driven by Schemathesis over a real socket, with the checks that hold for what FastAPI does.

Two checks are left out: ``unsupported_method`` asks for a 405 at a path with a word in it, where another path with an
id in that place has the method; and ``ignored_auth`` is for what a bad token does where everybody may call: nothing.
"""

import pytest
import schemathesis
from hypothesis import settings

from offair.contracts.contract import promise

CLOUD = schemathesis.openapi.from_dict(promise("ainative").woven())
CLOUD.config.generation.update(with_security_parameters=False)  # made-up credentials would end most calls at the door
ONE_PASS = settings(deadline=None, derandomize=True, database=None, max_examples=8)


@pytest.fixture(scope="module", name="target")
def _target(emulator):
    """Where to call, and as whom."""
    tenant = emulator.tenancy.invite("ainative", "a test")
    return {"base_url": emulator.addresses("ainative").api, "headers": dict(tenant.headers)}


@pytest.mark.slow
@CLOUD.exclude(operation_id="deleteMe").parametrize()
@ONE_PASS
def test_every_operation_keeps_its_promise(case, target):
    case.call_and_validate(**target)
