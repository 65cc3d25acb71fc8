"""Tenbyte's own choices: where its documents contradict one another or say nothing, the user may decide."""

from dataclasses import dataclass
from pathlib import Path

from offair.emulator.core.tokens import check_key
from offair.emulator.provider.kinds import CloudSeconds, Count, HeaderName, Patience, Seconds


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
    signature_header: HeaderName = "X-Webhook-Signature"
    requests_per_minute: Count | None = None
    event_seconds: CloudSeconds = 6 * 3600.0
    grace_seconds: Patience = 10.0
    patience_seconds: Seconds = 30.0

    def __post_init__(self) -> None:
        """Refuse keys that sign or verify nothing, before somebody has a token of them."""
        if self.private_key is not None:
            _check("private", self.private_key)
        if self.public_key is not None:
            _check("public", self.public_key)


def _check(kind: str, path: Path) -> None:
    try:
        check_key(path, "RS256", signs=kind == "private")
    except (OSError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        step = f"name a PEM file with an RSA {kind} key"
        raise ValueError(f"{kind}_key cannot be {str(path)!r}: {why}; {step}") from error
