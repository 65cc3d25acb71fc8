"""The console in Flask: every page of the table, what they look like, and what a browser is told about them."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request

from offair.emulator.console import words
from offair.emulator.console.clerk import Clerk
from offair.emulator.console.pages import PAGES, ConsolePage
from offair.emulator.core.problems import Forbidden, Malformed, Missing, Problem
from offair.emulator.web.delivery import deliver
from offair.emulator.web.guarding import OWN_SITES
from offair.emulator.web.waiting import about_to_wait

PLACE = "console"
POLICY = (
    "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ASSETS = Path(__file__).parent / "assets"
FILTERS: tuple[Callable[..., str], ...] = (
    words.span, words.bitrate, words.measure, words.size, words.moment, words.stamp, words.day, words.sign,
)  # fmt: skip


class Console:
    """The pages about one stand-in, which ``clerk`` asks."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk
        (root,) = clerk.control.roots
        self._root = f"{root}/{PLACE}"
        self._navigation = [(page.path, page.words) for page in PAGES if page.words]

    def add_to(self, app: Flask) -> None:
        """Answer below the control surface's root, with the templates and their filters."""
        pages = Blueprint(PLACE, __name__, template_folder="templates")
        for speak in FILTERS:
            pages.add_app_template_filter(speak)
        for page in PAGES:
            self._add(pages, f"/{page.path}", f"page {page.path}", self._view(page))
        self._add(pages, "/assets/<name>", "asset", self._asset)
        self._add(pages, "/<path:rest>", "nowhere", self._nowhere)
        app.register_blueprint(pages, url_prefix=self._root)
        self._add(app, self._root, "console without a slash", self._enter)

    def _add(self, to: Flask | Blueprint, rule: str, name: str, view: Callable[..., Response]) -> None:
        to.add_url_rule(
            rule, endpoint=name.replace(".", " "), view_func=view, methods=["GET"], provide_automatic_options=False
        )

    def _view(self, page: ConsolePage) -> Callable[..., Response]:
        def view(**parts: str) -> Response:
            try:
                if page.waits:
                    about_to_wait(request.environ)
                    _check_asker()
                gathered = page.gather(self._clerk, parts, request.args)
            except Problem as problem:
                return self._trouble(problem, parts.get("stream", ""))
            return self._show(page.template, {"title": page.title, "page": page.template, **gathered})

        return view

    def _show(self, template: str, shown: dict[str, Any], status: int = 200) -> Response:
        below = request.path.removeprefix(f"{self._root}/")
        text = render_template(
            f"console/{template}.html",
            up="../" * below.count("/") or "./",
            here=below.partition("/")[0] if below.partition("/")[0] != "streams" else "",
            navigation=self._navigation,
            clock=self._clerk.ask("GET /clock"),
            **shown,
        )
        headers = {**SAFE, "Cache-Control": "no-store"}
        return Response(text, status, headers, content_type="text/html; charset=utf-8")

    def _trouble(self, problem: Problem, stream: str = "") -> Response:
        status = {Missing: 404, Malformed: 400, Forbidden: 403}.get(type(problem), 422)
        title = "There is nothing here" if status == HTTPStatus.NOT_FOUND else "That cannot be shown"
        told = {"title": title, "page": "trouble", "words": str(problem), "stream": stream}
        return self._show("trouble", told, status)

    def _nowhere(self, rest: str) -> Response:
        return self._trouble(Missing(f"the console has no page {rest}"))

    def _asset(self, name: str) -> Response:
        path = ASSETS / name
        if path.suffix not in KINDS or not path.is_file():
            return self._trouble(Missing(f"the console has no file {name}"))
        return deliver(request, path, KINDS[path.suffix], headers=SAFE, freshness="no-cache")

    def _enter(self) -> Response:
        return Response(status=308, headers={"Location": f"{PLACE}/"})


def _check_asker() -> None:
    """Let no page of another site have us do what takes time: a picture's address is enough for that."""
    if request.headers.get("Sec-Fetch-Site") not in OWN_SITES:
        raise Forbidden("a page of another site asks for what takes seconds; ask for it on the stream's own page")
