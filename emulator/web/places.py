"""Applications by the first part of a path, each built when somebody first calls there."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from offair.emulator.web.hot import Application, Environ

FRONT = ""  # what answers for the root, and for every place that there is not

Building = Callable[[], Application]


class Places:
    """One application of many: what is below ``/<place>`` is answered by what ``building[place]`` makes, once.

    Routes by the hundred are most of a start, and who uses one cloud has no need of those of all.
    """

    def __init__(self, building: Mapping[str, Building]) -> None:
        self._building = building
        self._built: dict[str, Application] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Let answer whoever stands there."""
        place = environ["PATH_INFO"][1:].partition("/")[0]
        application = self._built.get(place) or self._build(place if place in self._building else FRONT)
        return application(environ, start)

    def _build(self, place: str) -> Application:
        with self._lock:
            if place not in self._built:
                self._built[place] = self._building[place]()
            return self._built[place]
