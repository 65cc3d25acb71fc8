"""Tenbyte's own choices: where its documents contradict one another or say nothing, the user may decide."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Every default is what the reference recommends; ``NOTES.md`` has the reason for each.

    ``delete_stops_live`` lets DELETE end a running stream where the default answers the documented 409.
    ``null_playback`` shows a protocol that is off as null (the schema) where the default omits it (the examples).
    ``api_key_as_bearer`` takes an API key in ``Authorization: Bearer`` too. ``probes_need_credentials`` closes
    ping and health. ``any_region`` takes a region of any form. ``private_key`` is a PEM file that
    signs and verifies bearer tokens in place of the pair that each state makes for itself; ``public_key`` one that
    verifies tokens which the user signs elsewhere. ``requests_per_minute`` turns the undocumented rate limit on.
    Times are seconds: ``event_seconds`` on the cloud's clock, ``grace_seconds`` and ``patience_seconds`` real.
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
