"""A mutant for every rule about DASH: ``MUTANTS``."""

import re
from dataclasses import replace

from airing import SITE, iso
from airing_dash import EPOCH
from airing_pictures import OPEN, pictured
from sabotage import Mutant, mutant, removing, table
from tiny_media import TIMESCALE

from offair.contracts.checks.media.tags import moment

MPD = f"{SITE}live.mpd"
BREAK = 6

no_profiles = removing("dash/profiles", ' profiles="[^"]*"', "dash")
no_min_buffer = removing("dash/min-buffer", ' minBufferTime="[^"]*"', "dash")
no_availability_start = removing("dash/availability-start", ' availabilityStartTime="[^"]*"', "dash")
no_publish_time = removing("dash/publish-time", ' publishTime="[^"]*"', "dash")
no_update_period = removing("dash/update-period", ' minimumUpdatePeriod="[^"]*"', "dash")
no_clock = removing("dash/clock", "<UTCTiming.*\n", "dash")
a_period_has_no_id = removing("dash/period-ids", ' id="p0"', "dash")
a_period_ends_before_the_next = removing("dash/period-order", 'id="p0"', "dash", new='id="p0" duration="PT4S"')
no_duration_at_the_end = removing("dash/static-duration", ' mediaPresentationDuration="[^"]*"', "dash")
more_is_promised_than_kept = removing("dash/window", 'Depth="PT8S"', "dash", new='Depth="PT30S"')
no_bandwidth = removing("dash/bandwidth", '(?<=id="v1") bandwidth="[^"]*"', "dash")
no_codecs = removing("dash/codecs", ' codecs="mp4a.40.2"', "dash")
no_mime = removing("dash/mime", ' mimeType="audio/mp4"', "dash")


def _is_new(old, new) -> bool:
    """The manifest changed of itself too, so that its publish time may."""
    return old.body != new.body


def _in_both(period: str):
    return lambda old, new: _is_new(old, new) and f'id="{period}"' in old.text and f'id="{period}"' in new.text


malformed = removing("dash/attribute-forms", 'minBufferTime="PT2S"', "dash", new='minBufferTime="2s"')
malformed_scale = removing("dash/attribute-forms", 'bandwidth="40000"', "dash", new='bandwidth="40000" width="wide"')
an_id_of_another_kind = removing("dash/ids-apart", r'(?s)<Representation id="a0"(.*?)\$RepresentationID\$', "dash",
                                 new=r'<Representation id="v0"\1a0')  # fmt: skip
a_series_runs_on = removing("dash/repeats", r'(<S t="\d+" d="\d+")(?=/>\n<S)', "dash", new=r'\1 r="1"')
whole_files = removing(
    "dash/untimed", r'(?s)(?<!publishTime)=?(?: availabilityStartTime="[^"]*"| publishTime="[^"]*")|'
    r'<SegmentTemplate.*?</SegmentTemplate>', "dash",
)  # fmt: skip
one_id = removing("dash/ids-unique", '<Representation id="v1"', "dash", new='<Representation id="v0"')
no_set_id = removing("dash/set-ids", '(?<=<AdaptationSet) id="[^"]*"', "dash")
two_addressings = removing(
    "dash/one-addressing", 'timescale="90000"', "dash", new='timescale="90000" duration="180000"'
)
too_long = removing("dash/max-segment", "minBuffer", "dash", new='maxSegmentDuration="PT1S" minBuffer')
no_buffer = removing("dash/delay", "minBuffer", "dash", new='suggestedPresentationDelay="PT8S" minBuffer')
late_start = removing("dash/first-period", r'(type="static"[^>]*>\s*<Period id="[^"]*" start=")PT0.000S', "dash",
                      new=r"\1PT1.000S")  # fmt: skip
all_special = removing("dash/essential", "(<AdaptationSet [^>]*>)", "dash",
                       new=r'\1<EssentialProperty schemeIdUri="urn:x"/>')  # fmt: skip
another_codec = removing("dash/codecs-true", "avc1.64001e", "dash", new="hvc1.1.6.L93.B0")
another_level = removing("dash/codecs-exact", "avc1.64001e", "dash", new="avc1.640029")
another_size = removing("dash/resolution-true", 'codecs="avc1', "dash", new='width="640" height="360" codecs="avc1')


@mutant("dash/expired", "dash")
def what_is_old_stays(sabotage):
    return sabotage.rewrite('Depth="PT8S"', f'Depth="PT{sabotage.choose([1, 2])}S"')


