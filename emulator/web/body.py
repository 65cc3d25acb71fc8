"""Reading what a request carries, as the operation documents it: JSON, a form with files, text, bytes."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from offair.contracts.bodies import UnreadableBodyError, essence
from offair.contracts.forms import MULTIPART, shape
from offair.contracts.operation import Operation
from offair.emulator.core.problems import Malformed, TooLarge, WrongMedia
from offair.emulator.provider.call import Upload

DEEPEST = 100  # RFC 8259, section 9: a parser may limit the depth of nesting
JSON = "application/json"
PLAIN = "identity"  # RFC 9110, 12.5.3
MARKS = (BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE)
SHOWN = 16_384  # bytes; of a longer body the journal says only how long it was
OPENING = (b"[", b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came: the bytes (none of a multipart form's, whose files may be large), and what was read of them.

    ``problem`` says why nothing could be read.
    """

    content: bytes = b""
    body: Any = None
    files: Mapping[str, Upload] = field(default_factory=dict)
    problem: Malformed | None = None

    def tell(self) -> Any:
        """Give the body as the journal shows it: itself, or how long it is where it is long or could not be read."""
        if self.files:
            return {**self.body, **{name: f"{file.size} bytes" for name, file in self.files.items()}}
        if self.problem is not None:
            return f"{len(self.content)} bytes: {self.problem}"
        return shown(self.content, self.body)


UNREAD = Received()


def shown(content: bytes, body: Any) -> Any:
    """Give any body as the journal shows it: itself, or its length where it is long or no text."""
    if len(content) > SHOWN or isinstance(body, bytes):
        return f"{len(content)} bytes"
    return body


def receive(request: Request, operation: Operation) -> Received:
    """Read a request's body; for an operation without one there is nothing, whatever was sent.

    A missing Content-Type is taken for JSON where JSON is documented. What goes wrong is the answer's ``problem``.
    """
    if not operation.has_body:
        return UNREAD
    media_type = request.environ.get("CONTENT_TYPE")
    try:
        if essence(media_type or "") == MULTIPART and MULTIPART in operation.bodies:
            return _form_with_files(request, operation)
        content = _content(request)
    except RequestEntityTooLarge:
        return Received(problem=TooLarge(f"The body is too large: it may have {request.max_content_length} bytes"))
    except ClientDisconnected:
        return Received(problem=Malformed("The body ended early"))
    try:
        body = operation.read_body(media_type, content)
    except UnreadableBodyError as error:
        return Received(content=content, problem=_problem(error, request, content, operation))
    if _is_deep(content, body):
        return Received(content=content, problem=Malformed("JSON is nested too deeply", 0))
    return Received(content=content, body=body)


def _content(request: Request) -> bytes:
    """Read all that came. Our host has it whole, and werkzeug's stream around it costs more than reading it."""
    if not request.environ.get("wsgi.input_terminated"):
        return request.get_data()
    most = request.max_content_length or 0
    try:
        content: bytes = request.environ["wsgi.input"].read(most + 1)
    except ConnectionError as error:
        raise (RequestEntityTooLarge if (request.content_length or 0) > most else ClientDisconnected) from error
    if len(content) > most:
        raise RequestEntityTooLarge
    return content


def _form_with_files(request: Request, operation: Operation) -> Received:
    schema = operation.bodies[MULTIPART]
    if None in {*request.form, *request.files}:  # RFC 7578 section 4.2: each part has a name
        return Received(problem=Malformed("The body has a part without a name"))
    chosen = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    texts = [(name, text) for name, text in request.form.items(multi=True) if name not in schema.files]
    body = shape([*texts, *((name, file.filename or "") for name, file in chosen)], schema)
    return Received(body=body, files={name: _upload(name, file) for name, file in chosen})


def _upload(name: str, file: FileStorage) -> Upload:
    stream = file.stream
    size = stream.seek(0, 2)
    stream.seek(0)
    return Upload(
        name=name, filename=file.filename or "", media_type=file.content_type or "application/octet-stream",
        size=size, content=stream,
    )  # fmt: skip


def _problem(error: UnreadableBodyError, request: Request, content: bytes, operation: Operation) -> Malformed:
    coding = request.headers.get("Content-Encoding", PLAIN)
    if content and coding != PLAIN:
        return WrongMedia(f"The body is encoded ({coding}); send it as it is")
    if content.startswith(MARKS):
        return Malformed("The body begins with a byte order mark; send UTF-8 without one (RFC 8259, 8.1)", 0)
    match error.rule:
        case "required":
            wanted = "a JSON object" if JSON in operation.bodies else " or ".join(operation.bodies)
            return Malformed(f"The body is empty; send {wanted}", 0)
        case "content_type":
            return WrongMedia(f"The body is {request.mimetype or 'of no type'}; send {' or '.join(operation.bodies)}")
        case "json" if error.offset == 0 and "deep" in str(error):
            return Malformed("JSON is nested too deeply", 0)
        case "json":
            return Malformed(f"Malformed JSON at offset {error.offset}", error.offset)
    return Malformed(f"The body {error}", error.offset)


def _is_deep(content: bytes, value: Any) -> bool:
    if sum(map(content.count, OPENING)) <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
