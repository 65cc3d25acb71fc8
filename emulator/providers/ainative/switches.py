"""AINative's own choices: where its documents say nothing, or its own web client reads something else."""

from dataclasses import dataclass
from typing import Literal

CODE = 1008  # RFC 6455, section 7.4.1

MINUTE = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Every default is what the reference recommends; ``NOTES.md`` has the reason for each.

    ``web_client``: speak as the vendor's own web client reads it, where that departs from the documents.
    ``unauthorized_close``: close code of a chat without a good token; 0 refuses the handshake with a 401.
    ``missing_close``: close code of a chat beside no stream; 0 refuses the handshake with a 404.
    ``count_seconds``: real seconds between two counts of viewers that a chat hears.
    ``history_length``: messages that a chat begins with.
    ``viewers``: who counts as a viewer: sockets of the chat, players, or both.
    ``creates_per_minute``: streams that a user may create in a minute, and as many video sessions; 0 is no limit.
    ``grace_seconds``: real seconds for which a lost encoder may come back.
    ``patience_seconds``: real seconds for which a stream that starts waits for an encoder.
    ``vod_seconds``: seconds on the cloud's clock for which a recording is processing.
    ``token_seconds``: seconds on the cloud's clock for which an access token is good.
    ``countries``: where viewers are, as address=country or network=country, the first that fits; else ZZ.
    ``live_input_url``: where news of live inputs is sent, as Cloudflare sends it; empty is nowhere.
    ``ai_text``: text that stands in place of what an AI would write.
    """

    web_client: bool = False
    unauthorized_close: int = CODE
    missing_close: int = 4004
    count_seconds: float = 10.0
    history_length: int = 50
    viewers: Literal["both", "sockets", "players"] = "both"
    creates_per_minute: int = 10
    grace_seconds: float = 0.0
    patience_seconds: float = 30.0
    vod_seconds: float = 0.0
    token_seconds: int = 1800
    countries: tuple[str, ...] = ("127.0.0.0/8=US",)
    live_input_url: str = ""
    ai_text: str = "Here would stand what AINative's AI makes of the stream. This stand-in has none."
