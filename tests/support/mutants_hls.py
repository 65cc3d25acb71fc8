"""A mutant for every rule about HTTP and HLS: ``MUTANTS``."""

import re
from dataclasses import replace

import airing_hls
from airing import SITE, iso, record
from airing_pictures import OPEN, pictured
from sabotage import Mutant, Sabotage, mutant, removing, table

from offair.contracts.checks.media.tags import moment
from offair.contracts.checks.media.timeline import Timeline

HLS = ("fragmented", "muxed")
ROUND = 0.3  # seconds within which all renditions are fetched, one after the other
BREAK = 6  # the number of the clip that a discontinuity stands before
DATE = r"(?<=#EXT-X-PROGRAM-DATE-TIME:).*"


def anywhere(sabotage: Sabotage) -> str:
    return sabotage.rendition()


def master(sabotage: Sabotage) -> str:
    return sabotage.origin.entry


def redated(sabotage: Sabotage, since: float, by: float, *urls: str) -> Timeline:
    """Move the dates from one on."""

    def move(found: re.Match) -> str:
        wall = moment(found[0])
        return iso(wall + by if wall >= since - 0.001 else wall)

    return sabotage.rewrite(DATE, move, *urls)


@mutant("http/manifest-answers", *HLS)
def a_playlist_is_not_there_once(sabotage):
    return sabotage.fail(sabotage.choose(sabotage.live(sabotage.rendition())), sabotage.choose([0, 404, 500]))


@mutant("http/segment-type", *HLS, "dash")
def a_segment_is_called_text(sabotage):
    return sabotage.headers(sabotage.choose(sabotage.segments), Content_Type="text/plain")


@mutant("http/cors", *HLS, "dash")
def a_player_elsewhere_may_not_read(sabotage):
    url = sabotage.choose([sabotage.origin.entry, *sabotage.segments])
    return sabotage.headers(url, Access_Control_Allow_Origin=None)


@mutant("http/manifest-cache", *HLS)
def caches_keep_a_playlist(sabotage):
    return sabotage.headers(sabotage.rendition(), Cache_Control=sabotage.choose(["max-age=60", "s-maxage=3", None]))


@mutant("http/segment-cache", *HLS, "dash")
def caches_may_keep_no_segment(sabotage):
    return sabotage.headers(
        sabotage.choose(sabotage.segments), Cache_Control=sabotage.choose(["no-store", "max-age=0"])
    )


@mutant("http/immutable", *HLS, "dash")
def a_segment_is_another_later(sabotage):
    twice = [url for url in sabotage.segments if len(sabotage.timeline.of(url)) > 1]
    last = sabotage.timeline.of(sabotage.choose(twice))[-1]
    return sabotage.change(lambda one: one is last, lambda one: replace(one, body=one.body + b"\0"))


@mutant("hls/media-type", *HLS)
def a_playlist_is_called_text(sabotage):
    return sabotage.headers(sabotage.rendition(), Content_Type="text/plain")


nothing_says_that_it_is_a_playlist = removing("hls/header", r"\A#EXTM3U\n", *HLS, url=anywhere)


@mutant("hls/syntax", *HLS)
def a_line_is_malformed(sabotage):
    lines = ("#EXT-X-KEY:METHOD", "#EXT-X-KEY:METHOD=NONE,,", "#EXT-X-PROGRAM-DATE-TIME:yesterday", "#EXT-X-VERSION:x")
    line = sabotage.choose(lines)
    if line == "#EXT-X-VERSION:x":
        return sabotage.rewrite("#EXT-X-VERSION:.*", line, sabotage.rendition())
    return sabotage.rewrite("^#EXT-X-PROGRAM", f"{line}\n#EXT-X-PROGRAM", sabotage.rendition())


one_kind = removing("hls/one-kind", "^#EXT-X-VERSION", *HLS, url=anywhere,
                    new='#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b"\n#EXT-X-VERSION')  # fmt: skip
the_version_is_too_low = removing("hls/version", "#EXT-X-VERSION:9", *HLS, url=anywhere, new="#EXT-X-VERSION:2")
the_version_stands_twice = removing("hls/version", "#EXT-X-VERSION:9", *HLS, url=anywhere,
                                    new="#EXT-X-VERSION:9\n#EXT-X-VERSION:9")  # fmt: skip
no_target = removing("hls/target-present", "#EXT-X-TARGETDURATION:.*\n", *HLS, url=anywhere)
two_targets = removing("hls/target-present", "(#EXT-X-TARGETDURATION:.*\n)", *HLS, url=anywhere, new=r"\1\1")
held_back_too_little = removing("hls/hold-back", "^#EXT-X-MEDIA-SEQ", *HLS,
                                new="#EXT-X-SERVER-CONTROL:HOLD-BACK=5.5\n#EXT-X-MEDIA-SEQ")  # fmt: skip


