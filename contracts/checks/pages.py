"""Do a list's pages make the whole: once, and in order? Judging lists."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from offair.contracts.checks.check import check
from offair.contracts.checks.resources import id_of, listed
from offair.contracts.checks.seen import History, Seen
from offair.contracts.digits import is_number
from offair.contracts.operation import Operation
from offair.contracts.violation import Violation

PAGES = re.compile(r"^(?P<page>page)|^(offset|skip|start(_?(at|index))?$)", re.IGNORECASE)
SIZES = re.compile(r"per.?page|page.?size|limit|size|count|take|quantity", re.IGNORECASE)
SOURCE = "the list's page parameters"
ABSENT = "no list was read page by page, and whole, with nothing changed in between"


@dataclass(frozen=True)
class Paging:
    """Which query parameters of a list name the page, and how many a page has."""

    page: str
    size: str

    @property
    def is_offset(self) -> bool:
        """The parameter counts things, not pages."""
        found = PAGES.match(self.page)
        return found is not None and found["page"] is None


def paging_of(operation: Operation) -> Paging | None:
    """Read how a list is paged; None where it is not, or not by numbers."""
    named = [parameter.name for parameter in operation.query_parameters]
    size = next((name for name in named if SIZES.search(name)), None)
    page = next((name for name in named if PAGES.match(name) and name != size), None)
    return Paging(page, size) if page and size and operation.method == "GET" else None


@check("pages/once", SOURCE, absent=ABSENT)
def once(history: History) -> Iterator[Violation | None]:
    """Nothing stands on two pages."""
    for walk in _walks(history):
        twice = sorted({name for name in walk.names if walk.names.count(name) > 1})
        after = [name for name in walk.beyond if name in walk.names]
        if twice:
            yield walk.breach("shows on a second page what stood on another", got=twice[0])
        elif after:
            yield walk.breach("shows once more, on a page after the last, what stood on another", got=after[0])
        else:
            yield None


@check("pages/whole", SOURCE, absent=ABSENT)
def whole(history: History) -> Iterator[Violation | None]:
    """All pages together have everything, and nothing else."""
    for walk in _walks(history):
        gone = sorted(set(walk.whole) - set(walk.names))
        more = sorted(set(walk.names) - set(walk.whole))
        if gone:
            yield walk.breach("is on no page, and stands in the whole list", got=gone[0])
        elif more:
            yield walk.breach("is on a page, and not in the whole list", got=more[0])
        else:
            yield None


@check("pages/order", SOURCE, absent=ABSENT)
def order(history: History) -> Iterator[Violation | None]:
    """Pages go on where the page before ended, in the order of the whole list."""
    for walk in _walks(history):
        if sorted(set(walk.names)) == sorted(set(walk.whole)):
            names = list(dict.fromkeys(walk.names))
            is_wrong = names != walk.whole
            yield (
                walk.breach("has another order than the whole list", expected=walk.whole, got=names)
                if is_wrong
                else None
            )


@check("pages/size", SOURCE, absent=ABSENT)
def size(history: History) -> Iterator[Violation | None]:
    """A page has as many as were asked for, and only the last has fewer."""
    for walk in _walks(history):
        sizes = [len(page) for page in walk.pages]
        wanted = [walk.size] * (len(sizes) - 1)
        if sorted(walk.names) == sorted(walk.whole):
            is_wrong = sizes[:-1] != wanted
            yield walk.breach("has pages of another size", expected=walk.size, got=sizes) if is_wrong else None


@dataclass(frozen=True)
class Walk:
    """As many pages as the whole list fills, one after another from the first; and that list beside them.

    What stands ``beyond`` is on pages after those.
    """

    last: Seen
    size: int
    pages: tuple[tuple[str, ...], ...]
    whole: list[str]
    beyond: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """What stands on all pages."""
        return [name for page in self.pages for name in page]

    def breach(self, message: str, *, got: object, expected: object = None) -> Violation:
        """Say what is wrong, where the walk ended."""
        return self.last.breach(message, where="response.body", rule="pages", got=got, expected=expected)


Read = Mapping[tuple[int, int], Seen]
"""The pages of a list that were read with nothing changed in between, by which page it is, from zero, and its size."""


def reads_of_lists(history: History, run: list[Seen] | None = None) -> Iterator[Read]:
    """Find them: the same list of the same tenant, and no call in between that could change it; in one run, or all."""
    for quiet in quiet_runs(history) if run is None else (run,):
        groups: dict[tuple[str | None, str, str], dict[tuple[int, int], Seen]] = {}
        for call in quiet:
            paging = paging_of(call.operation)
            where = None if paging is None else _where(paging, call)
            if paging is not None and where is not None:
                others = {name: values for name, values in call.query.items() if name not in {paging.page, paging.size}}
                whose = call.exchange.who, call.path, json.dumps(others, sort_keys=True)
                groups.setdefault(whose, {})[where] = call
        yield from groups.values()


def whole_of(read: Read) -> list[str] | None:
    """What the whole list has; None where perhaps more would not fit."""
    largest = max(size for _, size in read)
    first = read.get((0, largest))
    names = [] if first is None else _names(first)
    return None if first is None or len(names) >= largest else names


def quiet_runs(history: History) -> Iterator[list[Seen]]:
    """Find the longest rows of calls that read."""
    run: list[Seen] = []
    for call in history.calls:
        if call.is_read:
            run.append(call)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _where(paging: Paging, call: Seen) -> tuple[int, int] | None:
    """Which page, from zero, and of which size; None where the query does not say both in numbers."""
    texts = [call.query.get(name, [""])[0] for name in (paging.page, paging.size)]
    if not all(map(is_number, texts)) or listed(call.answer) is None or not call.is_success:
        return None
    page, size = map(int, texts)
    if size < 1:
        return None
    return (page // size if paging.is_offset else page - 1), size


def _walks(history: History) -> Iterator[Walk]:
    for read in reads_of_lists(history):
        whole = whole_of(read)
        if whole is not None:
            yield from _walk(read, whole)


def _walk(read: Read, whole: list[str]) -> Iterator[Walk]:
    largest = max(size for _, size in read)
    for size in sorted({size for _, size in read if size < largest}):
        pages: list[tuple[str, ...]] = []
        last = None
        while len(pages) * size < len(whole) and (call := read.get((len(pages), size))) is not None:
            last = call
            pages.append(tuple(_names(call)))
        if last is not None and len(pages) * size >= len(whole):
            beyond = [
                name
                for (page, width), call in read.items()
                if width == size and page >= len(pages)
                for name in _names(call)
            ]
            yield Walk(last, size, tuple(pages), whole, tuple(beyond))


def _names(call: Seen) -> list[str]:
    return [id_of(row) or json.dumps(row, sort_keys=True) for row in listed(call.answer) or ()]
