"""Who asks to see what, as the usher and the audience hear of it."""

from flask import Request
from werkzeug.datastructures import Headers

from offair.emulator.core.viewing import Viewing
from offair.emulator.provider.query import Query


def viewing_of(asked: Request, stream: str, name: str, *, protocol: str = "http") -> Viewing:
    """Say who wants to see what; it holds nothing of the request but copies."""
    return Viewing(
        stream=stream,
        name=name,
        protocol=protocol,
        peer=asked.remote_addr,
        query=Query.of(asked.query_string.decode("latin-1")).lists,
        headers=Headers(list(asked.headers)),  # type: ignore[arg-type] # a multi-dict that reads like a Mapping
    )
