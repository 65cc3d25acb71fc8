"""What RFC 8216 sections 4.1 to 4.3 forbid is found, and what they allow is let pass: a judge does not repair."""

import pytest
from airing_polls import LIST, answer, broken_musts, playlist, polled

GOOD = playlist(7, "a.ts", "b.ts", "c.ts")
DATE = "#EXT-X-PROGRAM-DATE-TIME:"
DATED = f'{DATE}2026-11-29T10:00:00Z\n#EXT-X-DATERANGE:ID="a",START-DATE="2026-11-29T10:00:00Z"'
MASTER = (
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="n",INSTREAM-ID="CC1"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=900,CODECS="avc1.64001e",CLOSED-CAPTIONS="c"\nlist.m3u8\n'
)
FORBIDDEN = {  # what is put in for what in a good playlist, and the rule that says so
    "a carriage return alone": ("\n#EXT-X-MEDIA", "\r#EXT-X-MEDIA", "hls/lines"),
    "nothing but carriage returns": ("\n", "\r", "hls/lines"),
    "white space before a URI": ("\na.ts", "\n a.ts", "hls/lines"),
    "white space after a URI": ("a.ts\n", "a.ts \n", "hls/lines"),
    "white space within a URI": ("a.ts", "a b.ts", "hls/lines"),
    "a no-break space after a URI": ("a.ts", "a.ts\u00a0", "hls/lines"),
    "white space before a tag": ("#EXT-X-MEDIA", "  #EXT-X-MEDIA", "hls/lines"),
    "white space after a tag": ("#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION:2 ", "hls/lines"),
    "white space before a number": ("#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION: 2", "hls/lines"),
    "white space before a duration": ("#EXTINF:2.0,", "#EXTINF: 2.0,", "hls/lines"),
    "white space before the comma": ("#EXTINF:2.0,", "#EXTINF:2.0 ,", "hls/lines"),
    "white space between attributes": (
        "#EXTINF", '#EXT-X-KEY:METHOD=AES-128, URI="k"\n#EXTINF', "hls/lines"),
    "white space round an equals sign": ("#EXTINF", '#EXT-X-KEY:METHOD =AES-128,URI="k"\n#EXTINF', "hls/lines"),
    "a line of white space": ("a.ts\n", "a.ts\n  \n", "hls/lines"),
    "no comma": ("#EXTINF:2.0,", "#EXTINF:2.0", "hls/syntax"),
    "no duration": ("#EXTINF:2.0,", "#EXTINF:,", "hls/syntax"),
    "a negative duration": ("#EXTINF:2.0,", "#EXTINF:-2.0,", "hls/syntax"),
    "a duration with an exponent": ("#EXTINF:2.0,", "#EXTINF:2e0,", "hls/syntax"),
    "digits of another script": ("#EXTINF:2.0,", "#EXTINF:٢.0,", "hls/syntax"),
    "a tab in a title": ("#EXTINF:2.0,", "#EXTINF:2.0,a\tb", "hls/syntax"),
    "a control character of the second set": ("#EXTINF:2.0,", "#EXTINF:2.0,a\x85b", "hls/syntax"),
    "letters that are put together": ("#EXTINF:2.0,", "#EXTINF:2.0,u\u0308", "hls/syntax"),
    "a byte order mark": ("#EXTM3U", "\ufeff#EXTM3U", "hls/syntax"),
    "2^64": ("SEQUENCE:7", f"SEQUENCE:{1 << 64}", "hls/syntax"),
    "a negative number": ("SEQUENCE:7", "SEQUENCE:-7", "hls/syntax"),
    "a date without a time": ("#EXTINF", f"{DATE}2026-11-29\n#EXTINF", "hls/syntax"),
    "a date with a space": ("#EXTINF", f"{DATE}2026-11-29 10:00:00Z\n#EXTINF", "hls/syntax"),
    "a date of no calendar": ("#EXTINF", f"{DATE}2026-13-29T10:00:00Z\n#EXTINF", "hls/syntax"),
    "a leap second too many": ("#EXTINF", f"{DATE}2016-12-31T23:59:61Z\n#EXTINF", "hls/syntax"),
    "a value where none belongs": ("#EXTINF", "#EXT-X-DISCONTINUITY:1\n#EXTINF", "hls/syntax"),
    "a comma at the end": ("#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="k",\n#EXTINF', "hls/syntax"),
    "an attribute twice": ("#EXTINF", '#EXT-X-MAP:URI="a",URI="b"\n#EXTINF', "hls/syntax"),
    "a name in small letters": ("#EXTINF", '#EXT-X-KEY:method=NONE\n#EXTINF', "hls/syntax"),
    "an unknown type": ("#EXTINF", "#EXT-X-PLAYLIST-TYPE:LIVE\n#EXTINF", "hls/playlist-type"),
    "a type in small letters": ("#EXTINF", "#EXT-X-PLAYLIST-TYPE:event\n#EXTINF", "hls/playlist-type"),
    "a type after a space": ("#EXTINF", "#EXT-X-PLAYLIST-TYPE: EVENT\n#EXTINF", "hls/lines"),
    "an unknown method": ("#EXTINF", '#EXT-X-KEY:METHOD=FOO,URI="k"\n#EXTINF', "hls/keys"),
    "a method in quotes": ("#EXTINF", '#EXT-X-KEY:METHOD="AES-128",URI="k"\n#EXTINF', "hls/attribute-forms"),
    "a URI without quotes": ("#EXTINF", "#EXT-X-KEY:METHOD=AES-128,URI=k\n#EXTINF", "hls/attribute-forms"),
    "a date range's duration in quotes": (
        "#EXTINF",
        f'{DATED},DURATION="3"\n#EXTINF',
        "hls/attribute-forms",
    ),
    "an END-ON-NEXT that says no": (
        "#EXTINF",
        f'{DATED},CLASS="c",END-ON-NEXT=NO\n#EXTINF',
        "hls/daterange",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_the_grammar_forbids_is_found(name):
    old, new, rule = FORBIDDEN[name]
    text = GOOD.replace(old, new) if old == "\n" else GOOD.replace(old, new, 1)

    assert rule in broken_musts([answer(LIST, text)])


def test_an_event_that_is_misspelt_with_a_space_may_not_lose_a_segment_either():
    head = "#EXT-X-PLAYLIST-TYPE: EVENT"
    windows = [playlist(7, "a.ts", "b.ts", "c.ts", "d.ts", head=head), playlist(8, "b.ts", "c.ts", "d.ts", head=head)]

    assert ["hls/lines", "hls/type-kept"] == broken_musts(polled(windows))


def test_a_number_that_is_none_is_not_taken_for_zero():
    windows = [playlist(7, "a.ts", "b.ts", "c.ts", "d.ts"), playlist(8, "b.ts", "c.ts", "d.ts", "e.ts")]
    text = windows[1].replace("SEQUENCE:8", f"SEQUENCE:{1 << 64}")

    assert ["hls/syntax"] == broken_musts(polled([windows[0], text]))


def test_what_is_encrypted_in_an_unknown_way_is_not_read():
    text = GOOD.replace("#EXTINF", '#EXT-X-KEY:METHOD=FOO,URI="k"\n#EXTINF', 1)
    secret = answer(LIST.replace("list.m3u8", "a.ts"), b"\x13" * 400)

    assert ["hls/keys"] == broken_musts([answer(LIST, text), secret])


def test_a_header_that_is_encrypted_with_its_segments_is_not_read():
    key = '#EXT-X-VERSION:6\n#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x01\n#EXT-X-MAP:URI="i.mp4"\n#EXTINF'
    text = GOOD.replace("#EXT-X-VERSION:4\n", "").replace("#EXTINF", key, 1)
    secret = answer(LIST.replace("list.m3u8", "i.mp4"), b"\x13" * 400)

    assert [] == broken_musts([answer(LIST, text), secret])


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("2.0,", "2.0, a title with spaces \u2028 and \u3000 what else there is "),
        GOOD.replace("2.0,", "2.0,a title, with commas"),
        GOOD.replace("2.0,", "2,"),
        GOOD + "# a comment \n  # one that nobody can read as a tag\n",
        GOOD.replace("#EXTINF", "#EXT-X-CUE-OUT: DURATION = 30 \n#EXTINF", 1),
        GOOD.replace("#EXTINF", f"{DATE}2016-12-31T23:59:60Z\n#EXTINF", 1),
        GOOD.replace("#EXTINF", f"{DATE}2016-12-31T24:00:00Z\n#EXTINF", 1),
        GOOD.replace("#EXTINF", f"{DATE}20161231T235959.5+0100\n#EXTINF", 1),
        GOOD.replace("#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="a b, c=d"\n#EXTINF', 1),
        GOOD.replace("SEQUENCE:7", f"SEQUENCE:{(1 << 64) - 1}"),
        GOOD.replace("#EXTINF", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXTINF", 1),
    ],
    ids=range(12),
)
def test_what_the_grammar_allows_is_let_pass(text):
    assert [] == broken_musts([answer(LIST, text)])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('INSTREAM-ID="CC1"', 'INSTREAM-ID="CC5"', "master/media-kind"),
        ('INSTREAM-ID="CC1"', 'INSTREAM-ID="SERVICE64"', "master/media-kind"),
        ('CLOSED-CAPTIONS="c"', "CLOSED-CAPTIONS=c", "hls/attribute-forms"),
        ("TYPE=CLOSED-CAPTIONS", 'TYPE="CLOSED-CAPTIONS"', "hls/attribute-forms"),
        ("#EXT-X-STREAM", '#EXT-X-SESSION-KEY:METHOD=FOO,URI="k"\n#EXT-X-STREAM', "hls/keys"),
        ("#EXT-X-STREAM", '#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXT-X-STREAM', "hls/one-kind"),
    ],
)
def test_what_a_master_playlist_may_not_have_is_found(old, new, rule):
    url = LIST.replace("list", "master")

    assert [] == broken_musts([answer(url, MASTER)], url)
    assert rule in broken_musts([answer(url, MASTER.replace(old, new, 1))], url)
