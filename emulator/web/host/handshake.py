"""The opening handshake of a WebSocket (RFC 6455, 4.2), and what an application may say to it."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from offair.emulator.core.sockets import Conversation
from offair.emulator.web.host.heads import Head

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY_LENGTH = 16


def is_handshake(head: Head) -> bool:
    """Say whether a request asks, as it must, for a WebSocket."""
    fields = head.fields
    return (
        head.method == "GET"
        and head.version == "HTTP/1.1"
        and "websocket" in _tokens(fields.get("upgrade", ""))
        and "upgrade" in _tokens(fields.get("connection", ""))
        and fields.get("sec-websocket-version") == "13"
        and _is_key(fields.get("sec-websocket-key", ""))
    )


class Invitation:
    """What the application is handed with a handshake: it accepts, or its ordinary answer refuses."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self.conversation: Conversation | None = None
        self.headers: list[tuple[str, str]] = []

    def accept(
        self, conversation: Conversation, *, subprotocol: str | None = None, headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Let this conversation begin once the application has returned.

        ValueError for a subprotocol that the client did not offer: it would hang up (RFC 6455, 4.1).
        """
        offered = [name.strip(" \t") for name in self._head.fields.get("sec-websocket-protocol", "").split(",")]
        if subprotocol is not None and subprotocol not in offered:
            raise ValueError(f"the client offers the subprotocols {offered}, not {subprotocol!r}; choose one of them")
        key = self._head.fields["sec-websocket-key"].encode()
        proof = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()  # noqa: S324 - as RFC 6455 has it
        chosen = [] if subprotocol is None else [("Sec-WebSocket-Protocol", subprotocol)]
        self.headers = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", proof), *chosen, *headers
        ]  # fmt: skip
        self.conversation = conversation


def _tokens(value: str) -> list[str]:
    return [token.strip(" \t").lower() for token in value.split(",")]


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == KEY_LENGTH
    except (binascii.Error, ValueError):
        return False
