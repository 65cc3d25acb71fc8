"""The head of a request as RFC 9112 spells it, read strictly: what two readers could understand in two ways is refused.

This is not left to llhttp: it knows only certain methods, stops at a broken length before the fields with which the
application could refuse it in its own words, and skips the body of an upgrade that nobody takes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e\x80-\xff]+) HTTP/([0-9])\.([0-9])")
FIELD = re.compile(rb"(" + TOKEN + rb"):([\t\x20-\x7e\x80-\xff]*)\r\n")
FIELDS = re.compile(rb"(?:" + TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*")
STARTS = re.compile(TOKEN)
HOST = re.compile(r"[A-Za-z0-9\-._~%!$&'()*+,;=:\[\]]*")
NUMBER = re.compile(r"[0-9]{1,18}")
ABSOLUTE = re.compile(r"https?://([^/?#]*)(.*)", re.IGNORECASE)
BARE_LF = re.compile(rb"(?<!\r)\n")
SINGLE = frozenset(("host", "content-length"))
SPACE = b" \t"
REMEMBERED, SMALL = 256, 2_048  # so many heads, of at most so many bytes


class Refusal(Exception):
    """What came is no request that can be read; ``status`` says why, and the connection is of no use any more."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """A request's line and fields, by names in lower case, and how its body is framed.

    ``length`` None is a body in chunks. ``flaw`` is the status of a body that cannot be read, None of a good one.
    """

    method: str
    target: str
    path: str
    query: str
    version: str
    fields: Mapping[str, str]
    length: int | None
    flaw: int | None
    keeps: bool

    @property
    def is_patient(self) -> bool:
        """The client waits to be told to go on (RFC 9110, 10.1.1)."""
        return self.version != "HTTP/1.0" and self.fields.get("expect", "").lower() == "100-continue"


def read_head(raw: bytes) -> Head:
    """Read what stands before the blank line, the last line's end included; Refusal when it is no HTTP/1."""
    return _remembered(raw) if len(raw) <= SMALL else _read(raw)


def _read(raw: bytes) -> Head:
    if raw.count(b"\n") != raw.count(b"\r\n"):
        raise Refusal(400, "a line ends in LF alone")
    end = raw.find(b"\r\n")
    found = LINE.fullmatch(raw, 0, end)
    if found is None:
        raise Refusal(400, "the first line is no method, target and version with one space between")
    method, target, major, minor = found.groups()
    if major != b"1":
        raise Refusal(505, "only HTTP/1 is spoken here")
    is_old = minor == b"0"
    fields = _read_fields(raw, end + 2)
    text = target.decode("latin-1")
    path, query, authority = _split(method, text)
    _check_host(fields, authority, is_old=is_old)
    length, flaw = _framing(fields, is_old=is_old)
    wish = fields.get("connection", "").lower()
    keeps = "keep-alive" in wish if is_old else "close" not in wish
    version = "HTTP/1.0" if is_old else "HTTP/1.1"
    return Head(method.decode(), text, path, query, version, fields, length, flaw, keeps and flaw is None)


_remembered = lru_cache(maxsize=REMEMBERED)(_read)  # who keeps a connection sends the same head again and again


def _read_fields(raw: bytes, start: int) -> dict[str, str]:
    if FIELDS.fullmatch(raw, start) is None:
        raise Refusal(400, "a field is no name, colon and value on one line")
    fields: dict[str, str] = {}
    for name, value in FIELD.findall(raw, start):
        key = name.decode().lower()
        text = value.strip(SPACE).decode("latin-1")
        if key not in fields:
            fields[key] = text
        elif key in SINGLE:
            raise Refusal(400, f"the field {key} comes twice")
        else:  # RFC 9110, 5.3; RFC 6265, 5.4
            fields[key] += ("; " if key == "cookie" else ",") + text
    return fields


def _split(method: bytes, target: str) -> tuple[str, str, str | None]:
    """Give path, query, and the authority of a target in absolute form (RFC 9112, 3.2)."""
    authority = None
    if not target.startswith("/"):
        found = ABSOLUTE.fullmatch(target)
        if found is not None:
            authority, target = found.groups()
            target = target if target.startswith("/") else "/" + target
        elif target != "*" or method != b"OPTIONS":
            raise Refusal(400, "the target is no path, and no http URL")
    path, _, query = target.partition("?")
    return path, query, authority


def _check_host(fields: dict[str, str], authority: str | None, *, is_old: bool) -> None:
    host = fields.get("host")
    if host is None and not is_old:
        raise Refusal(400, "the field Host is missing")
    if authority is not None:  # RFC 9112, 3.2.2: what the target names counts
        host = fields["host"] = authority
    if host is not None and HOST.fullmatch(host) is None:
        raise Refusal(400, "the field Host names no host")


def _framing(fields: Mapping[str, str], *, is_old: bool) -> tuple[int | None, int | None]:
    """Give a body's length (None: chunks) and its flaw (RFC 9112, 6.1 to 6.3)."""
    coding = fields.get("transfer-encoding")
    length = fields.get("content-length")
    if coding is None:
        if length is None:
            return 0, None
        return (int(length), None) if NUMBER.fullmatch(length) else (0, 400)
    if length is not None or is_old:
        raise Refusal(400, "the fields contradict each other about the body's length")
    codings = [name.strip(" \t").lower() for name in coding.split(",")]
    if codings == ["chunked"]:
        return None, None
    if "chunked" in codings[:-1] or "" in codings:
        raise Refusal(400, "chunked is not the last transfer coding")
    raise Refusal(501, "of the transfer codings only chunked is known here")
