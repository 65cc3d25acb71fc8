"""A mutant for every rule about what a tag must have and what a segment's format must be: ``MUTANTS``."""

import re
from dataclasses import replace

from airing import NOW, SITE, iso
from airing_pictures import clocked
from mutants_hls import HLS, anywhere, master
from sabotage import Mutant, mutant, removing, table

HEAD = "^#EXT-X-MEDIA-SEQ"  # before which a tag about the whole playlist can stand
DATED = "^#EXT-X-PROGRAM"  # before which a tag about one segment can stand


def saying(rule: str, line: str, *origins: str, before: str = HEAD, url=anywhere):
    """Mutants that put a line into a playlist."""
    return removing(rule, f"({before})", *origins, url=url, new=line.replace("\\", r"\\") + r"\n\1")


@mutant("hls/identified", *HLS)
def nothing_tells_a_playlist(sabotage):
    sabotage.timeline = sabotage.rewrite(r"list\.m3u8", "list.txt", master(sabotage))
    url = sabotage.rendition()

    def rename(fetch):
        is_list = fetch.url.endswith("list.m3u8")
        kind = "text/plain" if fetch.url == url else fetch.headers.get("Content-Type")
        new = fetch.url.replace("list.m3u8", "list.txt")
        return replace(fetch, url=new, headers={**fetch.headers, "Content-Type": kind}) if is_list else fetch

    return sabotage.change(lambda _: True, rename)


@mutant("http/compressed", *HLS)
def a_long_playlist_is_not_compressed(sabotage):
    url = sabotage.rendition()
    line = "#EXT-X-TITLE:" + "x" * 1400
    return sabotage.rewrite(HEAD, f"{line}\n#EXT-X-MEDIA-SEQ", url)


a_line_ends_with_cr = removing("hls/lines", r"(?s)(#EXT-X-VERSION:9)\n", *HLS, url=anywhere, new=r"\1\r")
space_after_an_address = removing("hls/lines", r"^(\d+\.\w+)$", *HLS, url=anywhere, new=r"\1 ")
space_in_a_list = removing("hls/lines", "BANDWIDTH=50000,", *HLS, url=master, new="BANDWIDTH=50000, ")
no_comma = removing("hls/syntax", r"^(#EXTINF:[\d.]+),$", *HLS, url=anywhere, new=r"\1")
a_tab = removing("hls/syntax", r"^(#EXTINF:[\d.]+,)$", *HLS, url=anywhere, new=r"\1a\tb")
a_date_without_time = saying("hls/syntax", "#EXT-X-PROGRAM-DATE-TIME:2027-01-15", *HLS, before=DATED)
another_type = saying("hls/playlist-type", "#EXT-X-PLAYLIST-TYPE:LIVE", *HLS, url=None)
an_unknown_method = saying("hls/keys", '#EXT-X-KEY:METHOD=ROT13,URI="k"', *HLS, before=DATED)
two_types = saying("hls/tags-once", "#EXT-X-INDEPENDENT-SEGMENTS", *HLS)
two_sequences = removing("hls/tags-once", "^(#EXT-X-DISCONTINUITY-SEQ.*)$", *HLS, url=anywhere, new=r"\1\n\1")
the_sequence_comes_late = removing("hls/sequence-placed", r"(?s)(#EXT-X-MEDIA-SEQUENCE:\d+\n)(.*?\n\d+\.\w+\n)", *HLS,
                                   url=anywhere, new=r"\2\1")  # fmt: skip
no_uri = saying("hls/required-attributes", "#EXT-X-START:PRECISE=YES", *HLS)
no_data_id = saying(
    "hls/required-attributes", '#EXT-X-SESSION-DATA:VALUE="x"', *HLS, before="^#EXT-X-INDEPEND", url=master
)
no_quotes = removing("hls/attribute-forms", 'NAME="main"', "fragmented", url=master, new="NAME=main")
no_number = removing("hls/attribute-forms", r"BANDWIDTH=50000,", *HLS, url=master, new="BANDWIDTH=50000.5,")
no_size = removing("hls/attribute-forms", "RESOLUTION=320x180", *HLS, url=master, new="RESOLUTION=180p")
no_start_of_a_range = removing("hls/byte-ranges", '(#EXT-X-MAP:URI="init-.*)', "fragmented", url=anywhere,
                               new=r'\1,BYTERANGE="700"')  # fmt: skip
