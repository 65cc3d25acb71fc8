"""One request and its answer, as bytes; and the exchanges that a cloud has published."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer as they went over the wire; ``path`` has the query, an empty body is no body."""

    method: str
    path: str
    status: int
    title: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: bytes = b""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: bytes = b""

    @property
    def request_content_type(self) -> str | None:
        """What the request says that its body is."""
        return header(self.request_headers, "Content-Type")

    @property
    def response_content_type(self) -> str | None:
        """What the answer says that its body is."""
        return header(self.response_headers, "Content-Type")


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Find a header whatever the case of its name (RFC 9110 section 5.1)."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Trim:
    """A place where a published example says less than the cloud would."""

    where: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An exchange that a cloud published.

    Bodies are parsed, with their members in the published order; None was not published. ``operation`` is the
    operation's key, or ``"webhook <event>"`` for a call that the cloud makes. ``is_sketch`` says that the bodies have
    placeholders like ``"<string>"`` where values would be.
    """

    name: str
    title: str
    source: str
    operation: str
    method: str
    path: str
    request_headers: Mapping[str, str]
    request_body: Any
    status: int
    response_body: Any
    is_sketch: bool = False
    trims: tuple[Trim, ...] = ()

    @property
    def exchange(self) -> Exchange:
        """The example as bytes on the wire."""
        asked, answered = _encoded(self.request_body), _encoded(self.response_body)
        return Exchange(
            title=self.title,
            method=self.method,
            path=self.path,
            request_headers={**({"Content-Type": JSON} if asked else {}), **self.request_headers},
            request_body=asked,
            status=self.status,
            response_headers={"Content-Type": JSON} if answered else {},
            response_body=answered,
        )


def published(folder: Traversable | Path) -> tuple[Published, ...]:
    """Read ``examples/*.json`` of a contract's folder, by name; nothing where there is no such folder."""
    examples = folder.joinpath("examples")
    if not examples.is_dir():
        return ()
    files = {file.name: file for file in examples.iterdir() if file.name.endswith(".json")}
    return tuple(_read(files[name]) for name in sorted(files))


def _read(file: Traversable | Path) -> Published:
    said = json.loads(file.read_text("utf-8"))
    asked, answered = said["request"], said["response"]
    return Published(
        name=file.name.removesuffix(".json"),
        title=said["title"],
        source=said["source"],
        operation=said["operation"],
        method=asked["method"],
        path=asked["path"],
        request_headers=asked.get("headers", {}),
        request_body=asked.get("body"),
        status=answered["status"],
        response_body=answered.get("body"),
        is_sketch=said.get("sketch", False),
        trims=tuple(Trim(trim["where"], trim["why"]) for trim in said.get("trims", ())),
    )


def _encoded(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
