"""Every rule, and the judging of a timeline by all of them."""

from collections.abc import Collection, Sequence
from functools import partial

from offair.contracts.checks.media.rule import Rule
from offair.contracts.checks.media.rules import (
    dash_manifest,
    dash_media,
    dash_text,
    dash_time,
    delivery,
    hls_dates,
    hls_formats,
    hls_live,
    hls_media,
    hls_tags,
    hls_text,
    http,
    low_latency,
    master,
    master_media,
    parts,
    variants,
)
from offair.contracts.checks.media.timeline import Timeline
from offair.contracts.choosing import choose_rules
from offair.contracts.verdict import Verdict
from offair.contracts.violation import Violation

MODULES = (
    http,
    hls_text,
    hls_tags,
    hls_dates,
    hls_live,
    hls_media,
    hls_formats,
    master,
    master_media,
    variants,
    low_latency,
    parts,
    delivery,
    dash_text,
    dash_manifest,
    dash_time,
    dash_media,
)

RULES: tuple[Rule, ...] = tuple(one for module in MODULES for one in vars(module).values() if isinstance(one, Rule))
"""By subject, in the order of a report."""


def choose(*, only: Collection[str] = (), ignore: Collection[str] = (), musts_only: bool = False) -> tuple[Rule, ...]:
    """The rules but those to ignore, or only what must be; ValueError names one that there is not."""
    chosen = choose_rules(RULES, only=only, ignore=ignore)
    return tuple(rule for rule in chosen if rule.strength == "must" or not musts_only)


def verdicts(timeline: Timeline, rules: Sequence[Rule] = RULES) -> tuple[Verdict, ...]:
    """Judge a timeline, rule by rule."""
    return tuple(Verdict.guarded(rule, partial(_verdict, rule, timeline)) for rule in rules)


def check_media(timeline: Timeline) -> list[Violation]:
    """Judge a live origin by what was fetched from it."""
    return [violation for verdict in verdicts(timeline) for violation in verdict.violations]


def _verdict(rule: Rule, timeline: Timeline) -> Verdict:
    if not rule.is_about(timeline):
        return Verdict(rule, "not judged")
    return Verdict.of(rule, rule(timeline))
