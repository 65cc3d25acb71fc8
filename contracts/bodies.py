"""Bodies by their media types: which schema judges one, what it is read as, and whether it keeps the promise."""

from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any

from offair.contracts.forms import FORM, MULTIPART, read_form, read_multipart, shape
from offair.contracts.jsontext import NotJsonError, parse
from offair.contracts.pointer import Node
from offair.contracts.schema import Schema
from offair.contracts.violation import Grade, Violation
from offair.contracts.vouching import Vouch

Bodies = Mapping[str, Schema]  # by media type, or by a range such as "image/*" (RFC 9110 section 12.5.1)

SHOWN = 60
REMEMBERED, SMALL = 512, 16_384  # so many verdicts, of bodies of at most so many bytes
NESTED = frozenset({"object", "array"})
OPENINGS = frozenset({b"{", b"["})  # a form has them as %7B and %5B
TEXTS = frozenset({"application/sdp", "application/xml", "application/vnd.apple.mpegurl"})


class UnreadableBodyError(ValueError):
    """A body cannot be read as what it should be; the message finishes the sentence "the body ...".

    ``rule`` is ``required`` (there is none), ``content_type`` (it is of no documented type), ``json``, ``form`` or
    ``text``; ``offset`` is the byte where reading stopped, where that is known.
    """

    def __init__(self, rule: str, message: str, *, expected: Any, got: Any = None, offset: int | None = None) -> None:
        super().__init__(message)
        self.rule, self.expected, self.got, self.offset = rule, expected, got, offset

    def violation(self, *, side: str, grade: Grade, source: str) -> Violation:
        """Say it as a violation; ``side`` is whose body it was (``"request"``)."""
        place = "content_type" if self.rule == "content_type" else "body"
        return Violation(
            rule=self.rule,
            where=f"{side}.{place}",
            expected=self.expected,
            got=self.got,
            message=str(self),
            grade=grade,
            source=source,
        )


def read_bodies(document: Node, holder: Node, vouch: Vouch, *, where: str) -> dict[str, Schema]:
    """Name the media types that a request body or an answer documents, each with its schema.

    ``vouch`` holds where a schema says nothing itself.
    """
    components = document.get("components", {})
    return {
        essence(name): Schema({**vouch.marks, **content.get("schema", {})}, where=where, components=components)
        for name, content in holder.get("content", {}).items()
    }


@lru_cache(maxsize=256)
def essence(content_type: str) -> str:
    """Strip a media type of its parameters and of its case: ``text/plain; charset=UTF-8`` is ``text/plain``."""
    return content_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Say whether a media type is JSON's own or built on it (RFC 6838 section 4.2.8)."""
    return media_type.endswith(("/json", "+json"))


def find_type(known: Container[str], media_type: str) -> str | None:
    """Find a media type, or the narrowest range that it is in, among the known ones."""
    if media_type in known:
        return media_type
    ranges = (f"{media_type.partition('/')[0]}/*", "*/*")
    return next((name for name in ranges if name in known), None)


def read_content(bodies: Bodies, content_type: str | None, content: bytes) -> Any:
    """Read a body as its media type: JSON and forms as values, text as text, other bytes as one character each.

    JSON is also sent under other names, by browsers as ``text/plain``: where the schema has an object or a list, it is
    looked for whatever the type; in a form where its text begins as an object or a list does, which no form's does. No
    type at all (None) is taken for JSON if that is documented. What is ``format: binary`` is left as it is.
    UnreadableBodyError says why it cannot be read.
    """
    media_type, schema = _find(bodies, content_type)
    return _read(media_type, schema, content_type or "", content)


def value_violations(bodies: Bodies, content_type: str | None, value: Any) -> list[Violation]:
    """Judge a body that was read before; UnreadableBodyError where its type is not documented."""
    return _find(bodies, content_type)[1].violations(value)


def content_violations(
    bodies: Bodies, content_type: str | None, content: bytes, *, side: str, grade: Grade, source: str
) -> list[Violation]:
    """Judge a body as bytes: is it of a documented type, can it be read as that, does it keep the schema."""
    try:
        media_type, schema = _find(bodies, content_type)
        if len(content) <= SMALL and _is_kept(schema, media_type, content_type or "", content):
            return []
        return schema.violations(_read(media_type, schema, content_type or "", content))
    except UnreadableBodyError as error:
        return [error.violation(side=side, grade=grade, source=source)]


@lru_cache(maxsize=REMEMBERED)
def _is_kept(schema: Schema, media_type: str, content_type: str, content: bytes) -> bool:
    """Judge without saying why, and remember it: a server answers the same again and again."""
    return schema.is_valid(_read(media_type, schema, content_type, content))


def _find(bodies: Bodies, content_type: str | None) -> tuple[str, Schema]:
    media_type = next(filter(is_json, bodies), "") if content_type is None else essence(content_type)
    name = find_type(bodies, media_type)
    if name is not None:
        return media_type, bodies[name]
    known = sorted(bodies)
    raise UnreadableBodyError("content_type", f"must be {' or '.join(known)}", expected=known, got=content_type)


def _read(media_type: str, schema: Schema, content_type: str, content: bytes) -> Any:
    try:
        if schema.is_binary:
            return content.decode("latin-1")
        if is_json(media_type) or (media_type == FORM and content.lstrip()[:1] in OPENINGS and schema.kinds & NESTED):
            return parse(content)  # curl says of all that it sends that it is a form
        if media_type == FORM:
            return shape(read_form(content), schema)
        if media_type == MULTIPART:
            return shape(read_multipart(content_type, content), schema)
        if schema.kinds & NESTED and "string" not in schema.kinds:
            return parse(content)
        is_text = media_type.startswith("text/") or media_type.endswith("+xml") or media_type in TEXTS
        return content.decode("utf-8" if is_text else "latin-1")
    except NotJsonError as error:
        raise _unreadable("json", "JSON", content, error, offset=error.offset) from error
    except UnicodeDecodeError as error:
        rule = "form" if media_type in {FORM, MULTIPART} else "text"
        raise _unreadable(rule, "UTF-8", content, error, offset=error.start) from error
    except ValueError as error:
        raise _unreadable("form", media_type, content, error) from error


def _unreadable(
    rule: str, expected: str, content: bytes, error: ValueError, *, offset: int | None = None
) -> UnreadableBodyError:
    got = content[:SHOWN]
    return UnreadableBodyError(rule, f"must be {expected}: {error}", expected=expected, got=got, offset=offset)