@mutant("dash/adding", "dash")
def a_segment_is_added_to_a_period_that_is_over(sabotage):
    since = sabotage.moment(MPD, lambda old, new: _in_both("p0")(old, new) and _in_both("p1")(old, new))
    begins = sabotage.origin.clips[BREAK - 1]
    end = _ticks(begins.start + begins.duration)

    def add(found: re.Match) -> str:
        """Under names of their own, since the number of the new one is that of the next Period's first."""
        renamed = found[0].replace(' media="', ' media="late-')
        return re.sub("(?=</SegmentTimeline>)", f'<S t="{end}" d="180000"/>\n', renamed)

    return sabotage.rewrite('(?s)<Period id="p0".*?</Period>', add, since=since)


def _seconds_moved(pattern: str, by: float, sabotage, since: float = 0.0):
    return sabotage.rewrite(pattern, lambda found: iso(moment(found[0]) + by), since=since)


AVAILABLE = '(?<=availabilityStartTime=")[^"]*'
PUBLISHED = '(?<=publishTime=")[^"]*'


@mutant("dash/media-type", "dash")
def a_manifest_is_called_text(sabotage):
    return sabotage.headers(MPD, Content_Type=sabotage.choose(["text/xml", "application/octet-stream"]))


@mutant("dash/readable", "dash")
def a_manifest_breaks_off(sabotage):
    chosen = sabotage.choose(sabotage.live(MPD))
    body = sabotage.choose([chosen.body[:-20], b"", b"<html/>", b"<!DOCTYPE MPD>" + chosen.body[21:]])
    return sabotage.change(lambda one: one is chosen, lambda one: replace(one, body=body))


@mutant("dash/availability-start-constant", "dash")
def the_availability_start_moves(sabotage):
    return _seconds_moved(AVAILABLE, sabotage.choose([-0.2, 0.2]), sabotage, sabotage.moment(MPD, _is_new))


@mutant("dash/publish-time-forward", "dash")
def the_publish_time_goes_back(sabotage):
    return _seconds_moved(PUBLISHED, -100.0, sabotage, sabotage.moment(MPD))


@mutant("dash/publish-time-new", "dash")
def a_new_manifest_was_published_before(sabotage):
    since = sabotage.moment(MPD, _is_new)
    answers = sabotage.timeline.of(MPD)
    at = next(index for index, fetch in enumerate(answers) if fetch.asked == since)
    old = re.search(PUBLISHED, answers[at - 1].text)[0]
    return sabotage.rewrite(PUBLISHED, old, since=since, until=since + 0.001)


@mutant("dash/clock-true", "dash")
def the_clock_is_wrong(sabotage):
    asked = sabotage.timeline.of(f"{SITE}time")[0]
    body = sabotage.choose([iso(asked.at + 10).encode(), iso(asked.at - 3600).encode(), b"noon"])
    return sabotage.change(lambda one: one is asked, lambda one: replace(one, body=body))


@mutant("dash/clock-true", "dash")
def the_clock_does_not_answer(sabotage):
    return sabotage.fail(sabotage.timeline.of(f"{SITE}time")[0])


@mutant("dash/period-stable", "dash")
def a_period_moves(sabotage):
    since = sabotage.moment(MPD, _in_both("p1"))
    start = sabotage.origin.clips[BREAK].wall - EPOCH
    return sabotage.rewrite(f'(?<=id="p1" start="PT){start:.3f}', f"{start + 0.2:.3f}", since=since)


@mutant("dash/sets-stable", "dash")
def a_representation_changes_its_codec(sabotage):
    since = sabotage.moment(MPD, _in_both(sabotage.choose(["p0", "p1"])))
    return sabotage.rewrite('(?<=codecs=")mp4a.40.2', "mp4a.40.5", since=since)


@mutant("dash/static-final", "dash")
def it_changes_after_the_end(sabotage):
    last = sabotage.timeline.of(MPD)[-1]
    return sabotage.change(lambda one: one is last, lambda one: replace(one, body=one.body + b"<!-- more -->"))


def _ticks(seconds: float) -> int:
    return round(seconds * TIMESCALE)


@mutant("dash/contiguous", "dash")
def there_is_a_gap(sabotage):
    seen = sorted({slot.number for _, slot in sabotage.timeline.slots.values()})
    clip = sabotage.origin.clips[sabotage.choose(number for number in seen[1:] if number != BREAK)]
    gap = sabotage.choose([2000, 4500])

    def cut(found: re.Match) -> str:
        return f't="{int(found[1]) + gap}" d="{int(found[2]) - gap}"'

    return sabotage.rewrite(rf't="({_ticks(clip.start)})" d="(\d+)"', cut)


def _common(old, new) -> set[str]:
    """The times of the entries that are listed in both."""
    return set(re.findall(r'(?<= t=")\d+', old.text)) & set(re.findall(r'(?<= t=")\d+', new.text))