@mutant("hls/target-covers", "fragmented")
def segments_last_longer_than_the_target(sabotage):
    return record(airing_hls.fragmented(length=sabotage.choose([2.6, 2.7, 2.9])))


@mutant("hls/target-constant", "roomy")
def the_target_grows(sabotage):
    since = sabotage.moment(f"{SITE}v0/list.m3u8") - ROUND
    return sabotage.rewrite("#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION:3", since=since)


def _renumbered(sabotage: Sabotage, by: int) -> Timeline:
    url = sabotage.rendition()
    since = sabotage.moment(url, lambda old, _new: int(re.search(r"SEQUENCE:(\d+)", old.text)[1]) > 2)
    pattern = r"(?<=MEDIA-SEQUENCE:)\d+"
    return sabotage.rewrite(pattern, lambda found: str(int(found[0]) + by), url, since=since)


@mutant("hls/sequence-forward", *HLS)
def numbers_go_back(sabotage):
    return _renumbered(sabotage, -2)


@mutant("hls/sequence-counts", *HLS)
def numbers_skip_one(sabotage):
    return _renumbered(sabotage, sabotage.choose([1, 2, 50]))


def _listed_before_and_after(sabotage: Sabotage, url: str) -> tuple[float, str]:
    """A moment, and the file name of a segment that is listed before and after it."""
    since = sabotage.moment(url)
    answers = sabotage.timeline.of(url)
    index = next(at for at, fetch in enumerate(answers) if fetch.asked == since)
    old, new = (set(re.findall(r"^\d+\.\w+$", fetch.text, flags=re.M)) for fetch in answers[index - 1 : index + 1])
    return since, sabotage.choose(sorted(old & new))


@mutant("hls/slides", *HLS)
def a_listed_segment_is_replaced(sabotage):
    url = sabotage.rendition()
    since, name = _listed_before_and_after(sabotage, url)
    return sabotage.rewrite(f"^{re.escape(name)}$", f"other-{name}", url, since=since)


@mutant("hls/segment-unchanged", *HLS)
def a_listed_segment_gets_longer(sabotage):
    url = sabotage.rendition()
    since, name = _listed_before_and_after(sabotage, url)
    longer = f"{sabotage.clip(name).duration + 0.02:.3f}"
    return sabotage.rewrite(rf"(?<=#EXTINF:)\S+(?=,\n{re.escape(name)}$)", longer, url, since=since)


@mutant("hls/segment-unchanged", *HLS)
def a_listed_segment_is_dated_anew(sabotage):
    url = sabotage.rendition()
    since, name = _listed_before_and_after(sabotage, url)
    wall = sabotage.clip(name).wall
    return sabotage.rewrite(re.escape(iso(wall)), iso(wall + 0.03), url, since=since)


@mutant("hls/discontinuity-sequence", *HLS)
def a_discontinuity_that_left_is_not_counted(sabotage):
    since = sabotage.moment(f"{SITE}v0/list.m3u8", lambda old, _new: "DISCONTINUITY-SEQUENCE:1" in old.text) - ROUND
    return sabotage.rewrite("DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:0", since=since)


@mutant("hls/window", "fragmented")
def the_playlist_is_short(sabotage):
    return record(airing_hls.fragmented(window=sabotage.choose([2.1, 3.0, 3.9])))


an_event_loses_segments = removing("hls/type-kept", "^#EXT-X-MEDIA-SEQ", *HLS,
                                   new="#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQ")  # fmt: skip


@mutant("hls/endlist-final", *HLS)
def it_goes_on_after_the_end(sabotage):
    last = sabotage.timeline.of(sabotage.rendition())[-1]
    pattern = sabotage.choose(["#EXT-X-ENDLIST\n", r"#EXTM3U\n"])
    new = "" if "END" in pattern else "#EXTM3U\n# a comment\n"
    return sabotage.change(
        lambda one: one is last, lambda one: replace(one, body=re.sub(pattern, new, one.text).encode())
    )


@mutant("hls/refreshed", *HLS)
def it_stands_still(sabotage):
    url = sabotage.rendition()
    stale = sabotage.choose(sabotage.live(url)[:-5])
    return sabotage.change(lambda f: f.resource == url and f.asked > stale.asked, lambda f: replace(f, body=stale.body))


def _dated_clip(sabotage: Sabotage) -> float:
    """The date of a clip that was listed after another of its era."""
    seen = {segment.number for one in sabotage.timeline.renditions for segment in one.segments}
    return sabotage.origin.clips[sabotage.choose(sorted(seen - {min(seen), BREAK}))].wall


@mutant("hls/date-forward", *HLS)
def dates_go_back(sabotage):
    return redated(sabotage, _dated_clip(sabotage), -1000.0)


@mutant("hls/date-consistent", *HLS)
def dates_jump(sabotage):
    return redated(sabotage, _dated_clip(sabotage), sabotage.choose([0.2, 0.5, 1.5]))


