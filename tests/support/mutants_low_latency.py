"""A mutant for every rule about low-latency HLS: ``MUTANTS``."""

from dataclasses import replace
from itertools import pairwise

from mutants_hls import anywhere
from sabotage import Mutant, mutant, removing, table

LL = "low latency"

no_part_inf = removing("ll/part-inf", "#EXT-X-PART-INF:.*\n", LL, url=anywhere)
parts_exceed_the_target = removing("ll/part-covers", "PART-TARGET=0.250", LL, url=anywhere, new="PART-TARGET=0.22")
no_control = removing("ll/server-control", "#EXT-X-SERVER-CONTROL:.*\n", LL, url=anywhere)
no_blocking = removing("ll/can-block", "CAN-BLOCK-RELOAD=YES,", LL, url=anywhere)
no_part_hold_back = removing("ll/part-hold-back", "PART-HOLD-BACK=0.750,", LL, url=anywhere)
a_small_part_hold_back = removing(
    "ll/part-hold-back", "PART-HOLD-BACK=0.750", LL, url=anywhere, new="PART-HOLD-BACK=0.4"
)
a_narrow_part_hold_back = removing("ll/part-hold-back-roomy", "PART-HOLD-BACK=0.750", LL, url=anywhere,
                                   new="PART-HOLD-BACK=0.6")  # fmt: skip
skips_what_is_new = removing("ll/can-skip", "CAN-SKIP-UNTIL=6.0", LL, url=anywhere, new="CAN-SKIP-UNTIL=5.9")
no_reports = removing("ll/rendition-reports", "#EXT-X-RENDITION-REPORT:.*\n", LL, url=anywhere)


def _part(sabotage, indices) -> str:
    """The file name of a part that was fetched."""
    names = {fetch.url.rpartition("/")[2] for fetch in sabotage.timeline.fetches if fetch.url.endswith(".m4s")}
    return sabotage.choose(sorted(n for n in names if n.partition(".")[0].endswith(tuple(f"-{i}" for i in indices))))


@mutant("ll/part-not-short", LL)
def a_part_is_short(sabotage):
    name = _part(sabotage, (1, 2))
    return sabotage.rewrite(f'DURATION=0.25000,URI="{name}"', f'DURATION=0.21000,URI="{name}"')


@mutant("ll/parts-add-up", LL)
def parts_are_less_than_the_segment(sabotage):
    name = _part(sabotage, (3,))
    return sabotage.rewrite(f'DURATION=0.25000,URI="{name}"', f'DURATION=0.15000,URI="{name}"')


@mutant("ll/parts-bytes", LL)
def a_segment_has_more_than_its_parts(sabotage):
    fetched = set(sabotage.timeline.by_url)
    whole = [u for u in sabotage.segments if all(u.replace(".m4s", f"-{i}.m4s") in fetched for i in range(4))]
    url = sabotage.choose(whole)
    return sabotage.bodies(lambda _: sabotage.origin.media(sabotage.clip(url)) + b"\0\0\0\x08free", url)


@mutant("ll/part-answers", LL)
def a_hinted_part_never_comes(sabotage):
    parts = [fetch for fetch in sabotage.timeline.fetches if "-" in fetch.url and fetch.url.endswith(".m4s")]
    since = {}
    for one in sabotage.timeline.renditions:
        for version in one.versions:
            for url in (*(part.url for part in version.parts), *version.hinted_parts):
                since.setdefault(url, []).append(version.fetch)
    listed = [f for f in parts if any(v.at <= f.asked for v in since[f.url]) and f.asked <= since[f.url][-1].asked]
    return sabotage.fail(sabotage.choose(listed))


@mutant("ll/hint-kept", LL)
def another_part_comes_than_was_hinted(sabotage):
    return sabotage.rewrite('(?<=TYPE=PART,URI=")[^"]*', "never.m4s", sabotage.rendition())


@mutant("ll/blocks", LL)
def a_blocking_reload_does_not_block(sabotage):
    answers = sabotage.timeline.of(sabotage.rendition())
    pairs = [
        (old, new)
        for old, new in pairwise(answers)
        if old.url == old.resource and "_HLS_part" in new.directives and new.is_good and "ENDLIST" not in old.text
    ]
    old, new = sabotage.choose(pairs)
    return sabotage.change(lambda one: one is new, lambda one: replace(one, body=old.body))


@mutant("ll/refuses", LL)
def it_waits_for_what_is_far_ahead(sabotage):
    refused = [fetch for fetch in sabotage.timeline.fetches if fetch.status == 400]
    return sabotage.fail(sabotage.choose(refused), 503)


@mutant("ll/delta", LL)
def a_delta_update_skips_one_too_many(sabotage):
    pattern = r"(?<=SKIPPED-SEGMENTS=)\d+"
    return sabotage.rewrite(pattern, lambda found: str(int(found[0]) + 1), sabotage.rendition())


@mutant("ll/delta", LL)
def a_delta_update_comes_unasked(sabotage):
    deltas = [fetch for fetch in sabotage.timeline.fetches if "EXT-X-SKIP" in fetch.text]
    chosen = sabotage.choose(deltas)
    return sabotage.change(lambda one: one is chosen, lambda one: replace(one, url=one.resource))


MUTANTS: tuple[Mutant, ...] = table(globals())
