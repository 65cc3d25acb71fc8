"""What a reply is on the wire, by the short way and by Flask's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request

from offair.emulator.provider.reply import Reply
from offair.emulator.web.responding import LINES, PlainAnswer, respond

TEXT = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=8)
BODIES = st.one_of(st.dictionaries(TEXT, st.integers() | TEXT), st.binary(max_size=20), st.just(None))
REPLIES = st.builds(
    Reply,
    st.sampled_from(sorted(LINES)),  # of any number most would be none that has a line
    BODIES,
    st.dictionaries(st.sampled_from(["X-One", "Vary", "Location", "Retry-After"]), TEXT),
    st.sampled_from(["application/json", "text/csv; charset=utf-8", "application/problem+json"]),
)


@given(REPLIES.filter(PlainAnswer.can), st.sampled_from(["GET", "HEAD", "POST"]))
def test_both_ways_write_the_same(reply, method):
    environ = EnvironBuilder("/", method=method).get_environ()
    written, responded = (run_wsgi_app(way, environ) for way in (PlainAnswer(reply), respond(reply, Request(environ))))

    assert _told(responded) == _told(written)


def _told(answer):
    pieces, status, headers = answer
    return status, sorted(headers), b"".join(pieces)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\nSet-Cookie: a=b"])
def test_a_field_that_would_be_two_is_never_written(end):
    reply = Reply(200, {}, {"X-Name": f"a{end}"})

    with pytest.raises(ValueError, match="line's end"):
        run_wsgi_app(PlainAnswer(reply), EnvironBuilder("/").get_environ())
