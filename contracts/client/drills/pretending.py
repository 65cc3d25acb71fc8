"""A list that is longer than a page, of things that nobody has made: as its document has them, page by page."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from offair.contracts.checks.counting import LASTS, TOTALS
from offair.contracts.checks.pages import Paging
from offair.contracts.checks.resources import NAMES, listed
from offair.contracts.client.answers import JSON, Answer, schema_of
from offair.contracts.client.counterpart import Proceed
from offair.contracts.client.finding import Called
from offair.contracts.client.stage import Played, Stage
from offair.contracts.client.tape import Heard
from offair.contracts.digits import is_number
from offair.contracts.exchange import Exchange
from offair.contracts.jsontext import objects_in, parse_or_none, values_in
from offair.contracts.sampling import sample
from offair.contracts.schema import Schema

GOOD = 200
MORE = re.compile(r"^has_?(more|next)(_?page)?$", re.IGNORECASE)


class Pretended:
    """A list that is answered in its cloud's place, a page of ``size`` where the client asks for none.

    ``names`` are the ids of what it has; there are none where the document says too little of a row.
    """

    def __init__(self, stage: Stage, called: Called, paging: Paging, size: int) -> None:
        self.names: list[str] = []
        self._stage, self._called, self._paging, self._size = stage, called, paging, size
        self._rows: list[dict[str, Any]] = []

    def play(self, count: int) -> Played | None:
        """Let the client do its job with so many; None where it does not get that far, as they are nowhere else."""
        schema = schema_of(self._called.operation.answer(GOOD))
        row = next(iter(listed(sample(schema.root, is_full=True)) or ()), {}) if schema is not None else {}
        name = next((one for one in NAMES if isinstance(row.get(one), str)), None)
        if schema is None or name is None:
            return None
        self.names = [f"{place:08x}{row[name][8:]}" for place in range(count)]
        self._rows = [{**row, name: one} for one in self.names]
        played = self._stage.play(lambda call, proceed: self._respond(schema, call, proceed), more=3 * count)
        return played if played.was_met and played.outcome.ending == "returned" else None

    def _respond(self, schema: Schema, call: Heard, proceed: Proceed) -> Exchange:
        """Answer what asks for the list where its cloud would show it, and the answer is as documented."""
        real = proceed()
        is_meant = call.name == self._called.name and real.status == GOOD
        shown = self._page(call, real) if is_meant else None
        if shown is None or not schema.is_valid(shown):
            return real
        return Answer(called=self._called, status=GOOD, body=shown, headers=JSON).instead_of(real)

    def _page(self, call: Heard, real: Exchange) -> Any:
        """A page of the rows, with what stands beside them: how many there are, how many pages, and whether more."""
        query = parse_qs(urlsplit(call.exchange.path).query)
        asked = (query.get(name, [""])[0] for name in (self._paging.page, self._paging.size))
        number, size = (int(said) if is_number(said) else 0 for said in asked)
        size = size or self._size
        number = number if self._paging.is_offset else max(number, 1)
        begin = number if self._paging.is_offset else (number - 1) * size
        total, shown = len(self._rows), parse_or_none(real.response_body)
        for node in objects_in(shown):
            for name in node:
                if TOTALS.match(name):
                    node[name] = total
                elif LASTS.match(name):
                    node[name] = -(-total // size)
                elif MORE.match(name):
                    node[name] = begin + size < total
                elif name in {self._paging.page, self._paging.size}:
                    node[name] = number if name == self._paging.page else size
        rows = next((one for one in values_in(shown) if isinstance(one, list)), [])
        rows[:] = self._rows[begin : begin + size]
        return shown