def _listed_around(sabotage) -> tuple[float, int]:
    """A moment, and the time of an entry that is listed before and after it."""
    since = sabotage.moment(MPD, lambda o, n: _is_new(o, n) and _common(o, n))
    answers = sabotage.timeline.of(MPD)
    at = next(index for index, fetch in enumerate(answers) if fetch.asked == since)
    return since, int(sabotage.choose(sorted(_common(*answers[at - 1 : at + 1]))))


@mutant("dash/overlap", "dash")
def segments_overlap(sabotage):
    seen = sorted({slot.number for _, slot in sabotage.timeline.slots.values()})
    clip = sabotage.origin.clips[sabotage.choose(number for number in seen[:-1] if number + 1 != BREAK)]
    more = sabotage.choose([2000, 4500])
    return sabotage.rewrite(rf'(?<=t="{_ticks(clip.start)}" d=")\d+', lambda found: str(int(found[0]) + more))


@mutant("dash/slides", "dash")
def a_listed_entry_changes(sabotage):
    since, time = _listed_around(sabotage)
    return sabotage.rewrite(rf'(?<=t="{time}" d=")\d+', lambda found: str(int(found[0]) + 450), since=since)


@mutant("dash/numbers", "dash")
def segments_get_other_numbers(sabotage):
    since, _ = _listed_around(sabotage)
    pattern = r'startNumber="(\d+)" media="(\w+)/'
    return sabotage.rewrite(pattern, lambda m: f'startNumber="{int(m[1]) + 1}" media="{m[2]}/again-', since=since)


@mutant("dash/not-ahead", "dash")
def segments_are_listed_too_soon(sabotage):
    sabotage.timeline = sabotage.rewrite(' timeShiftBufferDepth="[^"]*"', "")
    return _seconds_moved(AVAILABLE, sabotage.choose([3.0, 500.0]), sabotage)


@mutant("dash/not-behind", "dash")
def segments_are_listed_too_late(sabotage):
    return _seconds_moved(AVAILABLE, sabotage.choose([-4.0, -900.0]), sabotage)


@mutant("dash/segment-answers", "dash")
def a_listed_segment_is_not_there(sabotage):
    late = []
    for url, (one, slot) in sabotage.timeline.slots.items():
        since = one.manifest.available_at(one, slot.end)
        late += [fetch for fetch in sabotage.timeline.of(url) if since and since + 0.6 < fetch.asked < since + 6]
    return sabotage.fail(sabotage.choose(late))


@mutant("dash/segment-answers", "dash")
def an_initialization_is_not_there(sabotage):
    inits = {init for init in sabotage.timeline.inits.values() if init}
    return sabotage.fail(sabotage.timeline.of(sabotage.choose(sorted(inits)))[0])


@mutant("dash/aligned", "dash")
def a_representation_has_other_boundaries(sabotage):
    track, by = sabotage.choose(["v0", "v1"]), sabotage.choose([-4000, 4000])

    def move(found: re.Match) -> str:
        return re.sub(r'(?<= t=")\d+', lambda m: str(int(m[0]) + by), found[0])

    return sabotage.rewrite(f'(?s)<Representation id="{track}".*?</Representation>', move)


@mutant("dash/segment-readable", "dash")
def a_segment_breaks_off(sabotage):
    url = sabotage.choose(sabotage.segments)
    return sabotage.bodies(lambda _: sabotage.remade(url)[:-7], url)


@mutant("dash/init-valid", "dash")
def an_initialization_is_no_header(sabotage):
    inits = sorted({init for init in sabotage.timeline.inits.values() if init})
    return sabotage.bodies(
        lambda _: sabotage.choose([b"", b"\0\0\0\x08ftyp", b"\0\0\0\x20moov"]), sabotage.choose(inits)
    )


@mutant("dash/time-true", "dash")
def a_segment_begins_at_another_time(sabotage):
    return sabotage.remake_one(shift=sabotage.choose([-1.0, 0.3, 60.0]))


@mutant("dash/duration-true", "dash")
def a_segment_is_longer_than_it_says(sabotage):
    return sabotage.remake_one(longer=sabotage.choose([-0.8, 0.3, 1.5]))


@mutant("dash/sap", "dash")
def a_segment_begins_within_a_group_of_pictures(sabotage):
    url = sabotage.choose(url for url in sabotage.segments if "/v" in url)
    return sabotage.bodies(lambda _: sabotage.remade(url, is_key=False), url)


@mutant("dash/sap", "dash")
def a_segment_begins_with_an_open_group_of_pictures(sabotage):
    url = sabotage.choose(url for url in sabotage.segments if "/v" in url)
    return sabotage.bodies(lambda _: pictured(sabotage.clip(url), OPEN, "fmp4"), url)


@mutant("dash/bandwidth-covers", "dash")
def a_segment_is_large(sabotage):
    return sabotage.remake_one(size=sabotage.choose([25_000, 90_000]))


MUTANTS: tuple[Mutant, ...] = table(globals())
