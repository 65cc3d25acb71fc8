"""A mutant for every rule about low-latency HLS: ``MUTANTS``."""

import re
from dataclasses import replace

from airing import LAG, record
from airing_hls import LowLatencyOrigin, low_latency
from mutants_hls import anywhere
from sabotage import Mutant, mutant, removing, table
from tiny_media import fragment

LL = "low latency"

no_part_inf = removing("ll/part-inf", "#EXT-X-PART-INF:.*\n", LL, url=anywhere)
parts_exceed_the_target = removing("ll/part-covers", "PART-TARGET=0.250", LL, url=anywhere, new="PART-TARGET=0.22")
no_control = removing("ll/server-control", "#EXT-X-SERVER-CONTROL:.*\n", LL)
no_blocking = removing("ll/can-block", "CAN-BLOCK-RELOAD=YES,", LL)
no_part_hold_back = removing("ll/part-hold-back", "PART-HOLD-BACK=0.750,", LL)
a_small_part_hold_back = removing("ll/part-hold-back", "PART-HOLD-BACK=0.750", LL, new="PART-HOLD-BACK=0.4")
a_narrow_part_hold_back = removing("ll/part-hold-back-roomy", "PART-HOLD-BACK=0.750", LL,
                                   new="PART-HOLD-BACK=0.6")  # fmt: skip
skips_what_is_new = removing("ll/can-skip", "CAN-SKIP-UNTIL=6.0", LL, new="CAN-SKIP-UNTIL=5.9")
no_reports = removing("ll/rendition-reports", "#EXT-X-RENDITION-REPORT:.*\n", LL, url=anywhere)


def _part(sabotage, indices) -> str:
    """The file name of a part that was fetched; of the newest segment nobody may have seen what comes after it."""
    names = {fetch.url.rpartition("/")[2] for fetch in sabotage.timeline.fetches if fetch.url.endswith(".m4s")}
    parts = [name for name in names if name.partition(".")[0].endswith(tuple(f"-{index}" for index in indices))]
    newest = max(int(name.partition("-")[0]) for name in parts)
    return sabotage.choose(sorted(name for name in parts if int(name.partition("-")[0]) < newest))


@mutant("ll/part-not-short", LL)
def a_part_is_short(sabotage):
    name = _part(sabotage, (1, 2))
    return sabotage.rewrite(f'DURATION=0.25000,URI="{name}"', f'DURATION=0.21000,URI="{name}"')


@mutant("ll/parts-add-up", LL)
def a_segment_is_longer_than_its_parts(sabotage):
    name = _part(sabotage, (1,)).replace("-1.", ".")
    return sabotage.rewrite(rf"#EXTINF:1.000(?=,\n{re.escape(name)}$)", "#EXTINF:1.080")


