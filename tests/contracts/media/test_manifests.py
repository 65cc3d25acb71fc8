"""How a manifest is read: as XML, with what is inherited, to the last segment, and signs and all."""

import pytest
from airing_polls import MPD, answer, broken, broken_musts, manifest, polled

from offair.contracts.checks.media.manifests import Manifest, length

SITE = MPD.removesuffix("live.mpd")
DASH = "urn:mpeg:dash:schema:mpd:2011"
NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z
TEMPLATE = '<SegmentTemplate timescale="10" media="$Number$.m4s" initialization="i.mp4" {}/>'
EVERY_TWO = TEMPLATE.format('duration="20"')
LIVE = {
    "type": "dynamic", "mediaPresentationDuration": "", "availabilityStartTime": "2023-11-14T22:13:10Z",
    "publishTime": "2023-11-14T22:13:20Z", "minimumUpdatePeriod": "PT2S", "timeShiftBufferDepth": "PT30S",
}  # fmt: skip


def listing(entries: str, attributes: str = "") -> str:
    """A SegmentTemplate with a SegmentTimeline."""
    timeline = f"><SegmentTimeline>{entries}</SegmentTimeline></SegmentTemplate>"
    return TEMPLATE.format(attributes).replace("/>", timeline)


def one_set(inside: str, attributes: str = 'mimeType="video/mp4" codecs="avc1.64001e"') -> str:
    return f'<AdaptationSet id="1" {attributes}>{inside}<Representation id="v" bandwidth="90000"/></AdaptationSet>'


def period(inside: str, attributes: str = "") -> str:
    return f"<Period {attributes}>{inside}</Period>"


def representation(text: str):
    return Manifest(answer(MPD, text)).representations[0]


def names(text: str) -> list[str]:
    one = representation(text)
    return [one.url(slot).removeprefix(SITE) for slot in one.slots]


def test_a_comment_may_speak_of_a_document_type():
    text = manifest("<!-- no <!DOCTYPE here, nor an <!ENTITY -->" + period(one_set("")))

    assert [] == broken([answer(MPD, text)], MPD)


def test_a_document_type_is_refused_before_an_entity_can_grow():
    text = manifest("<Period/>").replace("<MPD", '<!DOCTYPE MPD [<!ENTITY a "aaaa">]><MPD', 1)

    assert ["dash/readable"] == broken_musts([answer(MPD, text)], MPD)


def test_what_is_of_another_namespace_is_none_of_ours():
    """A set without a bandwidth or anything else that a Representation must have, in somebody's own language."""
    foreign = f'<x:AdaptationSet xmlns:x="urn:x"><Representation xmlns="{DASH}"/></x:AdaptationSet>'
    text = manifest(period(one_set("") + foreign) + '<x:Period xmlns:x="urn:x" start="PT1H"/>')

    assert [] == broken([answer(MPD, text)], MPD)


def test_a_manifest_may_give_its_namespace_a_prefix():
    """Its URL does not tell what it is, and neither does a name at its beginning."""
    url, text = MPD.replace(".mpd", ""), manifest(period(one_set(EVERY_TWO)))
    prefixed = text.replace("<", "<m:").replace("<m:/", "</m:").replace("<m:?", "<?").replace("xmlns=", "xmlns:m=")

    assert 6 == len(names(prefixed))
    assert {"dash/media-type"} == set(broken([answer(url, prefixed)], url))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("-PT2S", -2.0),
        ("PT0.5S", 0.5),
        ("P1D", 86_400.0),
        ("+PT2S", None),
        ("PT-2S", None),
        ("P", None),
        ("P1DT", None),
    ],
)
def test_a_duration_has_a_sign(text, seconds):
    assert seconds == length(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('minBufferTime="PT2S"', 'minBufferTime="-PT2S"'),
        ('Duration="PT11S"', 'Duration="-PT11S"'),
        ("<Period", '<Period duration="-PT11S"'),
        ('type="static"', 'type="static" publishTime="2016-12-31T23:59:60Z"'),
        ('type="static"', 'type="static" publishTime="2016-12-31"'),
        ('bandwidth="90000"', 'bandwidth="90000" frameRate="25/0"'),
    ],
)
def test_what_the_schema_has_no_form_for_is_found(old, new):
    text = manifest(period(one_set(""))).replace(old, new)

    assert "dash/attribute-forms" in broken_musts([answer(MPD, text)], MPD)


