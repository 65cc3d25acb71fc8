"""What the vendor's web client reads in answers under names that are not the documents': it gets both."""

from typing import Any

from offair.emulator.providers.ainative.switches import Switches

ALSO = {"avatar_url": "avatar", "streamer": "user"}  # ours, and what its types call the same (types/index.ts)
LIVE, KEPT = "cloudflare_stream_id", "cloudflare_video_id"


def retell(body: Any, switches: Switches) -> Any:
    """Give an answer with everything under the web client's names too, where the switch for it is on."""
    return _retold(body) if switches.web_client else body


def _retold(told: Any) -> Any:
    match told:
        case list():
            return [_retold(one) for one in told]
        case dict():
            both = {name: _retold(value) for name, value in told.items()}
            both |= {theirs: both[ours] for ours, theirs in ALSO.items() if ours in both and theirs not in both}
            if LIVE in both:  # its player asks for the film alone, of what is live too
                both[KEPT] = both[KEPT] or both[LIVE]
            return both
    return told
