"""Bintu's documents, driven by Schemathesis over a real socket.

JSON that is said to be something else is left out of them: Schemathesis would send something else. The operations in
``BEYOND_SCHEMAS`` may refuse what their schema allows, for a rule that no schema can say: captions in the source's own
language, an address of nobody's, a user who is known already, and a text that is no token of ours.
"""

import copy

import pytest
import schemathesis
from driven import drive, labels
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.specs.openapi.checks import positive_data_acceptance

from offair.contracts.contract import promise

BINTU = promise("bintu")
ONE_PASS = settings(deadline=None, derandomize=True, database=None, max_examples=4)
BEYOND_SCHEMAS = {
    "createStreamOptions", "modifyStreamOptions", "denyAddress", "createUser", "verifyPlaybackToken",
    "revokePlaybackToken", "verifyWebcasterToken",
}  # fmt: skip


def _without_text(document):
    """Copy a document, with one media type for each JSON body."""
    document = copy.deepcopy(document)
    for item in document["paths"].values():
        for operation in item.values():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                content.pop("*/*", None)
    return document


def _schema(document):
    schema = schemathesis.openapi.from_dict(_without_text(document))
    schema.config.generation.update(
        with_security_parameters=False
    )  # made-up credentials would end most calls at the door
    return schema


MAIN = _schema(BINTU.woven())
SERVED = ("token", "splay", "webcaster", "guardian", "vod")
SCHEMAS = {"": MAIN} | {name: _schema(BINTU.services[name].woven()) for name in SERVED}


@pytest.fixture(scope="module", name="tenant")
def _tenant(emulator):
    return emulator.tenancy.invite("bintu", "a test")


@pytest.mark.parametrize(
    ("service", "operation"), [(service, label) for service, schema in SCHEMAS.items() for label in labels(schema)]
)
def test_every_operation_keeps_its_promise(service, operation, emulator, tenant, session):
    """Of the API and of each service: tokens, secure tokens, the webcaster, guardian and transcripts."""
    addresses = emulator.addresses("bintu")
    url, headers = addresses.services[service] if service else addresses.api, dict(tenant.headers)

    def asked(case):
        is_beyond = case.operation.definition.raw["operationId"] in BEYOND_SCHEMAS
        excluded = [positive_data_acceptance] if is_beyond else []
        return {"base_url": url, "session": session, "headers": headers, "excluded_checks": excluded}

    drive(SCHEMAS[service], operation, asked, ONE_PASS)


def test_operations_keep_their_promise_one_after_another(emulator, tenant, session):
    """The document's links lead from a stream's creation to whatever can be done with it, and beyond its end."""
    target = {"base_url": emulator.addresses("bintu").api, "session": session, "headers": dict(tenant.headers)}

    class Story(MAIN.as_state_machine()):
        def get_call_kwargs(self, _case):
            return target

    run_state_machine_as_test(Story, settings=settings(ONE_PASS, stateful_step_count=5))
