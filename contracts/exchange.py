"""One request and its answer, as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["from_client", "from_server"]

NOBODY = ""
TEXT, BINARY = 1, 2  # opcodes of frames (RFC 6455 section 11.8), which browsers write into archives
BROWSERS_OWN = frozenset({"/favicon.ico", "/robots.txt"})  # what is asked for without anybody's program
SWITCHED = 101  # RFC 9110 section 15.2.2: what follows are frames, and no answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer as they went over the wire; ``path`` has the query, an empty body is no body.

    ``at`` is when it was asked, in seconds on whatever clock told the others that it is compared with; None where
    nobody looked. ``who`` names the tenant that asked, ``NOBODY`` with credentials that are nobody's; None where it is
    not known. A hook is asked by the cloud, and answered by its customer. A recording is cut where it has not all of a
    body. ``frames`` are what both sides said over the WebSocket that it opened, in their order.
    """

    method: str
    path: str
    status: int
    title: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: bytes = b""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    at: float | None = None
    who: str | None = None
    is_hook: bool = False
    is_cut: bool = False
    frames: Sequence[tuple[Side, str | bytes]] = ()

    @property
    def is_socket(self) -> bool:
        """It asks for a WebSocket (RFC 6455 section 4.1), and for no other protocol (``Upgrade: h2c``)."""
        return self.status == SWITCHED or "websocket" in (header(self.request_headers, "Upgrade") or "").lower()

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
