"""A playlist, tag by tag."""

from offair.emulator.console.playlists import ADDRESS, COMMENT, TAGS, explained

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n\n#EXTINF:2.0,\na.ts\n#EXTINF:2.0,\nb.ts\n#X-OURS\n"


def test_every_line_is_explained_once():
    assert [
        ("#EXTM3U", TAGS["EXTM3U"]),
        ("#EXT-X-TARGETDURATION:2", TAGS["EXT-X-TARGETDURATION"]),
        ("#EXTINF:2.0,", TAGS["EXTINF"]),
        ("a.ts", ADDRESS),
        ("#EXTINF:2.0,", ""),
        ("b.ts", ""),
        ("#X-OURS", COMMENT),
    ] == [tuple(line) for line in explained(PLAYLIST)]
