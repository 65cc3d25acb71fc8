"""A value is read as its kind asks for, from text or from Python, and refused in a person's words."""

import math
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offair.emulator.settings import SettingError
from offair.emulator.settings.forms import Host, HostName, Origin, Url
from offair.emulator.settings.kinds import convert, shown, words_of

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
OURS = ("`", "int", "str", "bool", "float", "NoneType", "msgspec", "Expected", "object")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("80", Port, 80),
        ("80", Port | None, 80),
        (" 80 ", Port, 80),
        ("true", bool, True),
        ("0", bool, False),
        ("1.5", float, 1.5),
        ("a/b", Path, Path("a/b")),
        ("a/b", Path | None, Path("a/b")),
        (Path("a"), Path, Path("a")),
        (None, Path | None, None),
        ("light", Literal["light", "dark"], "light"),
        ("red", Colour, Colour.RED),
        ("a, b", tuple[str, ...], ("a", "b")),
        (["a", "b"], tuple[str, ...], ("a", "b")),
        (" kept ", str, " kept "),
    ],
)
def test_text_and_values_are_read_alike(text, kind, value):
    assert value == convert(text, kind, spelt="it")


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("many", Port, "a whole number from 0 to 65535"),
        (65536, Port | None, "a whole number from 0 to 65535"),
        (True, int, "a whole number"),
        ("0", Annotated[int, msgspec.Meta(ge=1)], "a whole number of at least 1"),
        ("0", Annotated[float, msgspec.Meta(gt=0, le=9)], "a number above 0 and at most 9"),
        (math.nan, float, "a number"),
        ("inf", float, "a number"),
        ("maybe", bool, "true or false"),
        ("lite", Literal["light", "dark"], "one of light, dark"),
        ("green", Colour, "one of red, blue"),
        (5, str, "a text"),
        (5, Path, "a file"),
        ("", Path, "a file"),
        (5, tuple[str, ...], "a text, or several with commas between"),
    ],
)
def test_what_it_cannot_be_is_refused_in_words(value, kind, words):
    with pytest.raises(SettingError) as refused:
        convert(value, kind, spelt="--it")

    assert f"--it cannot be {value!r}: it is {words}" == str(refused.value)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Host, ["127.0.0.1", "::1", "::", "fe80::1%eth0", "b\u00fccher.example"],
         ["", "a b", "http://x", "x:80", "<x>", 'x"y', "x|y", "x^y"]),
        (HostName, ["a-box", ".example.com", "example.com."], ["*", "http://x", "x:80", "b\u00fccher.example", "a b"]),
        (Origin, ["*", "null", "http://localhost:5173", "http://[::1]:5173", "app://localhost", "http://a:443"],
         ["localhost:5173", "http://localhost:5173/", "https://*.example.com", "http://", "HTTP://localhost:5173",
          "http://Localhost:5173", "http://localhost:80", "https://a.example:443"]),
        (Url, ["", "http://x", "https://x:1/y?z"], ["ftp://x", "http://", "x"]),
    ],
)  # fmt: skip
def test_a_text_of_a_form_has_it(kind, good, bad):
    def is_taken(text):
        try:
            return text == convert(text, kind, spelt="it")
        except SettingError:
            return False

    assert (good, []) == ([text for text in good if is_taken(text)], [text for text in bad if is_taken(text)])


def test_a_list_is_refused_as_it_was_written():
    with pytest.raises(SettingError, match=r"cannot be 'http://a, b:80': it is an origin as browsers send it"):
        convert("http://a, b:80", tuple[Origin, ...], spelt="it")


@pytest.mark.parametrize("name", ["state_dir", "OFFAIR_STATE_DIR", "--state", "recordings", "toy.work_dir"])
def test_a_path_that_is_called_a_folder_is_one(name):
    assert "a folder" == words_of(Path, name)


VALUES = st.one_of(
    *(st.tuples(strategy, st.just(kind)) for strategy, kind in (
        (st.integers(0, 65535), Port),
        (st.booleans(), bool),
        (st.integers(-10**6, 10**6).map(float), float),
        (st.text("abc,./=", min_size=1).map(Path), Path),
        (st.lists(st.text("abc", min_size=1)).map(tuple), tuple[str, ...]),
    ))
)  # fmt: skip


@given(VALUES)
def test_what_is_shown_can_be_given(pair):
    value, kind = pair
    assert value == convert(shown(value), kind, spelt="it")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.binary(), st.lists(st.integers())))
@example("`\n")  # of a text the spaces around it are not shown
def test_no_refusal_speaks_of_our_types(value):
    shown_as = value.strip() if isinstance(value, str) else value
    for kind in (Port, bool, float, Path, Literal["a"], tuple[str, ...], Colour):
        said = ""
        try:
            convert(value, kind, spelt="it")
        except SettingError as refused:
            said = str(refused).replace(repr(value), "").replace(repr(shown_as), "")

        assert [] == [word for word in OURS if word in said]
