"""Generators that a double decorates: it lasts from their first step to their end, and not only until they are made."""

import inspect
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager, aclosing
from functools import wraps
from typing import Any


def lasting(double: AbstractContextManager[Any], func: Callable[..., Any]) -> Callable[..., Any]:
    """Give a generator function, sync or async, during whose generators the double answers."""

    @wraps(func)
    def each(*arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
        with double:
            return (yield from func(*arguments, **options))

    @wraps(func)
    async def each_async(*arguments: Any, **options: Any) -> AsyncIterator[Any]:
        with double:
            async with aclosing(func(*arguments, **options)) as generator:
                async for one in generator:
                    yield one

    return each_async if inspect.isasyncgenfunction(func) else each
