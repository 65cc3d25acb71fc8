"""A document's operations, driven by Schemathesis in one test each."""

from collections.abc import Callable

from hypothesis import settings
from schemathesis.checks import load_all_checks
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.schemas import BaseSchema


def labels(schema: BaseSchema) -> list[str]:
    """Name a document's operations, for a test's parameters."""
    return [found.ok().label for found in schema.get_all_operations()]


def drive(schema: BaseSchema, label: str, call: Callable, how: settings) -> None:
    """Call an operation in every phase: with its examples, at the edges of what is allowed, and beyond.

    Schemathesis' own ``parametrize`` makes the cases of all operations while tests are collected: seconds in every
    worker, and in every session that runs none of them. Nor do its tests have names of their own, so that workers run
    the first operation and say nothing of the others.
    """
    load_all_checks()
    schema = schema.include(name=label)
    for found in get_all_tests(schema=schema, test_func=call, settings=how, given_kwargs={}):
        _, test = found.ok()
        test()
