"""The exchanges that a cloud has published, read from ``examples/``.

A side's body is JSON (``body``), a text (``text``) or a form (``form``: names with a value, or a list of them).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from offair.contracts.document import Folder
from offair.contracts.exchange import Exchange, header
from offair.contracts.forms import FORM, write_form

Form = Literal["body", "text", "form"]

TYPES: Mapping[Form, str] = {"body": "application/json", "text": "text/plain; charset=utf-8", "form": FORM}


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
    response_headers: Mapping[str, str]
    response_body: Any
    request_form: Form = "body"
    response_form: Form = "body"
    is_sketch: bool = False
    trims: tuple[Trim, ...] = ()

    @property
    def exchange(self) -> Exchange:
        """The example as bytes on the wire; a body whose type is not published says what it is all the same."""
        asked = _encoded(self.request_form, self.request_body)
        answered = _encoded(self.response_form, self.response_body)
        return Exchange(
            title=self.title,
            method=self.method,
            path=self.path,
            request_headers=_typed(self.request_headers, self.request_form, asked),
            request_body=asked,
            status=self.status,
            response_headers=_typed(self.response_headers, self.response_form, answered),
            response_body=answered,
        )


def published(folder: Folder) -> tuple[Published, ...]:
    """Read ``examples/*.json`` of a contract's folder, by name; nothing where there is no such folder."""
    examples = folder.joinpath("examples")
    if not examples.is_dir():
        return ()
    files = {file.name: file for file in examples.iterdir() if file.name.endswith(".json")}
    return tuple(_read(files[name]) for name in sorted(files))


def _read(file: Folder) -> Published:
    said = json.loads(file.read_text("utf-8"))
    asked, answered = said["request"], said["response"]
    request_form, request_body = _body(asked)
    response_form, response_body = _body(answered)
    return Published(
        name=file.name.removesuffix(".json"),
        title=said["title"],
        source=said["source"],
        operation=said["operation"],
        method=asked["method"],
        path=asked["path"],
        request_headers=asked.get("headers", {}),
        request_body=request_body,
        request_form=request_form,
        status=answered["status"],
        response_headers=answered.get("headers", {}),
        response_body=response_body,
        response_form=response_form,
        is_sketch=said.get("sketch", False),
        trims=tuple(Trim(trim["where"], trim["why"]) for trim in said.get("trims", ())),
    )


def _body(said: Mapping[str, Any]) -> tuple[Form, Any]:
    return next(((form, said[form]) for form in TYPES if said.get(form) is not None), ("body", None))


def _typed(headers: Mapping[str, str], form: Form, content: bytes) -> dict[str, str]:
    if not content or header(headers, "Content-Type") is not None:
        return dict(headers)
    return {"Content-Type": TYPES[form], **headers}


def _encoded(form: Form, body: Any) -> bytes:
    match form:
        case _ if body is None:
            return b""
        case "text":
            return str(body).encode()
        case "form":
            return write_form([(name, value) for name, values in body.items() for value in _listed(values)])
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _listed(values: str | list[str]) -> list[str]:
    return values if isinstance(values, list) else [values]
