"""Stream ids: three grammars, one meaning."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.srt.rejections import Code, Denial
from offair.emulator.media.ingest.srt.streamid import read_stream_id

PEER = "127.0.0.1:9"
words = st.text(string.ascii_letters + string.digits + "-_.~", min_size=1, max_size=40)
pairs = st.lists(st.tuples(words, words).map("=".join), max_size=3).map("&".join)


def knock(app="live", name="key", query="") -> Knock:
    return Knock(protocol="srt", app=app, name=name, peer=PEER, query=query)


def encodings(text: str) -> st.SearchStrategy[bytes]:
    """A text as clients send it: as it is, percent-encoded, or here and there."""
    partly = st.lists(st.booleans(), min_size=len(text), max_size=len(text)).map(
        lambda which: "".join(quote(sign, safe="") if yes else sign for sign, yes in zip(text, which, strict=True))
    )
    return st.one_of(st.just(text), st.just(quote(text, safe="")), partly).map(str.encode)


@given(st.data(), words, words, pairs)
def test_a_keyed_id_is_read_in_any_order_and_encoding(data, app, name, query):
    resource = f"r={app}/{name}" + (f"?{query}" if query else "")
    standard = data.draw(st.permutations([resource, "m=publish", "u=me", "h=host", "t=stream", "s=1"]))
    said = data.draw(encodings("#!::" + ",".join(standard)))

    assert knock(app, name, query) == read_stream_id(said, peer=PEER)


@given(st.data(), words, pairs, st.booleans())
def test_a_pushed_name_is_read_with_its_query_and_record(data, name, query, records):
    said = f"push:{name}" + (f"?{query}" if query else "") + (":record" if records else "")
    wanted = "&".join(filter(None, [query, "record" if records else ""]))

    assert knock("", name, wanted) == read_stream_id(data.draw(encodings(said)), peer=PEER)


@given(st.data(), words, words, pairs)
def test_a_plain_id_is_a_path(data, app, name, query):
    said = f"{app}/{name}" + (f"?{query}" if query else "")

    assert knock(app, name, query) == read_stream_id(data.draw(encodings(said)), peer=PEER)
    assert knock("", name) == read_stream_id(name.encode(), peer=PEER)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("#!::r=/live/key,m=publish", knock()),
        ("#!::m=publish,r=key", knock(app="")),
        ("#!::m=publish,r=live/a/b", knock(name="a/b")),
        ("#!::r=live/key,m=publish,token=t", knock(query="token=t")),
        ("#!::r=live/key?a=1,token=t,m=publish", knock(query="a=1&token=t")),
    ],
)
def test_whatever_is_said_beside_the_standard_keys_joins_the_query(said, wanted):
    assert wanted == read_stream_id(said.encode(), peer=PEER)


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("", Code.BAD_REQUEST, "no stream id"),
        ("#!::r=live/key", Code.BAD_MODE, "'request'"),
        ("#!::r=live/key,m=request", Code.BAD_MODE, "only m=publish"),
        ("#!::r=live/key,m=bidirectional", Code.BAD_MODE, "'bidirectional'"),
        ("#!::m=publish", Code.BAD_REQUEST, "names no stream"),
        ("#!::r=live/,m=publish", Code.BAD_REQUEST, "names no stream"),
        ("#!::r=live/key,m=publish,r=live/other", Code.BAD_REQUEST, "'r' is said twice"),
        ("#!::r=live/key,publish", Code.BAD_REQUEST, "'publish' is not key=value"),
        ("#!:{r=live/key}", Code.BAD_REQUEST, "only '#!::'"),
        ("push:", Code.BAD_REQUEST, "names no stream"),
        ("push:name:keep", Code.BAD_REQUEST, "'keep' is not 'record'"),
        ("push:live/name", Code.BAD_REQUEST, "has no '/'"),
        ("a" * 513, Code.BAD_REQUEST, "longer than 512"),
        ("live/k\ney", Code.BAD_REQUEST, "cannot be printed"),
        ("live/%00key", Code.BAD_REQUEST, "cannot be printed"),
        ("live/%ff", Code.BAD_REQUEST, "not UTF-8"),
    ],
)
def test_what_is_not_understood_is_denied_with_the_reason(said, code, words):
    denial = read_stream_id(said.encode(), peer=PEER)

    assert code == denial.code
    assert words in denial.words


@given(
    st.one_of(
        st.binary(max_size=600), st.text(max_size=60).map(str.encode), st.text("#!:rm=,publish/?").map(str.encode)
    )
)
def test_any_bytes_are_a_knock_or_a_denial(said):
    assert isinstance(read_stream_id(said, peer=PEER), Knock | Denial)
