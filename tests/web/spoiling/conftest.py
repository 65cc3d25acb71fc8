"""A synthetic origin behind the real spoiler: an application, a world with its stream, and a clock of its own."""

import re

import airing
import pytest
import streams
from airing_hls import PARTS
from flask import Flask, Response

from offair.contracts.checks.media.fetch import Fetch
from offair.emulator.core.clock import Clock
from offair.emulator.core.faults.players import PLAYBACK_FAULTS, PlaybackFault
from offair.emulator.core.journal import Journal
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.media.packager.names import read_name
from offair.emulator.web.spoiling.spoiler import Spoiler

STREAM = streams.stream(streams.rung())
OURS = (  # how the packager calls what the synthetic origin calls 7.m4s, 7-1.m4s and init-0.mp4
    (r"(?m)^(\d+)\.(m4s|ts)$", r"run-\1.\2"),
    (r'"(\d+)-(\d+)\.m4s"', lambda part: f'"run-part-{int(part[1]) * PARTS + int(part[2])}.m4s"'),
    (r"\$Number\$", "run-$Number$"),
    (r"\binit-(\d+)", r"run-init-\1"),
)
THEIRS = (
    (r"run-part-(\d+)", lambda part: "{}-{}".format(*divmod(int(part[1]), PARTS))),
    (r"run-", ""),
)


def _renamed(text, names):
    for pattern, new in names:
        text = re.sub(pattern, new, text)
    return text


class Names:
    """As much of an origin as knows what a name stands for."""

    about = staticmethod(read_name)


class Spoilt:
    """An origin whose answers pass the spoiler."""

    def __init__(self, origin, *faults) -> None:
        self.entry = origin.entry
        self._origin = origin
        self._now = 0.0
        self._waited = 0.0
        self.world = World()
        self.journal = Journal(Clock(), 10_000)
        self.world.put(STREAMS, STREAM)
        for number, fault in enumerate(faults):
            given = {"id": f"fault-{number}", "tenant": STREAM.tenant, **fault}
            self.world.put(PLAYBACK_FAULTS, PlaybackFault(**given))
        app = Flask(__name__)
        view = Spoiler(self.world, self.journal, Names()).spoiling(self._fetch, dict(airing.SEEN))
        app.add_url_rule("/<stream>/<path:name>", view_func=view, endpoint="fetch")
        self._client = app.test_client()
        self._query = ""

    def answer(self, url, now):
        path, _, self._query = url.removeprefix(airing.SITE).partition("?")
        self._now, self._waited = now, 0.0
        try:
            answer = self._client.get(f"/{STREAM.id}/{path}")
            body = answer.get_data()
        except ConnectionAbortedError:
            return self._waited, 0, {}, b""
        return self._waited, answer.status_code, dict(answer.headers), body

    def _fetch(self, _stream, name):
        url = airing.SITE + _renamed(name, THEIRS) + (f"?{self._query}" if self._query else "")
        self._waited, status, headers, body = self._origin.answer(url, self._now)
        if name.endswith(("m3u8", "mpd")):
            body = _renamed(body.decode(), OURS).encode()
        return Response(body, status, headers)


@pytest.fixture(name="spoil")
def _spoil():
    made = []

    def spoil(origin, *faults):
        made.append(Spoilt(origin, *faults))
        return made[-1]

    yield spoil
    for spoilt in made:
        spoilt.world.close()


@pytest.fixture(name="fetch")
def _fetch():
    """Fetch one thing, at a moment in the middle of the programme."""

    def fetch(spoilt, name, *, later=0.0):
        now = airing.NOW + later
        wait, status, headers, body = spoilt.answer(airing.SITE + name, now)
        return Fetch(asked=now, at=now + wait, url=name, status=status, headers=headers, body=body)

    return fetch
