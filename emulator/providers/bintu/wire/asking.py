"""What Bintu is asked: read from queries and bodies that keep the contract."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from offair.contracts.digits import is_number
from offair.emulator.provider.query import Query
from offair.emulator.providers.bintu.captions import Captions
from offair.emulator.providers.bintu.listing import STANDINGS, USUAL, Sieve, clamp
from offair.emulator.providers.bintu.nouns import Keeping
from offair.emulator.providers.bintu.rules import Transcode, Wanted

JSON = dict[str, Any]
TYPE = "low-latency"
FLAGS = ("webrtc", "transcoding", "secure")
INTERVAL = 2000  # milliseconds between timecodes
MILLISECONDS = 1000
LONGEST_SECONDS = 10**10  # an epoch time above is in milliseconds
TARGETS = "targetLanguages"


def read_wanted(body: Mapping[str, Any] | None) -> Wanted:
    """Read a stream that is wanted; nothing at all is fine."""
    asked = body or {}
    return Wanted(
        tags=read_tags(asked),
        transcodes=tuple(read_transcode(one) for one in asked.get("transcodes", ())),
        steps=read_steps(asked.get("processing", ())),
        extra={"type": TYPE, **{flag: asked.get(flag, False) for flag in FLAGS}},
    )


def read_tags(body: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Read tags, each once."""
    return tuple(dict.fromkeys((body or {}).get("tags", ())))


def read_transcode(body: Mapping[str, Any]) -> Transcode:
    """Read a further rendition."""
    return Transcode(profile=body["profile"], tags=read_tags(body))


def read_steps(processing: Mapping[str, Any] | Sequence[Any]) -> tuple[tuple[Keeping, ...], ...]:
    """Read what is to be kept: a list for each rendition, one flat list for all of them, or an object with either."""
    listed = processing.get("processing", ()) if isinstance(processing, Mapping) else processing
    flat = [one for one in listed if isinstance(one, Mapping)]
    nested = [one for one in listed if not isinstance(one, Mapping)]
    return tuple(tuple(map(_step, some)) for some in ([flat] if flat else []) + nested)


def read_sieve(query: Query) -> Sieve:
    """Read what a list is asked for."""
    quantity = clamp(query.whole("quantity", USUAL))
    page = query.whole("page", 1)
    state = query.get("state")
    return Sieve(
        standing=next((one for one in STANDINGS if one == state), None),
        tags=frozenset(filter(None, query.all("tags[]"))),
        is_group={"true": True, "false": False}.get(query.get("streamgroup", "")),
        since=_moment(query.get("from", "")),
        until=_moment(query.get("to", "")),
        quantity=quantity,
        offset=query.whole("offset", 0) + (page - 1) * quantity,
    )


def read_asset_limit(query: Query) -> int | None:
    """Read how many assets of each kind are wanted; None is all."""
    return query.whole("asset_limit", 0) if "asset_limit" in query else None


def wants_little(query: Query) -> bool:
    """Say whether a player asks, which needs no more than where to play."""
    return query.get("profile") == "player"


def read_captions(body: Mapping[str, Any]) -> Captions:
    """Read captions; one target has a name of its own."""
    options = body["options"]
    one = [options["targetLanguage"]] if "targetLanguage" in options else []
    return Captions(
        source=options["sourceLanguage"], targets=tuple(options.get(TARGETS, one)), engine=options.get("engine")
    )


def read_timecode(body: Mapping[str, Any] | None) -> float | None:
    """Read whether there are timecodes, and how many seconds apart."""
    asked = body or {}
    return asked.get("interval", INTERVAL) / MILLISECONDS if asked.get("enabled", bool(asked)) else None


def _step(item: Mapping[str, Any]) -> Keeping:
    return Keeping(kind=item["id"], duration=item.get("duration"), interval=item.get("interval"))


def _moment(text: str) -> float | None:
    if not text:
        return None
    if is_number(text):
        number = float(text)
        return number / 1000 if number > LONGEST_SECONDS else number
    moment = datetime.fromisoformat(text.replace(" ", "+"))  # in a query a plus is a space
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
