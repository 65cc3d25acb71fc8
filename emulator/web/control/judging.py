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
NO = (401, 403)  # what a guard answers
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
            return Reply(200, _judge(steered, stream.id, url, call.body.get("seconds") or USUAL))
        except _ClosingError as error:
            raise Conflict("the stand-in closes") from error


def _judge(steered: Steered, stream: str, url: str, seconds: float) -> Any:
    from offair.contracts.checks.media.report import report_on  # it brings much that a start can do without
    from offair.contracts.checks.media.rulebook import RULES, verdicts
    from offair.contracts.writers.jsonreport import write_json
    from offair.emulator.watching import watch

    def go_on(_fetch: object) -> None:
        if steered.journal.is_closed:
            raise _ClosingError

    since = steered.journal.latest
    timeline = watch(url, seconds, on_fetch=go_on)
    status = timeline.fetches[0].status
    if not timeline.fetches[0].is_good:
        answer = f"is answered with {status}" if status else "is not answered"
        raise Conflict(f"{url} {answer}, so there is nothing to judge{_why(steered, stream, status, since)}")
    return msgspec.json.decode(write_json(report_on(timeline, verdicts(timeline, RULES))))


def _why(steered: Steered, stream: str, status: int, since: int) -> str:
    """Say what to do about an answer: a fault that somebody asked for is in the journal, a guard only says no."""
    spoilt = steered.journal.entries({"kind": "fault", "stream": stream, "after": str(since)}, most=1)
    if spoilt:
        return f": a fault spoils it ({spoilt[0].summary}); take it away, or judge once it is over"
    if status in NO:
        return "; it is guarded: give 'offair check media' its URL with what lets a player watch"
    return ""
