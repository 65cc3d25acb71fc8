"""Forms: names and values in the order in which they were written, and the object that a schema makes of them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from offair.contracts.schema import Schema
from offair.contracts.spelling import TEXT

if TYPE_CHECKING:
    from email.message import Message

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

Fields = Sequence[tuple[str, str]]


def read_form(content: bytes) -> Fields:
    """Read ``application/x-www-form-urlencoded`` (WHATWG URL, section 5); UnicodeDecodeError if it is not UTF-8."""
    return parse_qsl(content.decode(), keep_blank_values=True, errors="strict")


def write_form(fields: Fields) -> bytes:
    """Write ``application/x-www-form-urlencoded``."""
    return urlencode(fields).encode()


def read_multipart(content_type: str, content: bytes) -> Fields:
    """Read ``multipart/form-data`` (RFC 7578); a file stands as its file name, and one that nobody chose is left out.

    Raises ValueError where no part can be told from the next.
    """
    from email import message_from_bytes
    from email.message import Message

    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = message_from_bytes(head + content)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list):
        raise ValueError("has no part that its boundary begins")
    read = (_field(part) for part in parts if isinstance(part, Message))
    return [field for field in read if field is not None]


def _field(part: "Message") -> tuple[str, str] | None:
    name = part.get_param("name", header="content-disposition")
    if name is None:
        raise ValueError("has a part without a name")
    file = part.get_filename()
    if file == "":
        return None
    said = name if isinstance(name, str) else name[2]
    return said, file if file is not None else _text(part)


def _text(part: "Message") -> str:
    payload = part.get_payload(decode=True)
    return payload.decode() if isinstance(payload, bytes) else ""


def shape(fields: Iterable[tuple[str, str]], schema: Schema) -> dict[str, Any]:
    """Make an object of a form's fields, each read as the type that its member has; undocumented ones stay text.

    A repeated field is a list where the schema has one, with or without the ``[]`` that some put behind its name;
    elsewhere the last one stands, as of repeated members in JSON.
    """
    known = schema.spellings
    texts: dict[str, list[str]] = {}
    for name, text in fields:
        bare = name.removesuffix("[]")
        texts.setdefault(bare if name not in known and bare in known else name, []).append(text)
    return {name: known.get(name, TEXT).read(given) for name, given in texts.items()}