@mutant("hls/date-not-ahead", *HLS)
def dates_are_ahead(sabotage):
    return redated(sabotage, 0.0, sabotage.choose([4.0, 40.0, 4000.0]))


@mutant("hls/segment-answers", *HLS)
def a_listed_segment_is_not_there(sabotage):
    listed = []
    for one in sabotage.timeline.renditions:
        for version in one.versions:
            fetches = (fetch for segment in version.segments for fetch in sabotage.timeline.of(segment.url))
            listed += [fetch for fetch in fetches if fetch.asked <= version.fetch.asked]
    return sabotage.fail(sabotage.choose(listed), sabotage.choose([0, 404, 410]))


def _fetches_after_removal(sabotage: Sabotage, is_meant) -> list:
    """Requests for removed segments, chosen by the age at the first and the last listing, and what is due."""
    gone = []
    for one in sabotage.timeline.renditions:
        for segment in one.segments:
            versions = [version for version, listed in one.listed if (segment.number, segment.url) in listed]
            listing = [version.fetch for version in versions]
            is_new = listing[0] is not one.versions[0].fetch
            due = segment.duration + max(version.duration for version in versions)
            for fetch in sabotage.timeline.of(segment.url):
                ages = (fetch.at - listing[0].asked + 1.1 if is_new else None, fetch.at - listing[-1].asked)
                is_gone = fetch.asked > listing[-1].asked + 0.01 and listing[-1] is not one.last.fetch
                if is_gone and is_meant(*ages, due):
                    gone.append(fetch)
    return gone


@mutant("hls/segment-kept", *HLS)
def a_segment_is_gone_too_soon_after_it_appeared(sabotage):
    return sabotage.fail(
        sabotage.choose(_fetches_after_removal(sabotage, lambda age, _after, due: age is not None and age < due))
    )


@mutant("hls/segment-kept-after", *HLS)
def a_removed_segment_is_gone_at_once(sabotage):
    def is_meant(age, after, due):
        return after < due and (age is None or age - 1.2 > due)

    return sabotage.fail(sabotage.choose(_fetches_after_removal(sabotage, is_meant)))


@mutant("hls/independent", *HLS)
def a_segment_begins_within_a_group_of_pictures(sabotage):
    url = sabotage.choose(url for url in sabotage.segments if "/v" in url)
    return sabotage.bodies(lambda _: sabotage.remade(url, is_key=False), url)


@mutant("hls/independent", *HLS)
def a_segment_begins_with_an_open_group_of_pictures(sabotage):
    url = sabotage.choose(url for url in sabotage.segments if "/v" in url)
    return sabotage.bodies(lambda _: pictured(sabotage.clip(url), OPEN, "ts" if url.endswith("ts") else "fmp4"), url)


no_map = removing("hls/map-present", "#EXT-X-MAP:.*\n", "fragmented", url=anywhere)


@mutant("hls/map-valid", "fragmented")
def the_map_is_no_header(sabotage):
    inits = sorted({init for init in sabotage.timeline.inits.values() if init})
    body = sabotage.choose([b"\0\0\0\x08ftyp", b"\0\0\0\x10moov\0\0\0\x08trak", b"\0\0\0\x08moov", b"\0\0\0\x20moov"])
    return sabotage.bodies(lambda _: body, sabotage.choose(inits))


@mutant("hls/tables", "muxed")
def a_segment_has_no_tables(sabotage):
    return sabotage.remake_one(has_tables=False)


@mutant("hls/tables-first", "muxed")
def a_segment_begins_with_a_picture(sabotage):
    url = sabotage.choose(sabotage.segments)
    return sabotage.bodies(lambda _: sabotage.remade(url)[376:564] + sabotage.remade(url), url)


@mutant("hls/one-program", "muxed")
def a_segment_has_two_programs(sabotage):
    return sabotage.remake_one(programs=2)


@mutant("hls/segment-readable", *HLS)
def a_segment_breaks_off(sabotage):
    url = sabotage.choose(sabotage.segments)
    return sabotage.bodies(lambda _: sabotage.remade(url)[:-7], url)


@mutant("hls/duration-true", *HLS)
def a_segment_is_longer_than_it_says(sabotage):
    return sabotage.remake_one(longer=sabotage.choose([-0.8, -0.3, 0.3, 1.5]))


@mutant("hls/continuous", *HLS)
def time_stamps_jump(sabotage):
    numbers = sorted({sabotage.clip(url).number for url in sabotage.segments})
    first = sabotage.choose(set(numbers) - {numbers[0], BREAK})
    shift = sabotage.choose([-2.0, 0.5, 9000.0]) if first != numbers[0] else 0.5

    def make(url: str) -> bytes | None:
        if url not in sabotage.timeline.inits or sabotage.clip(url).number < first:
            return None
        return sabotage.remade(url, shift=shift if (sabotage.clip(url).number < BREAK) == (first < BREAK) else 0.0)

    return sabotage.bodies(make)


MUTANTS: tuple[Mutant, ...] = table(globals())
