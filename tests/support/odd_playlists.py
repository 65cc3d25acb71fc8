"""Playlists that look odd and are legal: ``ODD`` by name. Written for these tests; nobody's origin is copied."""

LIVE = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n"

ODD = {
    "carriage returns": LIVE.replace("\n", "\r\n") + "#EXTINF:2.0,\r\n7.ts\r\n",
    "blank lines and comments": LIVE + "\n\n# a comment\n#not a tag: #EXTINF\n\n#EXTINF:2.0,\n\n# between\n7.ts\n\n",
    "no line end at the end": LIVE + "#EXTINF:2.0,\n7.ts",
    "tags that nobody knows": LIVE + "#EXT-X-CUE-OUT:30\n#EXT-OATCLS-SCTE35:/DA==\n#EXTINF:2.0,\n7.ts\n#EXT-X-CUE-IN\n",
    "a title with commas and umlauts": LIVE + "#EXTINF:2.0,Erste, zweite; tvg-logo=\"x\" ä ö\n7.ts\n",
    "a version-1 playlist of whole seconds": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\na.ts\n#EXTINF:9,\nb.ts\n",
    "rounding up to the target": LIVE + "#EXTINF:2.499,\n7.ts\n",
    "an empty live playlist": LIVE,
    "an empty playlist that is over": LIVE + "#EXT-X-ENDLIST\n",
    "an ENDLIST before the segments": LIVE + "#EXT-X-ENDLIST\n#EXTINF:2.0,\n7.ts\n",
    "absolute and rooted URIs": LIVE + "#EXTINF:2.0,\nhttps://other.test/7.ts\n#EXTINF:2.0,\n/8.ts\n#EXTINF:2.0,\n//c.test/9\n",
    "queries and fragments": LIVE + "#EXTINF:2.0,\nseg?n=7&t=a%2Fb,c\n#EXTINF:2.0,\n../up/8.ts?x=1#frag\n",
    "one name twice": LIVE + "#EXTINF:2.0,\nslate.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\nother.ts\n",
    "gaps": LIVE.replace(":3", ":8") + "#EXT-X-GAP\n#EXTINF:2.0,\nmissing\n#EXTINF:2.0,\n8.ts\n",
    "an event": LIVE + "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXTINF:2.0,\n7.ts\n",
    "a recording": LIVE + "#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:2.0,\n7.ts\n#EXTINF:0.04,\n8.ts\n#EXT-X-ENDLIST\n",
    "byte ranges of one file": (
        LIVE.replace(":3", ":4") + "#EXTINF:2.0,\n#EXT-X-BYTERANGE:100@0\nall.ts\n"
        "#EXTINF:2.0,\n#EXT-X-BYTERANGE:90\nall.ts\n"
    ),
    "a key, and none again": (
        LIVE + '#EXT-X-KEY:METHOD=AES-128,URI="https://k.test/?a=1,b=2",IV=0x0123456789abcdef0123456789ABCDEF\n'
        "#EXTINF:2.0,\n7.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2.0,\n8.ts\n"
    ),
    "several keys for one segment": (
        LIVE.replace(":3", ":5") + '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery",'
        'KEYFORMATVERSIONS="1"\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="data:text/plain;base64,AA==",'
        'KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",KEYFORMATVERSIONS="1/2"\n#EXTINF:2.0,\n7.ts\n'
    ),
    "variables": (
        LIVE.replace(":3", ":8") + '#EXT-X-DEFINE:NAME="where",VALUE="https://c.test/a"\n#EXTINF:2.0,\n{$where}/7.ts\n'
    ),
    "variables in hexadecimal": (
        LIVE.replace(":3", ":8") + '#EXT-X-DEFINE:NAME="two",VALUE="2"\n#EXT-X-KEY:METHOD=AES-128,URI="k{$two}",'
        "IV=0x0123456789abcdef0123456789ABCDE{$two}\n#EXTINF:2.0,\n7.ts\n"
    ),
    "something older behind a discontinuity": (
        LIVE + "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00Z\n#EXTINF:2.0,\n7.ts\n#EXT-X-DISCONTINUITY\n"
        "#EXT-X-PROGRAM-DATE-TIME:2016-01-15T08:00:00Z\n#EXTINF:2.0,\n8.ts\n"
    ),
    "dates with and without a zone": (
        LIVE + "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000+08:00\n#EXTINF:2.0,\n7.ts\n"
        "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T00:00:02Z\n#EXTINF:2.0,\n8.ts\n"
    ),
    "date ranges of every kind": (
        LIVE + "#EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00Z\n#EXTINF:2.0,\n7.ts\n"
        '#EXT-X-DATERANGE:ID="a",START-DATE="2027-01-15T08:00:00Z",PLANNED-DURATION=30,SCTE35-OUT=0xFC00,X-COM-A="b"\n'
        '#EXT-X-DATERANGE:ID="a",DURATION=29.5,SCTE35-IN=0xFC01\n'
        '#EXT-X-DATERANGE:ID="b",CLASS="c",START-DATE="2027-01-15T08:00:00Z",END-ON-NEXT=YES\n'
    ),
    "a start in the past": LIVE + "#EXT-X-START:TIME-OFFSET=-8,PRECISE=YES\n" + 5 * "#EXTINF:2.0,\n{}.ts\n".format("x"),
    "a bit rate": LIVE + "#EXT-X-BITRATE:800\n#EXTINF:2.0,\n7.ts\n",
    "numbers of twenty digits": LIVE.replace("SEQUENCE:7", "SEQUENCE:18446744073709551615") + "#EXTINF:2.0,\n7.ts\n",
    "pictures only": (
        LIVE.replace(":3", ":6") + '#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI="i.mp4",BYTERANGE="700@0"\n#EXTINF:2.0,\n'
        "#EXT-X-BYTERANGE:900@700\ni.mp4\n#EXT-X-ENDLIST\n"
    ),
    "a long window": LIVE + "".join(f"#EXTINF:2.0,\n{number}.ts\n" for number in range(5000)),
    "a master of every kind of rendition": (
        "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-DEFINE:QUERYPARAM="token"\n'.replace('QUERYPARAM="token"', 'NAME="token",VALUE="t"')
        + '#EXT-X-SESSION-DATA:DATA-ID="com.example.title",VALUE="Title",LANGUAGE="en"\n'
        '#EXT-X-SESSION-DATA:DATA-ID="com.example.title",VALUE="Titel",LANGUAGE="de"\n'
        '#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://1",KEYFORMAT="com.apple.streamingkeydelivery"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",LANGUAGE="de",AUTOSELECT=YES,CHANNELS="6/JOC",URI="de.m3u8"\n'
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="English",FORCED=NO,URI="s.m3u8?t={$token}"\n'
        '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="CC",INSTREAM-ID="SERVICE3"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=29.970,AUDIO="a",'
        'SUBTITLES="s",CLOSED-CAPTIONS="c",HDCP-LEVEL=NONE,VIDEO-RANGE=SDR\nlow.m3u8\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.5",AUDIO="a",CLOSED-CAPTIONS="c"\nsound.m3u8\n'
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,URI="i.m3u8",CODECS="avc1.64001e",RESOLUTION=320x180\n'
    ),
}  # fmt: skip
