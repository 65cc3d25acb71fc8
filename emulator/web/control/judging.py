"""Judging a stream now, as ``offair check media`` does: as a player that sees what all players see, faults too."""

from typing import Any

import msgspec

from offair.emulator.core.problems import Conflict
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.faulting import find_stream
from offair.emulator.web.control.steered import Steered
from offair.emulator.web.control.streams import root_of

USUAL = 10.0  # real seconds
MANIFESTS = ("master.m3u8", "manifest.mpd")


class _ClosingError(Exception):
    """The stand-in closes, and nobody waits for a verdict."""


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operation that judges."""

    @operation("POST /streams/{streamId}/judge")
    def judge(call: Call) -> Reply:
        stream = find_stream(steered, call.path["streamId"])
        there = steered.desk.stage.manifests(stream.id)
        name = next((name for name in MANIFESTS if name in there), None)
        if name is None:
            raise Conflict(f"the stream {stream.id} has no playlist yet: publish to it, and wait until it is live")
        url = f"{root_of(steered, stream.cloud, stream.id)}/{name}"
        try:
            return Reply(200, _judge(steered, url, call.body.get("seconds") or USUAL))
        except _ClosingError as error:
            raise Conflict("the stand-in closes") from error


def _judge(steered: Steered, url: str, seconds: float) -> Any:
    from offair.contracts.checks.media.report import report_on  # it brings much that a start can do without
    from offair.contracts.checks.media.rulebook import RULES, verdicts
    from offair.contracts.writers.jsonreport import write_json
    from offair.emulator.watching import watch

    def go_on(_fetch: object) -> None:
        if steered.journal.is_closed:
            raise _ClosingError

    timeline = watch(url, seconds, on_fetch=go_on)
    first = timeline.fetches[0]
    if not first.is_good:
        answer = f"is answered with {first.status}" if first.status else "is not answered"
        raise Conflict(f"{url} {answer}, so there is nothing to judge; a guarded stream is judged by 'offair check'")
    return msgspec.json.decode(write_json(report_on(timeline, verdicts(timeline, RULES))))
