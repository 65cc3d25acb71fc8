"""Every rule, and the judging of a timeline by all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from understudy.contracts.checks.media.rule import Rule
from understudy.contracts.checks.media.rules import (
    dash_manifest,
    dash_media,
    dash_time,
    hls_live,
    hls_media,
    hls_text,
    http,
    low_latency,
    master,
)
from understudy.contracts.checks.media.timeline import Timeline
from understudy.contracts.violation import Violation

RULES: tuple[Rule, ...] = (
    http.manifest_answers,
    http.segment_type,
    http.cors,
    http.manifest_cache,
    http.segment_cache,
    http.immutable,
    hls_text.media_type,
    hls_text.header,
    hls_text.syntax,
    hls_text.one_kind,
    hls_text.version,
    hls_text.target_present,
    hls_text.target_covers,
    hls_text.hold_back,
    hls_live.target_constant,
    hls_live.sequence_forward,
    hls_live.sequence_counts,
    hls_live.slides,
    hls_live.segment_unchanged,
    hls_live.discontinuity_sequence,
    hls_live.window,
    hls_live.type_kept,
    hls_live.endlist_final,
    hls_live.refreshed,
    hls_live.date_forward,
    hls_live.date_consistent,
    hls_live.segment_answers,
    hls_live.segment_kept,
    hls_media.independent,
    hls_media.map_present,
    hls_media.map_valid,
    hls_media.tables,
    hls_media.segment_readable,
    hls_media.duration_true,
    hls_media.continuous,
    master.bandwidth,
    master.codecs,
    master.resolution,
    master.frame_rate,
    master.groups,
    master.media_attributes,
    master.bandwidth_covers,
    master.average_bandwidth,
    master.one_target,
    master.aligned,
    master.timestamps,
    master.discontinuities,
    low_latency.part_inf,
    low_latency.part_covers,
    low_latency.part_not_short,
    low_latency.parts_add_up,
    low_latency.parts_bytes,
    low_latency.part_answers,
    low_latency.server_control,
    low_latency.can_block,
    low_latency.part_hold_back,
    low_latency.part_hold_back_roomy,
    low_latency.can_skip,
    low_latency.hint_kept,
    low_latency.blocks,
    low_latency.refuses,
    low_latency.delta,
    low_latency.rendition_reports,
    dash_manifest.media_type,
    dash_manifest.readable,
    dash_manifest.profiles,
    dash_manifest.min_buffer,
    dash_manifest.availability_start,
    dash_manifest.availability_start_constant,
    dash_manifest.publish_time,
    dash_manifest.publish_time_forward,
    dash_manifest.publish_time_new,
    dash_manifest.update_period,
    dash_manifest.clock,
    dash_manifest.clock_true,
    dash_manifest.period_ids,
    dash_manifest.period_order,
    dash_manifest.period_stable,
    dash_manifest.sets_stable,
    dash_manifest.bandwidth,
    dash_manifest.codecs,
    dash_manifest.mime,
    dash_manifest.static_duration,
    dash_manifest.static_final,
    dash_time.contiguous,
    dash_time.slides,
    dash_time.numbers,
    dash_time.not_ahead,
    dash_time.not_behind,
    dash_time.window,
    dash_time.segment_answers,
    dash_time.aligned,
    dash_media.segment_readable,
    dash_media.init_valid,
    dash_media.time_true,
    dash_media.duration_true,
    dash_media.sap,
    dash_media.bandwidth_covers,
)
"""By subject, in the order of a report."""

Outcome = Literal["kept", "broken", "not judged"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found; a rule about what the origin does not have is not judged."""

    rule: Rule
    outcome: Outcome
    violations: tuple[Violation, ...] = ()


def verdicts(timeline: Timeline, rules: Sequence[Rule] = RULES) -> tuple[Verdict, ...]:
    """Judge a timeline, rule by rule."""
    return tuple(_verdict(rule, timeline) for rule in rules)


def check_media(timeline: Timeline) -> list[Violation]:
    """Judge a live origin by what was fetched from it."""
    return [violation for verdict in verdicts(timeline) for violation in verdict.violations]


def _verdict(rule: Rule, timeline: Timeline) -> Verdict:
    if not rule.is_about(timeline):
        return Verdict(rule, "not judged")
    violations = tuple(rule(timeline))
    return Verdict(rule, "broken" if violations else "kept", violations)
