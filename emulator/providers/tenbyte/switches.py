"""Tenbyte's own choices: where its documents contradict one another or say nothing, the user may decide."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Every default is what the reference recommends; ``NOTES.md`` has the reason for each.

    ``delete_stops_live``: DELETE ends a running stream; otherwise it answers the documented 409.
    ``null_playback``: a protocol that is off is shown as null (the schema); otherwise it is left out (the examples).
    ``api_key_as_bearer``: an API key is taken in `Authorization: Bearer` too.
    ``probes_need_credentials``: ping and health are closed to strangers.
    ``any_region``: a region of any form is taken.
    ``private_key``: PEM file that signs and verifies bearer tokens. [a pair that each state makes for itself]
    ``public_key``: PEM file that verifies bearer tokens which you sign elsewhere.
    ``signature_header``: header that carries a webhook's signature.
    ``requests_per_minute``: turns the undocumented rate limit on. [no limit]
    ``event_seconds``: how long a stream of type `event` may last, on the cloud's clock.
    ``grace_seconds``: real seconds for which a lost encoder may come back.
    ``patience_seconds``: real seconds for which a started stream waits for an encoder.
    """

    delete_stops_live: bool = False
    null_playback: bool = False
    api_key_as_bearer: bool = True
    probes_need_credentials: bool = False
    any_region: bool = False
    private_key: Path | None = None
    public_key: Path | None = None
    signature_header: str = "X-Webhook-Signature"
    requests_per_minute: int | None = None
    event_seconds: float = 6 * 3600.0
    grace_seconds: float = 10.0
    patience_seconds: float = 30.0
