"""Who calls by the name of a cloud's own server means that service: its paths then begin where the service stands.

For clients that have the cloud's name built in, and a machine (or a browser) to which that name is ours.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from offair.emulator.web.hosts import name_of
from offair.emulator.web.hot import Application, Environ

OWN = "/_offair"  # what is ours is there by any name
TARGETS = ("RAW_URI", "REQUEST_URI")


class ByName:
    """Stands before an application, whose ``places`` are folders by the names of the clouds' servers."""

    def __init__(self, application: Application, places: Mapping[str, str]) -> None:
        self._application = application
        self._places = places

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Have the application answer for the service that is called; a path that names its folder itself stays."""
        place = self._places.get(name_of(environ.get("HTTP_HOST", "")))
        path = environ["PATH_INFO"]
        if place is not None and not path.startswith((f"/{place}/", OWN)):
            environ = environ | {"PATH_INFO": f"/{place}{path}"}
            environ |= {name: f"/{place}{environ[name]}" for name in TARGETS if environ.get(name, "").startswith("/")}
        return self._application(environ, start)
