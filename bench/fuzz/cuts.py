"""How a network cuts bytes: the law is that it changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Outcome = tuple[list[Any], str | None]


def pieces(data: bytes, length: int) -> Iterator[bytes]:
    """Cut bytes into pieces of a length."""
    return (data[at : at + length] for at in range(0, len(data), length))


def outcome(receive: Callable[[bytes], Iterable[Any]], parts: Iterator[bytes], refusal: type[Exception]) -> Outcome:
    """What a reader gave before it ended, and the words with which it refused, if it did."""
    given: list[Any] = []
    try:
        for part in parts:
            given.extend(receive(part))
    except refusal as error:
        return given, str(error)
    return given, None
