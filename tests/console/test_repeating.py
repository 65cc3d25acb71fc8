"""A curl line is safe to paste, whatever it holds."""

import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from offair.emulator.console.repeating import curl, quoted, variables_of

# what a shell can hold in a word: all but NUL, and no half of a pair
texts = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=40)


def _words(line: str, **environment: str) -> list[str]:
    """Let bash read a line, and say which words it found."""
    done = subprocess.run(
        ["bash", "-c", rf"printf '%s\0' {line}"], capture_output=True, check=True, timeout=20,
        env={"LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip
    return done.stdout.decode().split("\0")[:-1]


@settings(max_examples=25)
@given(st.lists(texts, min_size=1, max_size=20))
def test_a_shell_reads_every_text_as_the_one_word_that_it_is(given_texts):
    assert given_texts == _words(" ".join(quoted(text) for text in given_texts))


@given(texts)
def test_nothing_that_a_terminal_obeys_is_in_a_line(text):
    assert "" == "".join(character for character in quoted(text) if not character.isprintable())


def test_a_secret_is_a_variable_and_the_rest_around_it_stays():
    line = quoted("Bearer s3cret's", {"CLOUD_TOKEN": "s3cret"})

    assert (True, ["Bearer s3cret's"]) == ("s3cret" not in line, _words(line, CLOUD_TOKEN="s3cret"))


def test_a_line_has_a_part_in_each_line():
    line = curl("POST", "http://127.0.0.1:1/a b", {"X": "$(id)"}, "{}", {})

    assert "curl -i -X POST 'http://127.0.0.1:1/a b' \\\n  -H 'X: $(id)' \\\n  --data-raw '{}'" == line


def test_variables_are_called_as_the_command_exports_them():
    shown = {"base_url": "http://127.0.0.1/x", "credentials": {"api_key": "abcdef123"}}

    assert {"MY_CLOUD_BASE_URL": "http://127.0.0.1/x", "MY_CLOUD_API_KEY": "abcdef123"} == variables_of(
        "my-cloud", shown
    )
