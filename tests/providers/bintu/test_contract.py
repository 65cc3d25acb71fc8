"""What is known of Bintu, held against itself: the exchanges that it published keep what it documents."""

import pytest

from offair.contracts.checks.request import check_request
from offair.contracts.checks.webhook import check_webhook
from offair.contracts.contract import promise

BINTU = promise("bintu")
DOCUMENTS = [BINTU, *BINTU.services.values()]
EXAMPLES = [
    pytest.param(document, example, id=f"{document.service}/{example.name}")
    for document in DOCUMENTS
    for example in document.examples
    if not any(trim.where == "request" for trim in example.trims)
]


@pytest.mark.parametrize(("document", "example"), EXAMPLES)
def test_a_published_call_keeps_the_promise(document, example):
    check = check_webhook if example.operation.startswith("webhook") else check_request

    assert [] == [str(violation) for violation in check(document, example.exchange)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.service or "main")
def test_every_operation_says_how_well_it_is_known(document):
    letters = {"A": "documented", "B": "documented", "C": "inferred", "D": "inferred"}
    wrong = [
        operation.key for operation in document.operations.values() if letters[operation.source[0]] != operation.grade
    ]

    assert [] == wrong


def test_a_stream_name_is_asked_for_before_an_id():
    found = {
        path: BINTU.match("GET", path)[0].operation_id for path in ("/stream/public", "/stream/count", "/stream/x")
    }

    assert {
        "/stream/public": "getPublicStreams",
        "/stream/count": "getStreamListCount",
        "/stream/x": "getStream",
    } == found