@pytest.mark.parametrize(
    "template", [EVERY_TWO, listing('<S t="0" d="20" r="-1"/>'), listing('<S d="20" r="4"/><S d="10"/>')]
)
def test_the_last_segment_of_what_is_over_may_be_shorter(template):
    """PT11S have six segments of two seconds, of which the last lasts one."""
    text = manifest(period(one_set(template)))

    assert [f"{number}.m4s" for number in range(1, 7)] == names(text)
    assert (100, 10) == (representation(text).slots[-1].time, representation(text).slots[-1].duration)


@pytest.mark.parametrize(("total", "count"), [("PT12S", 6), ("PT12.01S", 6), ("PT12.2S", 7), ("PT0.5S", 1)])
def test_what_rounding_leaves_at_the_end_is_no_segment(total, count):
    assert count == len(names(manifest(period(one_set(EVERY_TWO)), mediaPresentationDuration=total)))


def test_a_series_goes_on_until_the_next_one_begins():
    text = manifest(period(one_set(listing('<S t="0" d="20" r="-1"/><S t="60" d="25" r="1"/>'))))

    assert [0, 20, 40, 60, 85] == [slot.time for slot in representation(text).slots]


def test_segments_of_each_period_are_counted_to_its_own_end():
    periods = period(one_set(EVERY_TWO), 'id="a" duration="PT5S"') + period(one_set(EVERY_TWO), 'id="b"')

    assert [3, 3] == [len(one.slots) for one in Manifest(answer(MPD, manifest(periods))).representations]


def test_numbers_end_with_the_last_that_is_stated():
    text = manifest(period(one_set(TEMPLATE.format('duration="20" endNumber="4"'))))

    assert ["1.m4s", "2.m4s", "3.m4s", "4.m4s"] == names(text)


def test_a_list_of_segments_is_read_with_its_byte_ranges():
    listed = (
        '<SegmentList duration="2"><Initialization range="0-99"/><SegmentURL mediaRange="100-199"/>'
        '<SegmentURL media="b.m4s"/></SegmentList>'
    )
    inside = f"<BaseURL>all.mp4</BaseURL>{one_set(listed)}"
    text = manifest(period(inside), mediaPresentationDuration="PT4S")

    assert ["all.mp4#bytes=100-199", "b.m4s"] == names(text)
    assert f"{SITE}all.mp4#bytes=0-99" == representation(text).initialization


def test_one_file_has_no_segments_to_fetch():
    base = '<BaseURL>all.mp4</BaseURL><SegmentBase indexRange="100-199"><Initialization range="0-99"/></SegmentBase>'

    assert [] == names(manifest(period(one_set(base))))


def test_what_is_nearer_goes_before_what_is_inherited():
    """@timescale is of the Period, @startNumber of the AdaptationSet, the timeline of the Representation."""
    timing = '<SegmentTemplate media="$Number$"><SegmentTimeline><S d="30"/></SegmentTimeline></SegmentTemplate>'
    own = f'<Representation id="v" bandwidth="1">{timing}</Representation>'
    inside = one_set('<SegmentTemplate startNumber="9" duration="20" media="x"/>')
    text = manifest(period(f'<SegmentTemplate timescale="10"/>{inside}'))

    one = representation(text.replace('<Representation id="v" bandwidth="90000"/>', own))
    assert (10, 9, 30, True) == (one.timescale, one.slots[0].number, one.slots[0].duration, one.has_timeline)


def ahead(mpd: str, of_period: str, of_set: str, template: str) -> list[str]:
    """The rule that a manifest breaks whose last segment ends 4 s after it is fetched, 14 s after its beginning."""
    inside = of_period + one_set(of_set + listing('<S t="0" d="20" r="6"/>', template))
    text = manifest(mpd + period(inside, 'id="0" start="PT0S"'), **LIVE)
    return [name for name in broken([answer(MPD, text, NOW)], MPD) if name == "dash/not-ahead"]


