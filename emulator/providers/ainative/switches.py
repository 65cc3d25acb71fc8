"""AINative's own choices: where its documents say nothing, or its own web client reads something else."""

import ipaddress
from dataclasses import dataclass
from typing import Literal

from offair.emulator.provider.kinds import CloudDelay, CloudWholeSeconds, Patience, Quantity, Seconds, Url

CODE = 1008  # RFC 6455, section 7.4.1
SENDABLE = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}  # as above, and IANA's registry

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
    count_seconds: Seconds = 10.0
    history_length: Quantity = 50
    viewers: Literal["both", "sockets", "players"] = "both"
    creates_per_minute: Quantity = 10
    grace_seconds: Patience = 0.0
    patience_seconds: Seconds = 30.0
    vod_seconds: CloudDelay = 0.0
    token_seconds: CloudWholeSeconds = 1800
    countries: tuple[str, ...] = ("127.0.0.0/8=US",)
    live_input_url: Url = ""
    ai_text: str = "Here would stand what AINative's AI makes of the stream. This stand-in has none."

    def __post_init__(self) -> None:
        """Refuse what could not be sent, or would never fit."""
        for name in ("unauthorized_close", "missing_close"):
            if (code := getattr(self, name)) and code not in SENDABLE:
                raise ValueError(
                    f"{name} cannot be {code}: it is 0, or a close code that may be sent (RFC 6455, 7.4.1)"
                )
        for pair in self.countries:
            if not _is_placed(pair):
                words = "it is an address or a network, = and a country's two letters"
                raise ValueError(f"countries cannot be {pair!r}: {words}")


def _is_placed(pair: str) -> bool:
    network, _, country = (part.strip() for part in pair.partition("="))
    try:
        ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    return len(country) == len("ZZ") and country.isascii() and country.isalpha()
