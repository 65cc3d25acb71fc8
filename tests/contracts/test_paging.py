"""How a list is paged is read from what its parameters are called."""

import pytest

from offair.contracts.checks.pages import Paging, paging_of
from offair.contracts.contract import promise


@pytest.mark.parametrize(
    ("cloud", "operation", "paging"),
    [
        ("tenbyte", "GET /streams", Paging("page", "per_page")),
        ("bintu", "GET /stream", Paging("offset", "quantity")),
        ("ainative", "GET /streams/search", Paging("page", "per_page")),  # which has a start_date, too
        ("ainative", "GET /streams/trending", None),
        ("ainative", "POST /streams/", None),
    ],
)
def test_a_list_is_paged_by_the_parameters_that_name_a_page_and_its_size(cloud, operation, paging):
    assert paging == paging_of(promise(cloud).operations[operation])


@pytest.mark.parametrize(
    ("name", "is_offset"), [("page", False), ("offset", True), ("skip", True), ("start", True), ("startIndex", True)]
)
def test_an_offset_counts_things_and_a_page_pages(name, is_offset):
    assert is_offset is Paging(name, "size").is_offset