def offset(seconds: str) -> str:
    return f'<BaseURL availabilityTimeOffset="{seconds}">./</BaseURL>'


def test_segments_may_be_there_early_by_the_sum_of_what_all_levels_say():
    assert ["dash/not-ahead"] == ahead("", "", "", "")
    assert ["dash/not-ahead"] == ahead(offset("1"), offset("1"), "", "")
    assert ["dash/not-ahead"] == ahead(offset("5"), offset("-4"), "", "")
    assert [] == ahead(offset("1"), offset("1"), offset("1"), 'availabilityTimeOffset="1"')
    assert [] == ahead("", offset("4"), "", "")
    assert [] == ahead(offset("INF"), "", "", "")
    assert [] == ahead("", "", "", 'availabilityTimeOffset="INF"')


def test_of_several_addresses_one_may_have_segments_earlier():
    assert [] == ahead("<BaseURL>./</BaseURL>" + offset("4"), "", "", "")


def test_sets_are_aligned_by_presentation_time():
    """Two Representations with other time stamps, and presentationTimeOffsets that make up for it."""
    info = '<SegmentTemplate timescale="10" presentationTimeOffset="{0}" media="{1}$Time$"><SegmentTimeline>{2}'
    timing = info.format("{0}", "{1}", '<S t="{0}" d="20" r="4"/></SegmentTimeline></SegmentTemplate>')
    both = "".join(
        f'<Representation id="{name}" bandwidth="1">{timing.format(zero, name)}</Representation>'
        for name, zero in (("a", 0), ("b", 700))
    )
    kind = 'mimeType="video/mp4" codecs="avc1.64001e" segmentAlignment="1"'
    text = manifest(period(f'<AdaptationSet id="1" {kind}>{both}</AdaptationSet>'))

    assert [] == broken([answer(MPD, text)], MPD)
    assert ["dash/aligned"] == broken([answer(MPD, text.replace('Offset="700"', 'Offset="705"'))], MPD)


def test_a_manifest_that_is_kept_may_be_old_at_a_single_look():
    text = manifest(period(one_set(listing('<S t="0" d="20"/>')), 'id="0" start="PT0S"'), **LIVE)

    assert [] == broken_musts([answer(MPD, text, NOW)], MPD)
    assert ["dash/not-behind"] == broken_musts(polled([text, text], url=MPD, since=NOW), MPD)


@pytest.mark.parametrize(
    ("attributes", "is_owed"),
    [
        ('mimeType="video/mp4"', True),
        ('mimeType="audio/mp4"', True),
        ('mimeType="video/mp2t"', True),
        ('mimeType="application/mp4" contentType="video"', True),
        ('mimeType="application/mp4" contentType="text"', False),
        ('mimeType="application/mp4"', False),
        ('mimeType="text/vtt"', False),
        ('mimeType="application/ttml+xml"', False),
        ('mimeType="image/jpeg"', False),
        ('mimeType="video/webm"', False),
    ],
)
def test_codecs_are_owed_by_sound_and_picture_in_the_formats_of_the_standard(attributes, is_owed):
    text = manifest(period(one_set(EVERY_TWO, attributes)))

    assert (["dash/codecs"] if is_owed else []) == broken_musts([answer(MPD, text)], MPD)


def test_text_is_not_read_as_mp4():
    text = manifest(period(one_set(EVERY_TWO, 'mimeType="text/vtt"')))
    media = [answer(f"{SITE}1.m4s", "WEBVTT\n"), answer(f"{SITE}i.mp4", "WEBVTT\n")]

    assert [] == broken_musts([answer(MPD, text), *media], MPD)


def test_a_gap_is_a_discontinuity_and_an_overlap_is_none():
    gap = manifest(period(one_set(listing('<S t="0" d="20"/><S t="40" d="20"/>'))))
    overlap = manifest(period(one_set(listing('<S t="0" d="20"/><S t="10" d="20"/>'))))

    assert ([], ["dash/contiguous"]) == (broken_musts([answer(MPD, gap)], MPD), broken([answer(MPD, gap)], MPD))
    assert ["dash/overlap"] == broken_musts([answer(MPD, overlap)], MPD)
