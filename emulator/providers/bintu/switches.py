"""Bintu's own choices: where its documents contradict one another or say nothing, the user may decide."""

from dataclasses import dataclass
from typing import Literal

from offair.emulator.provider.kinds import CloudSeconds, Patience, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Every default is what the reference recommends; ``NOTES.md`` has the reason for each.

    ``mirrored_errors``: an error's message and status stand at the top level too.
    ``stop_locks``: stopping a stream locks it.
    ``secure_playback``: nothing plays without a token; otherwise a stream that was made with `secure` does not.
    ``secure_reads``: who says nothing about who they are cannot read a stream that is secure.
    ``token_algorithm``: what signs playback tokens.
    ``captions``: the package for live captions is booked.
    ``caption_text`` is what every transcript says: nothing is transcribed.
    ``own_language_target``: captions may name the source's own language as a target.
    ``play_hooks``: the webhook is asked before somebody watches, and told afterwards.
    ``old_hook_fields``: webhooks of publications have `type` and `tcurl`.
    ``hook_seconds``: real seconds within which a webhook must have answered.
    ``beat_seconds``: cloud seconds between two `update_publish`.
    ``grace_seconds``: real seconds for which a lost encoder may come back before its stream has ended.
    ``low_latency_hls``: playlists list parts of segments too.
    """

    mirrored_errors: bool = True
    stop_locks: bool = False
    secure_playback: bool = False
    secure_reads: bool = False
    token_algorithm: Literal["EdDSA", "RS256"] = "EdDSA"  # noqa: S105 - an algorithm, not a secret
    captions: bool = True
    caption_text: str = "This is a stand-in, and nothing was transcribed."
    own_language_target: bool = False
    play_hooks: bool = False
    old_hook_fields: bool = False
    hook_seconds: Seconds = 3.0
    beat_seconds: CloudSeconds = 30.0
    grace_seconds: Patience = 1.0
    low_latency_hls: bool = True