key_without_uri = saying("hls/keys", "#EXT-X-KEY:METHOD=SAMPLE-AES", *HLS, before=DATED)
key_for_nothing = saying("hls/keys", '#EXT-X-KEY:METHOD=NONE,URI="k"', *HLS, before=DATED)
no_value = saying("hls/define", '#EXT-X-DEFINE:NAME="a"', *HLS)
two_values = saying("hls/define", '#EXT-X-DEFINE:NAME="a",VALUE="1"\n#EXT-X-DEFINE:NAME="a",VALUE="2"', *HLS)
no_such_variable = saying("hls/define", '#EXT-X-DEFINE:IMPORT="nobody"\n#EXT-X-SESSION-X:{$nobody}', *HLS)
too_near_the_end = saying("hls/start", "#EXT-X-START:TIME-OFFSET=-1.5", *HLS)
outside = saying("hls/start", "#EXT-X-START:TIME-OFFSET=500", *HLS)


@mutant("hls/byte-ranges", "muxed")
def a_range_does_not_say_where_it_begins(sabotage):
    """All ranges name the whole of each segment, so that nothing else changes; the first one lacks its start."""
    sizes = {url: len(sabotage.timeline.first_good(url).body) for url in sabotage.segments}
    listing = sabotage.rendition()
    folder = listing.removesuffix("list.m3u8")

    def give(found):
        url = folder + found[2]
        return f"#EXT-X-BYTERANGE:{sizes.get(url, 188)}@0\n{found[0]}"

    def rename(fetch):
        is_mine = fetch.url.startswith(folder) and fetch.url in sizes
        return replace(fetch, url=f"{fetch.url}#bytes=0-{sizes[fetch.url] - 1}", status=206) if is_mine else fetch

    sabotage.timeline = sabotage.rewrite(r"^(#EXTINF.*)\n(\d+\.ts)$", give, listing)
    sabotage.timeline = sabotage.change(lambda _: True, rename)
    return sabotage.rewrite(r"(?s)\A(.*?BYTERANGE:\d+)@0", r"\1", listing)


@mutant("hls/map-iv", "fragmented")
def an_encrypted_map_has_no_iv(sabotage):
    line = '#EXT-X-KEY:METHOD=AES-128,URI="key"\n'
    return sabotage.rewrite(
        "^(#EXT-X-MAP)", line + r"\1", *(f"{SITE}{track}/list.m3u8" for track in sabotage.origin.tracks)
    )


@mutant("hls/bitrate", *HLS)
def a_bitrate_is_wrong(sabotage):
    line = f"#EXT-X-BITRATE:{sabotage.choose([4000, 900])}\n"
    return sabotage.rewrite(DATED, line + "#EXT-X-PROGRAM", sabotage.rendition())


after_a_break = r"(#EXT-X-DISCONTINUITY\n(?:#EXT-X-MAP.*\n)?)#EXT-X-PROGRAM-DATE-TIME:.*\n"
no_date_after_a_break = removing("hls/date-after-break", after_a_break, *HLS, new=r"\1")

DAY = f'START-DATE="{iso(NOW)}"'
no_start_date = saying("hls/daterange", '#EXT-X-DATERANGE:ID="a",DURATION=3', *HLS)
no_id = saying("hls/daterange", f"#EXT-X-DATERANGE:{DAY}", *HLS)
it_ends_before_it_begins = saying("hls/daterange", f'#EXT-X-DATERANGE:ID="a",{DAY},END-DATE="{iso(NOW - 5)}"', *HLS)
two_ends = saying("hls/daterange", f'#EXT-X-DATERANGE:ID="a",CLASS="c",END-ON-NEXT=YES,{DAY},DURATION=3', *HLS)


@mutant("hls/daterange-constant", *HLS)
def a_date_range_moves(sabotage):
    url = sabotage.rendition()
    sabotage.timeline = sabotage.rewrite(HEAD, f'#EXT-X-DATERANGE:ID="a",{DAY},DURATION=900\n#EXT-X-MEDIA-SEQ', url)
    return sabotage.rewrite("DURATION=900", "DURATION=901", url, since=sabotage.moment(url))


