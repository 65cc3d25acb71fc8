"""The control surface's document, driven by Schemathesis over a real socket: every phase, every check.

Left out: ``reset`` and ``restore`` (they take away what the other operations are called with), ``wait`` (it is there
to take its time), and what has no end.
"""

from importlib.resources import files

import pytest
import schemathesis
from driven import drive, labels
from hypothesis import settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from offair.contracts.contract import Contract

TAKES_ANYTHING = {"catch"}  # the inbox: a null is bytes too, which Schemathesis takes for none
LEFT_OUT = ["reset", "restore", "wait", "events", "watch"]
DOCUMENT = Contract.load(files("offair.emulator.web.control")).document
CONTROL = schemathesis.openapi.from_dict(dict(DOCUMENT)).exclude(operation_id=LEFT_OUT)
ONE_PASS = settings(deadline=None, derandomize=True, database=None, max_examples=4)


@pytest.fixture(scope="module", name="real")
def _real(emulator):
    """A cloud and a tenant that are there, for the members that mean one."""
    tenant = emulator.tenancy.invite("tenbyte", "a test")
    return {"tenant": tenant.id, "cloud": tenant.cloud}


def test_the_document_that_is_driven_is_the_one_that_is_served(control):
    assert DOCUMENT == control.get("/openapi.json").json()


@pytest.mark.parametrize("operation", labels(CONTROL))
def test_every_operation_keeps_its_promise(operation, emulator, real, session):
    url = emulator.ready()["control_url"]

    def asked(case):
        if isinstance(case.body, dict):
            texts = {name for name, value in case.body.items() if isinstance(value, str)}
            case.body |= {name: value for name, value in real.items() if name in texts}
        is_open = case.operation.definition.raw["operationId"] in TAKES_ANYTHING
        excluded = [negative_data_rejection] if is_open else []
        return {"base_url": url, "session": session, "excluded_checks": excluded}

    drive(CONTROL, operation, asked, ONE_PASS)
