"""A document's operations, driven by Schemathesis in one test each."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import settings
from schemathesis.checks import load_all_checks
from schemathesis.generation.case import Case
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth

PROBED = 2  # good answers to ask for again, without credentials and with wrong ones: that is a call or two for each


def labels(schema: BaseSchema) -> list[str]:
    """Name a document's operations, for a test's parameters."""
    return [found.ok().label for found in schema.get_all_operations()]


def drive(schema: BaseSchema, label: str, asked: Callable[[Case], Mapping[str, Any] | None], how: settings) -> None:
    """Call an operation in every phase: with its examples, at the edges of what is allowed, and beyond.

    ``asked`` says of each case where and how it is called; None leaves it out.

    Schemathesis' own ``parametrize`` makes the cases of all operations while tests are collected: seconds in every
    worker, and in every session that runs none of them. Nor do its tests have names of their own, so that workers run
    the first operation and say nothing of the others.
    """
    probed = 0

    def call(case):
        nonlocal probed
        target = asked(case)
        if target is not None:
            known = [ignored_auth] if probed >= PROBED else []
            excluded = [*target.get("excluded_checks", ()), *known]
            answer = case.call_and_validate(**{**target, "excluded_checks": excluded})
            probed += answer.status_code < 300

    load_all_checks()
    schema = schema.include(name=label)
    for found in get_all_tests(schema=schema, test_func=call, settings=how, given_kwargs={}):
        _, test = found.ok()
        test()
