"""A snapshot whose rows name what is not there: it is refused, or everything that could be read still can be."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice, product
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tampering import Tampering, naming, rows_of

from offair.contracts.server.affecting import affecting
from offair.contracts.server.calling import Caller
from offair.contracts.server.scenes import gone, lists, on_air, published
from offair.contracts.server.target import Headers
from offair.contracts.server.within import within
from offair.contracts.wsgi import call_wsgi
from offair.emulator.core.recordings import RecordingState
from offair.emulator.core.streams import STREAMS
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import discover
from offair.emulator.target import MOMENT, PASSTHROUGH, judged

SCENES = (published, on_air, lists, gone, within, affecting)
NOBODY = "00000000-0000-4000-8000-00000000000f"
LOOKS = ("/state", "/ready", "/tenants", "/streams", "/recordings", "/deliveries", "/console/", "/console/hooks")
OF_A_STREAM = ("/streams/{}", "/console/streams/{}")
GOOD, FAILED = range(200, 300), 500
TRIED, KEPT = 300, 2  # paths of an operation: that are asked for, and that are read again and again
NO_IDS = {"tenants", "credentials", "key_pairs", "windows"}  # tables of whose rows no path names one


@dataclass
class Fullest:
    """An application, and for each table the state in which most tables had rows beside it, with who may read it."""

    emulator: Emulator
    headers: Headers
    most: dict[str, tuple[int, bytes, Headers]]

    def __call__(self, environ, start):
        answer = self.emulator.application(environ, start)
        if environ["REQUEST_METHOD"] != "GET":
            self._record()
            snapshot = self.emulator.world.snapshot()
            rows = {name for name, found in rows_of(snapshot).items() if found}
            self.most.update({
                name: (len(rows), snapshot, self.headers)
                for name in rows if self.most.get(name, (0,))[0] < len(rows)
            })  # fmt: skip
        return answer

    def _record(self):
        """Have something kept of every stream."""
        archive = self.emulator.archive
        for stream in self.emulator.world.find(STREAMS):
            if not archive.find(stream=stream.id):
                kept = archive.begin(stream, NOBODY)
                archive.move(kept.id, RecordingState.READY, ended_at=kept.began_at + 1, seconds=1.0, files=())


@dataclass
class State:
    """A stand-in as it once was, and what of it a cloud and the control surface could be asked for."""

    cloud: str
    emulator: Emulator
    snapshot: bytes
    headers: Headers

    @cached_property
    def rows(self):
        return rows_of(self.snapshot)

    @cached_property
    def reads(self):
        """What is answered well: up to so many paths of every operation."""
        self.emulator.restore(self.snapshot)
        found = Counter()
        return [url for key, url in self._paths()
                if found[key] < KEPT and self._status(url) in GOOD and not found.update([key])]  # fmt: skip

    def after(self, tampering):
        """Restore what somebody wrote: what can be read no more, and the words where it is refused."""
        reads = self.reads
        try:
            self.emulator.restore(tampering.apply(self.snapshot))
        except ValueError as error:
            return [], str(error)
        answers = {url: self._status(url) for url in reads}
        return [(url, status) for url, status in answers.items() if status >= FAILED], None

    def _status(self, url):
        asked = quote(url, safe=":/?=&")
        try:
            return call_wsgi(self.emulator.application, "GET", asked, self.headers, b"")[0]
        except Exception:  # noqa: BLE001 - as whoever serves it answers
            return FAILED

    def _paths(self):
        ids = [row for name, found in self.rows.items() if name not in NO_IDS for row in found[-3:]]
        promise, addresses = self.emulator.providers[self.cloud].promise, self.emulator.addresses(self.cloud)
        roots = [(addresses.api, promise), *((addresses.services[name], one) for name, one in promise.services.items())]
        for root, contract in roots:
            for operation in contract.operations.values():
                names = [part for part in operation.path.split("/") if "{" in part]
                for chosen in islice(product(ids, repeat=len(names)), TRIED if operation.method == "GET" else 0):
                    filled = iter(chosen)
                    path = "/".join(next(filled) if "{" in part else part for part in operation.path.split("/"))
                    yield operation.key, root + path
        ours = self.emulator.ready()["control_url"]
        yield from ((look, ours + look) for look in LOOKS)
        yield from ((look, ours + look.format(row)) for look in OF_A_STREAM for row in self.rows.get("streams", ()))


@pytest.fixture(scope="module", name="states", params=sorted(provider.name for provider in discover()))
def _states(request):
    """A cloud's states, by the table for whose sake each is there."""
    cloud, most = request.param, {}
    begins = {"seed_world": [one.name for one in discover() if one.name == cloud and one.populate is not None]}
    with Emulator(PASSTHROUGH | begins) as emulator, emulator.media.pulling_nothing():
        promise = emulator.providers[cloud].promise
        for service, contract in {"": promise, **promise.services}.items():
            with judged(cloud, emulator, service) as target:
                fullest = Fullest(emulator, target.headers, most)
                for scene in SCENES:
                    scene(Caller(contract, replace(target, application=fullest)))
        emulator.clock.freeze(at=MOMENT)
        known = {snapshot: State(cloud, emulator, snapshot, headers) for _, snapshot, headers in most.values()}
        yield {name: known[snapshot] for name, (_, snapshot, _) in most.items()}


@st.composite
def tamperings(draw, states):
    """A state, and what is done to a row of it: it goes, or names another, or nobody, or what is of another kind."""
    name = draw(st.sampled_from(sorted(states)))
    state, table = states[name], tables(states)[name]
    row, member = draw(st.sampled_from(state.rows[name])), draw(st.sampled_from([None, *naming(table)]))
    others = [NOBODY, *chain.from_iterable(state.rows.values())]
    return state, Tampering(table, row, member, draw(st.sampled_from(others)))


def tables(states):
    (emulator,) = {state.emulator for state in states.values()}
    return {table.name: table for table in emulator._furnishing.tables}


@settings(max_examples=30)
@given(data=st.data())
def test_what_names_nobody_is_refused_or_can_be_read(states, data):
    state, tampering = data.draw(tamperings(states))
    broken, _ = state.after(tampering)

    assert [] == broken, tampering


def test_a_table_whose_rows_are_all_gone_is_missed_by_name_or_everything_can_be_read(states):
    for name, table in tables(states).items():
        if name in states:
            broken, words = states[name].after(Tampering(table))

            assert ([], True) == (broken, words is None or f"it needs one of {name!r}" in words), name
