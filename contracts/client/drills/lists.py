"""Lists that are longer than a page: a drill about whether all of it is read."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

from offair.contracts.checks.pages import Paging, paging_of
from offair.contracts.checks.resources import id_of, listed
from offair.contracts.checks.searches import words_sought
from offair.contracts.client.drill import breach, drill
from offair.contracts.client.drills.pretending import Pretended
from offair.contracts.client.finding import Called
from offair.contracts.client.results import text_of
from offair.contracts.client.stage import Played, Stage
from offair.contracts.digits import is_number
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.operation import Operation
from offair.contracts.pointer import resolve
from offair.contracts.violation import Grade, Violation

PAGES = 2  # whole pages, and one thing more
MOST = 250  # things that are made for a drill
A_PAGE = 30  # things, where nobody says how many
LARGE = 50  # who asks for so many at once wants all
PLACES = ("page", "offset")  # some lists have both
AMOUNT = re.compile(r"quantity", re.IGNORECASE)
TOO_MANY = 429
ADDRESS = b"://"
LONGER = 61.0  # cloud seconds, after which a rate's window is over


@drill("the list's page parameters", absent="it reads no list page by page whose rows have ids")
def whole_list(stage: Stage) -> Iterator[Violation | None]:
    """Who reads a list reads all of its pages."""
    for called in stage.called:
        paging, maker = _paging(called.operation), _maker(called)
        if paging is None or words_sought(called.operation):
            continue
        query = next(parse_qs(urlsplit(call.exchange.path).query) for call in stage.good.of(called.name))
        size = _size(called, paging, query)
        if paging.size in query and size < LARGE:
            continue  # a few were meant
        filled: _Filled | Pretended = Pretended(stage, called, paging, size)
        if maker is not None:
            filled = _Filled(stage, called, maker, paging, query)
        played = filled.play(min(PAGES * size + 1, MOST))
        if played is None or not played.of(called.name):
            continue
        shown = {name for call in played.of(called.name) for name in _ids(call.exchange)}
        missed = [name for name in filled.names if name not in shown]
        told, grade = stage.complaint(played), _grade(called, paging)
        given = text_of(played.outcome.value)
        kept = [name for name in filled.names if name in given]
        if told is None and not missed and size <= len(kept) < len(filled.names):  # a page is more than a sample
            told, grade = f"reads all {len(filled.names)}, and what its job returns has {len(kept)} of them", "inferred"
        if missed:
            pages = len(played.of(called.name))
            told = f"sees {len(filled.names) - len(missed)} of {len(filled.names)}: it asks for {pages} of their pages"
        situation = f"{called.operation.operation_id} with {len(filled.names)} things on several pages"
        yield None if told is None else breach(called, told, situation=situation, grade=grade)


class _Filled:
    """A list that things were put into: which it has, page by page, for who asks as the client does."""

    def __init__(
        self, stage: Stage, called: Called, maker: Operation, paging: Paging, query: dict[str, list[str]]
    ) -> None:
        self.names: list[str] = []
        self._has_pages = False
        self._stage = stage
        self._called = called
        self._maker = maker
        self._paging = paging
        self._query = {name: values for name, values in query.items() if name not in {paging.page, *PLACES}}

    def play(self, count: int) -> Played | None:
        """Let the client do its job with so many things more; None where they fit on a page."""
        played = self._stage.play(prepare=lambda: self._fill(count), more=3 * MOST)
        return played if self._has_pages else None

    def _fill(self, count: int) -> None:
        """Make so many things, as the client's own tenant, and read all pages."""
        example = _request(self._called, self._maker)
        while example is not None and count:
            answer = self._ask("POST", self._maker.path, example)
            if answer.status == TOO_MANY:
                self._stage.cloud.advance(LONGER)
                answer = self._ask("POST", self._maker.path, example)
            if answer.status >= 400:
                break
            count -= 1
        first = fresh = self._page(0, 0)
        while fresh := [name for name in fresh if name not in self.names]:
            self.names += fresh
            fresh = self._page(len(self.names) // len(first), len(self.names))
        self._has_pages = len(self.names) > len(first)

    def _page(self, number: int, count: int) -> list[str]:
        page = {self._paging.page: count if self._paging.is_offset else number + 1} if count else {}
        query = urlencode({**self._query, **page}, doseq=True)
        return _ids(self._ask("GET", f"{self._called.operation.path}{'?' if query else ''}{query}"))

    def _ask(self, method: str, path: str, example: Exchange | None = None) -> Exchange:
        body = b"" if example is None else example.request_body
        typed = {"Content-Type": (example and example.request_content_type) or "application/json"} if body else {}
        path = self._called.contract.base_path + path
        return self._stage.cloud.ask(
            Exchange(method=method, path=path, status=0, request_headers=typed, request_body=body)
        )


def _paging(operation: Operation) -> Paging | None:
    """How a list is paged; some say quantity for the size of a page."""
    found = paging_of(operation)
    named = [one.name for one in operation.query_parameters]
    size = next((name for name in named if AMOUNT.search(name)), None)
    page = next((name for name in PLACES if name in named), None)
    return found or (Paging(page, size) if page and size and operation.method == "GET" else None)


def _grade(called: Called, paging: Paging) -> Grade:
    """A page parameter that is our guess is no reason to blame anybody for certain."""
    node = called.contract.document["paths"][called.operation.path]["get"].get("parameters", ())
    known = (resolve(called.contract.document, one["$ref"]) if "$ref" in one else one for one in node)
    grade = next((one.get("x-grade") for one in known if one["name"] == paging.page), None)
    return "inferred" if "inferred" in {grade, called.operation.grade} else "documented"


def _maker(called: Called) -> Operation | None:
    """The operation that makes what a list shows, of whose requests one is published."""
    found = called.contract.operations.get(f"POST {called.operation.path}")
    return found if found is not None and _request(called, found) is not None else None


def _request(called: Called, maker: Operation) -> Exchange | None:
    """How a thing is made: by the published example that names the fewest addresses, which a cloud may call."""
    examples = (one for one in called.contract.examples_of(maker.key) if one.status < 300)
    usable = [one.exchange for one in examples if one.request_body is not None or not maker.is_body_required]
    return min(usable, key=lambda asked: asked.request_body.count(ADDRESS), default=None)


def _size(called: Called, paging: Paging, query: dict[str, list[str]]) -> int:
    documented = next(one.schema.get("default") for one in called.operation.query_parameters if one.name == paging.size)
    said = (query.get(paging.size) or [str(documented)])[0]
    return int(said) if is_number(said) else A_PAGE


def _ids(answer: Exchange) -> list[str]:
    try:
        rows = listed(parse(answer.response_body)) if 0 < answer.status < 300 else None
    except NotJsonError:
        rows = None
    return [name for row in rows or () if (name := id_of(row)) is not None]
