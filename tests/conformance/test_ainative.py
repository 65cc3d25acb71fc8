"""AINative's document, driven by Schemathesis over a real socket, with what FastAPI does otherwise than it expects.

FastAPI lets unknown query parameters pass. At a path with a word in it, where another path has an id in that place, a
method of that other path is answered by it, and not with a 405. A 400 is what the state of things forbids. And files
are sent without names here, so that they are none.
"""

import pytest
import schemathesis
from driven import drive, labels
from hypothesis import settings
from schemathesis.specs.openapi.checks import unsupported_method

from offair.contracts.contract import promise

CLOUD = schemathesis.openapi.from_dict(promise("ainative").woven())
CLOUD.config.generation.update(with_security_parameters=False)  # made-up credentials would end most calls at the door
CLOUD.config.checks.positive_data_acceptance.expected_statuses += ["400"]
UNKNOWN = "x-schemathesis-unknown-property"
UPLOADS = ["uploadAvatar", "uploadBanner"]
ONE_PASS = settings(deadline=None, derandomize=True, database=None, max_examples=4)


@pytest.fixture(scope="module", name="target")
def _target(emulator, session):
    """Where to call, and as whom."""
    tenant = emulator.tenancy.invite("ainative", "a test")
    return {
        "base_url": emulator.addresses("ainative").api,
        "session": session,
        "headers": dict(tenant.headers),
        "excluded_checks": [unsupported_method],
    }


@pytest.mark.slow
@pytest.mark.parametrize("operation", labels(CLOUD.exclude(operation_id=["deleteMe", *UPLOADS])))
def test_every_operation_keeps_its_promise(operation, target):
    drive(CLOUD, operation, lambda case: None if UNKNOWN in (case.query or {}) else target, ONE_PASS)
