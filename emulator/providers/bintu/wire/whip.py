"""What a publisher over WHIP says of where it wants to go, and what it has to say there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from offair.emulator.core.problems import Malformed
from offair.emulator.core.showing import Cue

NAME, ADDRESS = "stream_name", "stream_url"
CLAIMED = {NAME: "streamname", ADDRESS: "ingesturl"}  # what a webcaster token calls them
SERVER_VERSION = "6.2.3"  # the webcaster's that asks for it
DEEPEST = 6  # levels of objects in what is said


@dataclass(frozen=True, slots=True)
class Aim:
    """A stream's ``name``, what followed a ``?`` in it, and the application that the RTMP address names."""

    name: str
    query: str
    app: str


def read_aim(query: Mapping[str, str], claims: Mapping[str, Any]) -> Aim:
    """Read what an encoder would have in its two fields, and a token's word is the last; Malformed for too little."""
    said = {name: str(claims.get(claimed) or query.get(name) or "") for name, claimed in CLAIMED.items()}
    missing = [name for name, value in said.items() if not value]
    if missing:
        raise Malformed(f"the query has no {' and no '.join(missing)}, and no webcaster token says it")
    name, _, rest = said[NAME].partition("?")
    return Aim(name, rest, urlsplit(said[ADDRESS]).path.strip("/"))


def read_metadata(body: Mapping[str, Any]) -> Cue:
    """Read what is to be said; Malformed for what is nested too deep."""
    if _depth(body["payload"]) > DEEPEST:
        raise Malformed(f"the payload is nested more than {DEEPEST} levels deep")
    return Cue(name=body["handlerName"], content=body["payload"])


def show_server() -> dict[str, str]:
    """Show which server this is."""
    return {"server_version": SERVER_VERSION}


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)
