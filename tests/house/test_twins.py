"""Each test has a name of its own."""

from twins import refusal


def test_tests_that_are_called_alike_are_refused():
    assert "2 tests are called test_a[1], of which workers run one" in refusal(["test_a[1]", "test_b", "test_a[1]"])


def test_tests_with_names_of_their_own_are_not():
    assert None is refusal(["test_a[1]", "test_a[2]"])
