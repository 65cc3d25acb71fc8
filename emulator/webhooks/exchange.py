"""One POST and its answer as bytes, without a socket (RFC 9112)."""

import re
from collections.abc import Mapping

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from offair.emulator.webhooks.recipient import Recipient

KEPT = 4096  # bytes of an answer's body that somebody reads
LONGEST_HEAD = 1 << 16  # bytes that may come before an answer's body, with all that is informational
SHOWN = 40
NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
OURS = frozenset({"host", "connection", "content-length", "transfer-encoding"})  # no delivery decides how it is framed


def spell(recipient: Recipient, content: bytes, headers: Mapping[str, str]) -> bytes:
    """Write a request; ValueError for a header that no HTTP message can carry."""
    given = {name: value for name, value in headers.items() if name.lower() not in OURS}
    named = {name.lower() for name in given}
    fields = {"Host": recipient.authority, "Accept-Encoding": "identity", "Connection": "close"}
    if recipient.login is not None:
        fields["Authorization"] = f"Basic {recipient.login}"
    fields["Content-Length"] = str(len(content))
    fields = {name: value for name, value in fields.items() if name.lower() not in named} | given
    for name, value in fields.items():
        if NAME.fullmatch(name) is None or VALUE.fullmatch(value) is None:
            raise ValueError(f"its header {name!r} has a character that HTTP cannot carry there")
    lines = [f"POST {recipient.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + content


class AnswerReader:
    """Reads one answer, however it is cut; ``status`` is known when its head is whole, and nothing changes it then.

    What is informational is let pass (RFC 9110, 15.2), but for 101: nobody asked for another protocol.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self._came = 0
        self._start = b""
        self._body = bytearray()
        self._is_whole = self._is_informational = False
        self._parser = self._begin()

    @property
    def is_done(self) -> bool:
        """Nothing more is wanted of the answer."""
        return self.status is not None and (self._is_whole or len(self._body) >= KEPT)

    @property
    def text(self) -> str:
        """The start of the body."""
        return self._body[:KEPT].decode("utf-8", "replace")

    @property
    def progress(self) -> str:
        """Say what came, to somebody who waited for a whole head."""
        return f"only {self._came} bytes of an answer's head came, {self._shown}" if self._came else "nothing came back"

    def receive(self, data: bytes) -> None:
        """Take what came; ConnectionError when it is no answer in HTTP/1."""
        self._came += len(data)
        self._start += data[: SHOWN - len(self._start)]
        # llhttp does not tell where a head ends, and after an informational one it might not go on: so line by line
        for piece in data.splitlines(keepends=True) if self.status is None else (data,):
            self._feed(piece)
            if self.is_done:
                return
            if self._is_informational:
                self._is_informational = False
                self._parser = self._begin()
        if self.status is None and self._came > LONGEST_HEAD:
            raise ConnectionError(f"the head of the answer is longer than {LONGEST_HEAD} bytes, {self._shown}")

    def end(self) -> None:
        """Take it that no more will come; ConnectionError when the head is not whole."""
        if self.status is None:
            raise ConnectionError(f"the receiver hung up without an answer: {self.progress}")
        self._is_whole = True

    def on_headers_complete(self) -> None:
        """Hear from llhttp that a head is whole."""
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            self._is_informational = True
        elif self.status is None:
            self.status = status

    def on_body(self, piece: bytes) -> None:
        """Hear from llhttp what is in the body."""
        self._body += piece[: KEPT - len(self._body)]

    def on_message_complete(self) -> None:
        """Hear from llhttp that the body is over."""
        self._is_whole = self.status is not None

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except (HttpParserError, HttpParserUpgrade) as error:
            if self.status is None:
                raise ConnectionError(f"the answer is no HTTP/1 ({error}), {self._shown}") from error
            self._is_whole = True  # a body that cannot be read says nothing against the status

    def _begin(self) -> HttpResponseParser:
        parser = HttpResponseParser(self)
        parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)  # RFC 9112, 2.2: a line may end in LF alone
        return parser

    @property
    def _shown(self) -> str:
        return f"beginning {self._start!r}"