@mutant("hls/daterange-kept", *HLS)
def a_date_range_leaves_too_soon(sabotage):
    url = sabotage.rendition()
    line = f'#EXT-X-DATERANGE:ID="a",START-DATE="{iso(NOW - 900)}",DURATION=1800\n'
    sabotage.timeline = sabotage.rewrite(HEAD, f"{line}#EXT-X-MEDIA-SEQ", url)
    return sabotage.rewrite(re.escape(line), "", url, since=sabotage.moment(url))


def _inits(sabotage) -> list[str]:
    return sorted({url for url in sabotage.timeline.inits.values() if url})


@mutant("hls/init-boxes", "fragmented")
def an_initialization_is_old(sabotage):
    options = sabotage.choose([{"brand": b"isom"}, {"has_mvex": False}, {"lasts": 90_000}, {"entries": 3}])
    url = sabotage.choose([one for one in _inits(sabotage) if "/v" in one])
    return sabotage.bodies(lambda _: sabotage.init(**options), url)


@mutant("hls/fragment-boxes", "fragmented")
def a_fragment_has_addresses_of_the_file(sabotage):
    return sabotage.remake_one(base=0)


@mutant("hls/counters", "muxed")
def a_counter_starts_again(sabotage):
    numbers = {sabotage.clip(url).number for url in sabotage.segments}
    fit = [u for u in sabotage.segments if {sabotage.clip(u).number - 1} & numbers and sabotage.clip(u).number != 6]
    url, counter = sabotage.choose(fit), sabotage.choose([3, 11])
    return sabotage.bodies(lambda _: sabotage.remade(url, first_counter=counter), url)


@mutant("hls/clock-references", "muxed")
def clock_references_are_rare(sabotage):
    url, last = sabotage.choose(sabotage.segments), sabotage.choose([0.2, 3.0])
    return sabotage.bodies(lambda _: sabotage.remade(url) + clocked(0.0, 0.09, last), url)


@mutant("hls/has-key-frame", *HLS)
def a_segment_has_no_key_frame(sabotage):
    sabotage.timeline = sabotage.rewrite("#EXT-X-INDEPENDENT-SEGMENTS\n", "")
    url = sabotage.choose(url for url in sabotage.segments if "/v" in url)
    return sabotage.bodies(lambda _: sabotage.remade(url, has_key=False), url)


@mutant("hls/segment-prompt", *HLS)
def a_segment_comes_as_it_is_made(sabotage):
    url = sabotage.choose(sabotage.segments[-5:])
    first = sabotage.timeline.of(url)[0]
    return sabotage.change(lambda one: one is first, lambda one: replace(one, at=one.at + 2.5))


def _as_sound(sabotage, body: bytes):
    """The sound group, of one format: ``body`` for each of its segments, and no EXT-X-MAP."""
    url = f"{SITE}a0/list.m3u8"
    sabotage.timeline = sabotage.rewrite("#EXT-X-MAP:.*\n", "", url)
    mine = {one for one in sabotage.segments if "/a0/" in one}
    kind = {"Content-Type": "audio/aac"}
    return sabotage.change(lambda f: f.url in mine, lambda f: replace(f, body=body, headers={**f.headers, **kind}))


@mutant("hls/packed-audio", "fragmented")
def packed_audio_has_no_time(sabotage):
    return _as_sound(sabotage, sabotage.choose([b"\xff\xf1\x4c\x80", b"ID3\4\0\0\0\0\0\0"]) + bytes(60))


def _as_subtitles(sabotage, body: bytes):
    sabotage.timeline = _as_sound(sabotage, body)
    sabotage.timeline = sabotage.rewrite("TYPE=AUDIO", "TYPE=SUBTITLES", master(sabotage))
    return sabotage.rewrite('AUDIO="sound"', 'SUBTITLES="sound"', master(sabotage))


@mutant("hls/webvtt", "fragmented")
def subtitles_have_no_header(sabotage):
    return _as_subtitles(sabotage, sabotage.choose([b"00:00:00.000 --> 00:00:01.000\nHello\n", b"", b"1\n"]))


@mutant("hls/webvtt-map", "fragmented")
def subtitles_have_no_time(sabotage):
    return _as_subtitles(sabotage, b"WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n")


MUTANTS: tuple[Mutant, ...] = table(globals())
