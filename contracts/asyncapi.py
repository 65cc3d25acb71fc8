"""The sockets of a contract as an AsyncAPI 3.0 document, for tools that read one; the cloud is the application.

What a client says is received there, and what the server says is sent.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from offair.contracts.contract import SOCKETS, Contract
from offair.contracts.document import read_document
from offair.contracts.exchange import Side
from offair.contracts.schema import Schema
from offair.contracts.sockets import FrameTerm, SocketTerm

ACTIONS: Mapping[Side, str] = {"from_client": "receive", "from_server": "send"}
PROTOCOLS = {"https": "wss", "http": "ws"}
JSON, BYTES = "application/json", "application/octet-stream"


def asyncapi(contract: Contract) -> dict[str, Any]:
    """Write the document; it refers to nothing outside of itself."""
    said = read_document(contract.folder, SOCKETS) or {}
    used = dict.fromkeys(scheme for socket in contract.sockets.values() for scheme in socket.schemes)
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    return {
        "asyncapi": "3.0.0",
        "info": {"title": contract.title, "version": contract.version or "0"},
        "defaultContentType": JSON,
        "servers": {f"server{place}": _server(url) for place, url in enumerate(contract.servers)},
        "channels": {key: _channel(socket) for key, socket in contract.sockets.items()},
        "operations": {name: told for socket in contract.sockets.values() for name, told in _operations(socket)},
        "components": {
            "schemas": said.get("components", {}).get("schemas", {}),
            "securitySchemes": {name: _scheme(schemes[name]) for name in used},
        },
    }


def _server(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {
        "host": parts.netloc,
        "pathname": parts.path or "/",
        "protocol": PROTOCOLS.get(parts.scheme, parts.scheme),
    }


def _channel(socket: SocketTerm) -> dict[str, Any]:
    sides: tuple[Side, ...] = ("from_client", "from_server")
    frames = {_message(side, frame): frame for side in sides for frame in socket.frames(side).values()}
    asked = {"query": socket.query_parameters, "headers": socket.header_parameters}
    handshake = {place: _plain(parameters.schema) for place, parameters in asked.items() if len(parameters)}
    return {
        "address": socket.path,
        "summary": socket.summary,
        "x-grade": socket.grade,
        "x-source": socket.source,
        "x-closes": {str(close.code): close.meaning for close in socket.closes.values()},
        "parameters": {found.name: {"description": found.description} for found in socket.path_parameters},
        "messages": {name: _frame(frame) for name, frame in frames.items()},
        "bindings": {"ws": {"bindingVersion": "0.1.0", **handshake}},
    }


def _operations(socket: SocketTerm) -> Iterator[tuple[str, dict[str, Any]]]:
    channel = f"#/channels/{_escaped(socket.key)}"
    for side, action in ACTIONS.items():
        frames = socket.frames(side).values()
        if frames:
            yield (
                f"{socket.key}.{side}",
                {
                    "action": action,
                    "channel": {"$ref": channel},
                    "messages": [{"$ref": f"{channel}/messages/{_escaped(_message(side, frame))}"} for frame in frames],
                    # AsyncAPI knows alternatives of one scheme each, and no scopes of any but OAuth's
                    "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in socket.schemes],
                },
            )


def _frame(frame: FrameTerm) -> dict[str, Any]:
    marks = {"name": frame.name, "summary": frame.summary, "x-grade": frame.grade, "x-source": frame.source}
    if frame.schema is None:
        return {**marks, "contentType": BYTES}
    return {**marks, "contentType": JSON, "payload": _plain(frame.schema)}


def _plain(schema: Schema) -> dict[str, Any]:
    """A schema without the components that it was compiled with: the document has them once."""
    return {keyword: value for keyword, value in schema.root.items() if keyword != "components"}


def _scheme(scheme: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAPI's apiKey is AsyncAPI's httpApiKey."""
    return {**scheme, "type": "httpApiKey"} if scheme["type"] == "apiKey" else dict(scheme)


def _message(side: Side, frame: FrameTerm) -> str:
    return f"{side}.{frame.name}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
