"""The respx router of a double: the clouds' route after all others, and beneath it every other HTTP library."""

import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import httpx
import respx
from respx.models import AllMockedAssertionError, PassThrough

from offair.contracts.double import aio, blocking, successor, transports
from offair.contracts.double.addresses import Directory, Doubled
from offair.contracts.double.answering import answer_for
from offair.contracts.double.asking import PASSED
from offair.contracts.double.lasting import lasting

CLOUDS = "offair's clouds"


class UnknownHostError(AllMockedAssertionError):
    """A client called a host that no double answers for."""


class CloudRoute(respx.Route):
    """Whatever is at a cloud's addresses."""

    def __init__(self, directory: Directory) -> None:
        super().__init__()
        self._directory = directory

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = respx.Route.__hash__

    def match(self, request: httpx.Request) -> httpx.Response | httpx.Request | None:
        """Answer; None where it is at no address of the cloud, the request itself where it goes on to the stand-in."""
        place = self._directory.find(request.url.host, request.url.path)
        if place is None:
            return request if self._directory.is_stand_in(request.url.host, request.url.port) else None
        return answer_for(place, request)


class Double(respx.MockRouter):
    """A respx router on which clouds are; whatever other routes are added goes before them."""

    def __init__(self, clouds: Iterable[Doubled] = (), **settings: Any) -> None:
        super().__init__(**{"assert_all_called": False, **settings})
        self.directory = Directory(clouds)
        self._cloud = CloudRoute(self.directory)
        self._patches = ExitStack()
        self._lock, self._users = threading.RLock(), 0
        self.routes.add(self._cloud, CLOUDS)

    def __call__(self, func: Callable[..., Any] | None = None, **settings: Any) -> Any:
        """Decorate a function, a coroutine function, or a generator of either: the double lasts while it runs.

        TypeError for a class: nobody knows which of its methods are meant.
        """
        if inspect.isclass(func):
            raise TypeError(f"a double decorates functions, and {func.__name__} is a class; decorate its methods")
        if func is not None and (inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func)):
            return lasting(self, func)
        return super().__call__(func, **settings)

    def add(self, route: respx.Route, *, name: str | None = None) -> respx.Route:
        """Add a route, before the clouds'."""
        self.routes.pop(CLOUDS, None)  # type: ignore[no-untyped-call] # of respx
        added = super().add(route, name=name)
        self.routes.add(self._cloud, CLOUDS)
        return added

    def handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; UnknownHostError where it is nobody's, PassThrough where it goes on."""
        if PASSED in request.extensions:
            raise PassThrough("it goes on as it did before", request=request, origin=self._cloud)
        try:
            return super().handler(request)
        except AllMockedAssertionError as error:
            raise self._unknown(request) from error

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        """Answer a request; UnknownHostError where it is nobody's, PassThrough where it goes on."""
        if PASSED in request.extensions:
            raise PassThrough("it goes on as it did before", request=request, origin=self._cloud)
        try:
            return await super().async_handler(request)
        except AllMockedAssertionError as error:
            raise self._unknown(request) from error

    def _unknown(self, request: httpx.Request) -> UnknownHostError:
        return UnknownHostError(
            f"{request.method} {request.url} goes to a host that is not doubled; the double answers for "
            f"{', '.join(self.directory.hosts)}. Add a route of your own (router.route(host={request.url.host!r})) "
            "if it is meant."
        )

    def start(self) -> None:
        """Begin to answer, for every HTTP library that is installed; whoever begins again ends it again."""
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            super().start()
            for patch in _patches():
                self._patches.enter_context(patch)

    def stop(self, clear: bool = True, reset: bool = True, quiet: bool = False) -> None:  # noqa: FBT001, FBT002 - respx'
        """End it, where nobody else has begun it."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if self._users:
                return
            self._patches.close()
            super().stop(clear, reset, quiet)


def _patches() -> Iterator[AbstractContextManager[None]]:
    for module in (transports, blocking, aio, successor):
        patch = module.patched()
        if patch is not None:
            yield patch
