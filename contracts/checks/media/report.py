"""What became of a watched origin, as a Report: its JSON has the origin and how long it was watched."""

from dataclasses import dataclass
from typing import Any

from offair.contracts.checks.media.fetch import Fetch
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.exchange import Exchange
from offair.contracts.report import FORMAT, Report
from offair.contracts.verdict import Verdict

SUBJECTS = {
    "http": "Every answer",
    "hls": "HLS media playlists",
    "master": "HLS master playlist",
    "ll": "Low-latency HLS",
    "dash": "DASH",
}
LARGEST = 256 << 10  # bytes of an answer that an archive has: playlists, not what they list
ABSENT = "about what this origin does not have"


@dataclass(frozen=True, kw_only=True, repr=False)
class WatchReport(Report):
    """The verdicts on an origin that was watched, of so many ``answers``."""

    answers: int

    def as_json(self) -> dict[str, Any]:
        """Give every rule with its outcome and violations."""
        rules = [
            {
                "rule": verdict.rule.name,
                "claim": verdict.rule.claim,
                "source": verdict.rule.source,
                "strength": verdict.rule.strength,
                "grade": verdict.rule.grade,
                "outcome": verdict.outcome,
                "violations": [
                    {"where": one.where, "message": one.message, "got": one.got, "expected": one.expected}
                    for one in verdict.violations
                ],
            }
            for verdict in self.verdicts
        ]
        seen = {"url": self.target, "answers": self.answers, "seconds": round(self.seconds, 1)}
        return {**seen, "format": FORMAT, **self.counts, "rules": rules}


def report_on(timeline: Timeline, verdicts: tuple[Verdict, ...]) -> WatchReport:
    """Put the verdicts on a timeline into a report."""
    seconds = max((fetch.at for fetch in timeline.fetches), default=timeline.began) - timeline.began
    return WatchReport(
        kind="media",
        target=timeline.entry,
        verdicts=verdicts,
        seen=f"{len(timeline.fetches)} answers in {seconds:.1f} s",
        seconds=seconds,
        titles=SUBJECTS,
        absent=ABSENT,
        answers=len(timeline.fetches),
        exchanges=tuple(map(_exchange, timeline.fetches)),
    )


def _exchange(fetch: Fetch) -> Exchange:
    return Exchange(
        method="GET",
        path=fetch.url,
        status=fetch.status,
        response_headers=fetch.headers,
        response_body=fetch.body if len(fetch.body) <= LARGEST else b"",
        at=fetch.asked,
    )
