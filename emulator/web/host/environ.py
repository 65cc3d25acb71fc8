"""A request as WSGI has it (PEP 3333)."""

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from offair.contracts.wsgi import FIELDS
from offair.emulator.web.host.reading import HttpRequest

ASCII = "".join(map(chr, range(0x21, 0x7F)))  # what stays of a query
MOST_NAMES = 512  # field names whose spelling is remembered; clients may invent any number


def read_headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """Read a request's header back from an environment, whoever made it: names with capitals, no length."""
    named = {key.removeprefix("HTTP_"): value for key, value in environ.items() if key.startswith("HTTP_")}
    typed = {"CONTENT_TYPE": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
    return {name.replace("_", "-").title(): str(value) for name, value in {**named, **typed}.items()}


class Environs:
    """Makes the environments of one door: ``host`` and ``port`` as they are listened on."""

    def __init__(self, host: str, port: int, scheme: str) -> None:
        self._names = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
        self._same: dict[str, Any] = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_SOFTWARE": "offair",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }

    def make(self, request: HttpRequest, peer: str) -> dict[str, Any]:
        """Give what an application is called with."""
        head = request.head
        environ = {
            **self._same,
            "REQUEST_METHOD": head.method,
            "PATH_INFO": unquote_to_bytes(head.path).decode("latin-1") if "%" in head.path else head.path,
            "QUERY_STRING": head.query
            if head.query.isascii()
            else quote_from_bytes(head.query.encode("latin-1"), ASCII),
            "REQUEST_URI": head.target,
            "RAW_URI": head.target,
            "SERVER_PROTOCOL": head.version,
            "REMOTE_ADDR": peer,
            "wsgi.input": request.body,
            FIELDS: head.fields,
        }
        for name, value in head.fields.items():
            key = self._names.get(name) or self._spell(name)
            if key:
                environ[key] = value
        return environ

    def _spell(self, name: str) -> str:
        if "_" in name:  # it would look like the one with a hyphen
            return ""
        key = "HTTP_" + name.upper().replace("-", "_")
        if len(self._names) < MOST_NAMES:
            self._names[name] = key
        return key


def _escaped(query: str) -> str:
    """Write bytes that are no ASCII as URIs have them: Flask reads no others, and what they mean stays the same."""
    return quote_from_bytes(query.encode("latin-1"), ASCII)