@mutant("ll/parts-samples", LL)
def a_segment_has_other_samples_than_its_parts(sabotage):
    """Of the last segment of all, a part may have been hinted at and fetched, and never listed."""
    fetched = set(sabotage.timeline.by_url)
    listed = {part.url for one in sabotage.timeline.renditions for v in one.versions for part in v.parts} & fetched
    whole = [u for u in sabotage.segments if all(u.replace(".m4s", f"-{i}.m4s") in listed for i in range(4))]
    url = sabotage.choose(whole)
    return sabotage.bodies(lambda _: sabotage.remade(url), url)


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
    """It hints at the part that was asked for instead of listing it."""
    last = re.compile(r'#EXT-X-PART:[^\n]*URI="([^"]*)"[^\n]*\n#EXT-X-PRELOAD-HINT:[^\n]*')
    asked = [
        f for f in sabotage.timeline.of(sabotage.rendition()) if "_HLS_part" in f.directives and last.search(f.text)
    ]
    chosen = sabotage.choose([f for f in asked if "_HLS_msn" in f.directives])
    body = last.sub(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="\1"', chosen.text).encode()
    return sabotage.change(lambda one: one is chosen, lambda one: replace(one, body=body))


@mutant("ll/refuses", LL)
def it_waits_for_what_is_far_ahead(sabotage):
    refused = [fetch for fetch in sabotage.timeline.fetches if fetch.status == 400 and "_HLS_msn" in fetch.url]
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


@mutant("ll/delta", LL)
def a_delta_update_says_something_else(sabotage):
    chosen = sabotage.choose([fetch for fetch in sabotage.timeline.fetches if "EXT-X-SKIP" in fetch.text])
    body = chosen.body.replace(b"#EXTINF:1.000,", b"#EXTINF:1.010,", 1)
    return sabotage.change(lambda one: one is chosen, lambda one: replace(one, body=body))


@mutant("ll/delta-given", LL)
def nobody_gets_a_delta_update(sabotage):
    """Segments of four seconds fill a window in which there is much to leave out."""
    origin = low_latency(window=14.0)
    origin.delta = lambda lines, _now: lines
    return record(origin)


def _whole(sabotage, fetch):
    """The whole playlist that came last before a delta update."""
    whole = (
        f
        for f in sabotage.timeline.of(fetch.resource)
        if f.at <= fetch.asked and "EXT-X-SKIP" not in f.text and f.is_good
    )
    return max(whole, key=lambda one: one.at)


@mutant("ll/blocks-in-time", LL)
def a_blocking_reload_blocks_for_long(sabotage):
    asked = [f for f in sabotage.timeline.of(sabotage.rendition()) if "_HLS_msn" in f.directives and f.status == 400]
    chosen = sabotage.choose(asked)
    return sabotage.change(lambda one: one is chosen, lambda one: replace(one, at=one.at + 4.0))


@mutant("ll/refuses-part-alone", LL)
def a_part_of_no_segment_is_answered(sabotage):
    asked = [f for f in sabotage.timeline.fetches if "_HLS_part" in f.directives and "_HLS_msn" not in f.directives]
    chosen = sabotage.choose(asked)
    whole = _whole(sabotage, chosen)
    return sabotage.change(
        lambda one: one is chosen, lambda one: replace(one, status=200, body=whole.body, headers=whole.headers)
    )


@mutant("ll/over-ignores", LL)
def a_playlist_that_is_over_is_refused(sabotage):
    answers = sabotage.timeline.of(sabotage.rendition())
    over = next(f.at for f in answers if "ENDLIST" in f.text)
    return sabotage.fail(sabotage.choose([f for f in answers if f.directives and f.asked >= over]), 400)


@mutant("ll/report-true", LL)
def a_report_is_old(sabotage):
    by = sabotage.choose([-2, -1, 3])
    pattern = r"(?<=LAST-MSN=)\d+"
    return sabotage.rewrite(pattern, lambda found: str(int(found[0]) + by), sabotage.rendition())


@mutant("ll/part-duration-true", LL)
def a_part_is_longer_than_it_says(sabotage):
    name = _part(sabotage, (1, 2, 3))
    number, index = map(int, name.removesuffix(".m4s").split("-"))
    clip = sabotage.origin.clips[number]
    body = fragment(clip.start + index * 0.25, 0.33, is_key=False, has_key=False)
    mine = [url for url in sabotage.timeline.by_url if url.endswith(f"/{name}")]
    whole = {url.replace(f"-{index}.m4s", ".m4s") for url in mine}
    sabotage.timeline = sabotage.bodies(lambda url: body if url in mine else None)
    return sabotage.bodies(lambda url: _join(sabotage, clip, index, body) if url in whole else None)


def _join(sabotage, clip, index, body):
    return b"".join(body if at == index else sabotage.origin.part(clip, at) for at in range(4))


@mutant("ll/independent-true", LL)
def a_part_is_not_independent(sabotage):
    name = _part(sabotage, (1, 2))
    return sabotage.rewrite(f'(?<=URI="{re.escape(name)}")$', ",INDEPENDENT=YES")


@mutant("ll/independent-told", LL)
def nobody_says_that_a_part_is_independent(sabotage):
    name = _part(sabotage, (0,))
    return sabotage.rewrite(f'(?<=URI="{re.escape(name)}"),INDEPENDENT=YES$', "")


class Stalling(LowLatencyOrigin):
    """Lists nothing new for a second, from just after a segment was whole until the next one is."""

    stall = 0

    def text(self, name, url, now):
        begins = self.clips[self.stall].end + LAG + 0.01
        if begins <= now < begins + 0.98 and name != "master.m3u8":
            if "_HLS_msn" in url:
                wait, status, body = super().text(name, url, begins + 0.98)
                return wait + begins + 0.98 - now, status, body
            now = begins
        return super().text(name, url, now)


@mutant("ll/part-refreshed", LL)
def parts_come_late(sabotage):
    origin = low_latency(Stalling)
    origin.stall = sabotage.choose(range(10, 13))
    return record(origin)


@mutant("ll/parts-old", LL)
def parts_stay(sabotage):
    origin = low_latency()
    origin.keeps = sabotage.choose([4.0, 7.0, 9.0])
    return record(origin)


@mutant("ll/parts-listed", LL)
def parts_leave_too_soon(sabotage):
    origin = low_latency()
    origin.keeps = sabotage.choose([0.0, 0.5])  # the last segment alone, or none: two begin within three targets
    return record(origin)


class Forgetful(LowLatencyOrigin):
    """Forgets the newer parts of a segment before the first one, just before all of them are old."""

    def parts(self, clip, now):
        lines, newest = super().parts(clip, now), self.listed(now)[-1]
        begun = now - LAG - newest.end  # seconds of the segment that is being made
        is_nearly_old = newest.number - clip.number == 2 and begun >= 0.75 * newest.duration - 1e-6
        return lines[:1] if is_nearly_old else lines


@mutant("ll/parts-in-order", LL)
def parts_leave_in_any_order(sabotage):
    del sabotage
    return record(low_latency(Forgetful))


@mutant("ll/part-kept", LL)
def a_part_is_gone_at_once(sabotage):
    gone = []
    for one in sabotage.timeline.renditions:
        last = {}
        for version in one.versions:
            last |= {part.url: version.fetch.asked for part in version.parts}
        gone += [
            f for url, asked in last.items() for f in sabotage.timeline.of(url) if asked + 0.1 < f.asked < asked + 2.9
        ]
    return sabotage.fail(sabotage.choose(gone))


no_hint = removing("ll/hint-present", "#EXT-X-PRELOAD-HINT.*\n", LL, url=anywhere)
two_hints = removing("ll/hint-once", "^(#EXT-X-PRELOAD-HINT.*)$", LL, url=anywhere, new=r"\1\n\1")
a_hint_at_the_end = removing("ll/hint-over", "#EXT-X-ENDLIST", LL, url=anywhere,
                             new='#EXT-X-PRELOAD-HINT:TYPE=PART,URI="more.m4s"\n#EXT-X-ENDLIST')  # fmt: skip
no_dates = removing("ll/dated", "#EXT-X-PROGRAM-DATE-TIME:.*\n", LL)
a_date_after_parts = removing("ll/tags-before-parts", r"(#EXT-X-PROGRAM.*\n)((?:#EXT-X-PART:.*\n)+)(#EXTINF)", LL,
                              url=anywhere, new=r"\2\1\3")  # fmt: skip


MUTANTS: tuple[Mutant, ...] = table(globals())
