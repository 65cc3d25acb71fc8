"""Flask, without what no API of a cloud has, and with a short way to what is documented."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RoutingException, Rule

from offair.emulator.web.hot import Application, Environ

Answering = Callable[[Request, Mapping[str, str]], Application]
REMEMBERED = 1024  # paths whose route is known; who asks for one often asks again


class _NoSessions(SessionInterface):
    """No API of a cloud has a session, and looking for its cookie would cost every call."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Have none."""


class _Route(Rule):
    """Werkzeug's, without what writes its URLs: nobody asks for one, and to compile that is a third of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: ARG002, FBT001, FBT002 - as there
        return _unwritten


def _unwritten(*_: object, **__: object) -> tuple[str, str]:
    raise NotImplementedError("no URL is written from a route: addresses are told by whoever listens")


class Api(Flask):
    """Flask without sessions, hooks, coroutines, and detours over a missing slash.

    Documented calls need none of Flask's contexts, which would be two fifths of what they cost: they are answered
    before these are made.
    """

    session_interface = _NoSessions()
    url_rule_class = _Route

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.strict_slashes = True
        self.url_map.merge_slashes = False
        self._routes = self.url_map.bind("")
        self._calls: dict[str, Answering] = {}
        self._match = lru_cache(maxsize=REMEMBERED)(self._routes.match)

    def add_call(self, rule: str, endpoint: str, method: str, answer: Answering) -> None:
        """Add the route of a documented call."""
        self._calls[endpoint] = answer
        self.add_url_rule(
            rule,
            endpoint=endpoint,
            view_func=lambda **parts: answer(request, parts),
            methods=[method],
            provide_automatic_options=False,
        )

    def wsgi_app(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a documented call; Flask answers all else, and tells what went wrong."""
        answer, parts = self._find(environ)
        if answer is None:
            return super().wsgi_app(environ, start_response)
        asked = self.request_class(environ)
        try:
            return answer(asked, parts)(environ, start_response)
        except Exception as error:  # noqa: BLE001 - as Flask does
            with self.request_context(environ):
                return self.handle_exception(error)(environ, start_response)
        finally:
            if "files" in vars(asked):  # of a form that was read
                asked.close()

    def _find(self, environ: Environ) -> tuple[Answering | None, Mapping[str, str]]:
        if "HTTP_UPGRADE" in environ:  # a socket may be at the same path
            return None, {}
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")  # PEP 3333
        try:
            endpoint, parts = self._match(path, environ["REQUEST_METHOD"])
        except (HTTPException, RoutingException):
            return None, {}
        return self._calls.get(endpoint), parts

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take every view as it is."""
        return func

    def full_dispatch_request(self) -> Response:
        """Ask the view alone: nobody here hooks into what comes before and after it."""
        try:
            return self.make_response(self.dispatch_request())
        except Exception as error:  # noqa: BLE001 - handle_user_exception raises what nobody answers
            return self.make_response(self.handle_user_exception(error))

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Refuse what is no documented path, in the surface's words; a redirect would be our own."""
        error = request.routing_exception
        if isinstance(error, RoutingException) or error is None:
            raise NotFound from error
        raise error
