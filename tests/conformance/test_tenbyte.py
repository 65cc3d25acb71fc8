"""Tenbyte's document, driven by Schemathesis over a real socket: every phase, every check, none excluded.

Three checks only pass because our document says what the vendor's does not: that a parameter of the list is never
refused (``negative_data_rejection``), which rules hold across members (``positive_data_acceptance``), and that
probes are open to everybody (``ignored_auth``).
"""

import pytest
import schemathesis
from driven import drive, labels
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from offair.contracts.contract import promise

DOCUMENT = promise("tenbyte").woven()
CLOUD = schemathesis.openapi.from_dict(DOCUMENT)
CLOUD.config.generation.update(with_security_parameters=False)  # made-up credentials would end most calls at the door
ONE_PASS = settings(deadline=None, derandomize=True, database=None, max_examples=6)


@pytest.fixture(scope="module", name="tenant")
def _tenant(emulator):
    return emulator.tenancy.invite("tenbyte", "a test")


@pytest.fixture(scope="module", name="target")
def _target(emulator, tenant, session):
    """Where to call, and as whom: the key for the API, the secret for the callback."""
    secret = {"X-Webhook-Secret": tenant.credentials["webhook_secret"]}
    headers = {**tenant.headers, **secret}
    return {"base_url": emulator.addresses("tenbyte").api, "session": session, "headers": headers}


@pytest.mark.parametrize("operation", labels(CLOUD))
def test_every_operation_keeps_its_promise(operation, target):
    drive(CLOUD, operation, lambda _case: target, ONE_PASS)


def test_operations_keep_their_promise_one_after_another(target):
    """The document's links lead from a stream's creation to whatever can be done with it, and beyond its end."""

    class Story(CLOUD.as_state_machine()):
        def get_call_kwargs(self, _case):
            return target

    run_state_machine_as_test(Story, settings=settings(ONE_PASS, stateful_step_count=6))
