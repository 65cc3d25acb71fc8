"""A mutant for every rule about a master playlist and how its renditions go together: ``MUTANTS``."""

from airing import SITE
from mutants_hls import HLS, anywhere, master, redated
from sabotage import Mutant, Sabotage, mutant, removing, table

MEDIA = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="main",DEFAULT=YES,URI="a0/list.m3u8"'


def adding(rule: str, line: str, *origins: str):
    """Mutants that put a line into the master playlist."""
    return removing(rule, "^(#EXT-X-INDEPENDENT)", *origins, url=master, new=line + r"\n\1")


no_bandwidth = removing("master/bandwidth", r"(?<=:)BANDWIDTH=\d+,", *HLS, url=master)
no_codecs = removing("master/codecs", 'CODECS="[^"]*",', *HLS, url=master)
no_resolution = removing("master/resolution", "RESOLUTION=[^,]*,", *HLS, url=master)
no_frame_rate = removing("master/frame-rate", ",FRAME-RATE=[0-9.]*", *HLS, url=master)
a_group_is_not_there = removing("master/groups", 'AUDIO="sound"', "fragmented", url=master, new='AUDIO="noise"')
a_rendition_has_no_name = removing("master/media-attributes", 'NAME="main",', "fragmented", url=master)
the_average_is_above_the_peak = removing("master/average-bandwidth", "AVERAGE-BANDWIDTH=40000", *HLS, url=master,
                                         new="AVERAGE-BANDWIDTH=50001")  # fmt: skip


@mutant("master/bandwidth-covers", *HLS)
def a_segment_is_large(sabotage):
    return sabotage.remake_one(size=sabotage.choose([14_000, 90_000]))


@mutant("master/one-target", "roomy")
def one_rendition_has_another_target(sabotage):
    return sabotage.rewrite("#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION:3", sabotage.rendition())


@mutant("master/aligned", *HLS)
def a_variant_has_other_boundaries(sabotage):
    by = sabotage.choose([-0.4, 0.2, 0.6])
    url = sabotage.rendition("v0", "v1")
    folder = url.removesuffix("list.m3u8")
    moved = redated(sabotage, 0.0, by, url)
    again = Sabotage(sabotage.origin, moved, None)
    return again.bodies(
        lambda one: again.remade(one, shift=by) if one in again.segments and one.startswith(folder) else None
    )


@mutant("master/timestamps", *HLS)
def a_rendition_has_time_stamps_of_its_own(sabotage):
    by, folder = sabotage.choose([-5.0, 0.3, 7.0]), sabotage.rendition().removesuffix("list.m3u8")
    mine = {url for url in sabotage.segments if url.startswith(folder)}
    return sabotage.bodies(lambda url: sabotage.remade(url, shift=by) if url in mine else None)


@mutant("master/discontinuities", *HLS)
def a_rendition_counts_other_discontinuities(sabotage):
    add = sabotage.choose([1, 4])
    pattern = r"(?<=DISCONTINUITY-SEQUENCE:)\d+"
    return sabotage.rewrite(pattern, lambda found: str(int(found[0]) + add), sabotage.rendition())


two_defaults = adding(
    "master/one-default", MEDIA.replace('"main"', '"other"').replace(',URI="a0/list.m3u8"', ""), "fragmented"
)
another_group = adding(
    "master/groups-alike", '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="loud",NAME="other",URI="a0/list.m3u8"', "fragmented"
)
forced_sound = removing("master/media-kind", 'NAME="main"', "fragmented", url=master, new='NAME="main",FORCED=YES')
not_selected = removing("master/media-kind", 'NAME="main"', "fragmented", url=master, new='NAME="main",AUTOSELECT=NO')
captions_elsewhere = adding(
    "master/media-kind", '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="c",INSTREAM-ID="CC1",URI="a0/list.m3u8"',
    "fragmented",
)  # fmt: skip
some_captions = removing("master/no-captions", r"(?s)\A(.*?BANDWIDTH=50000)", *HLS, url=master,
                         new=r"\1,CLOSED-CAPTIONS=NONE")  # fmt: skip
both_values = adding("master/session", '#EXT-X-SESSION-DATA:DATA-ID="x",VALUE="y",URI="z"', *HLS)
twice_in_a_language = adding("master/session", "\n".join(['#EXT-X-SESSION-DATA:DATA-ID="x",VALUE="y"'] * 2), *HLS)
a_key_of_none = adding("master/session", '#EXT-X-SESSION-KEY:METHOD=NONE,URI="k"', *HLS)
no_sound_in_codecs = removing("master/codecs-true", ",mp4a.40.2", *HLS, url=master)
another_codec = removing("master/codecs-true", "avc1.64001e", *HLS, url=master, new="hvc1.1.6.L93.B0")
another_level = removing("master/codecs-exact", "avc1.64001e", *HLS, url=master, new="avc1.4d0029")
another_size = removing("master/resolution-true", "RESOLUTION=320x180", *HLS, url=master, new="RESOLUTION=1280x720")
a_slower_rate = removing("master/frame-rate-true", "FRAME-RATE=10.000", *HLS, url=master, new="FRAME-RATE=5")
one_is_an_event = removing("master/types-alike", "^#EXT-X-MEDIA-SEQ", "event", url=lambda _: f"{SITE}v1/list.m3u8",
                           new="#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQ")  # fmt: skip
one_has_control = removing("master/controls-alike", "^#EXT-X-MEDIA-SEQ", *HLS, url=anywhere,
                           new="#EXT-X-SERVER-CONTROL:HOLD-BACK=6.5\n#EXT-X-MEDIA-SEQ")  # fmt: skip


@mutant("master/start-alike", "roomy")
def playlists_start_elsewhere(sabotage):
    offset = sabotage.choose(["-6.1", "-6.0,PRECISE=YES"])
    line = "#EXT-X-START:TIME-OFFSET={}\n#EXT-X-INDEPENDENT"
    sabotage.timeline = sabotage.rewrite("^#EXT-X-INDEPENDENT", line.format("-6.0"), master(sabotage))
    return sabotage.rewrite("^#EXT-X-INDEPENDENT", line.format(offset), sabotage.rendition())


one_has_no_dates = removing("master/dates-alike", "#EXT-X-PROGRAM-DATE-TIME:.*\n", *HLS, url=anywhere)


MUTANTS: tuple[Mutant, ...] = table(globals())
