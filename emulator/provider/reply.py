"""An answer to a call, before anybody writes it as HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """An answer: ``body`` is JSON, text, bytes, or a file's path, as ``media_type`` says; None is no body at all.

    A text or bytes body needs a media type other than JSON, or it is taken for a JSON string. A file is sent as it
    lies there, with ranges and conditions (RFC 9110, sections 13 and 14). Bytes that come one after another are sent as
    they come.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    @classmethod
    def empty(cls, status: int, media_type: str = JSON, **headers: str) -> "Reply":
        """Answer with nothing, and still say of which kind the nothing is."""
        return cls(status, b"", headers, media_type)

    def beside(self, headers: Mapping[str, str]) -> "Reply":
        """Give this answer with more headers; what was written of it already stays written."""
        reply = Reply(self.status, self.body, {**self.headers, **headers}, self.media_type)
        if "content" in self.__dict__:
            reply.__dict__["content"] = self.content
        return reply

    @property
    def is_json(self) -> bool:
        """The body is JSON that is still to be written."""
        return self.media_type.partition(";")[0].endswith("json") and not isinstance(self.body, bytes | Path)

    @cached_property
    def content(self) -> bytes:
        """The body as it travels, written once for all who look at it; nothing of a file, or of what is yet to come."""
        match self.body:
            case None | Path() | Iterator():
                return b""
            case bytes():
                return self.body
            case str() if not self.is_json:
                return self.body.encode()
        return msgspec.json.encode(self.body)
