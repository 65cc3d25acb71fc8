import itertools
import uuid

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core.ids import Ids


def _seeded(seed):
    return Ids(seed, itertools.count(1).__next__)


def test_the_same_seed_makes_the_same_ids():
    first, second = _seeded(7), _seeded(7)

    assert [first.uuid(), first.token(9)] == [second.uuid(), second.token(9)]


def test_a_seeded_source_does_not_repeat_itself():
    ids = _seeded(7)

    assert 200 == len({ids.uuid() for _ in range(200)})


def test_ids_are_version_4_uuids():
    assert {4} == {uuid.UUID(ids.uuid()).version for ids in (_seeded(1), Ids(None, int))}


def test_a_token_has_the_length_that_was_asked_for():
    assert [1, 8, 9, 40] == [len(_seeded(1).token(length)) for length in (1, 8, 9, 40)]


@given(
    length=st.integers(0, 100),
    alphabet=st.text(min_size=1, max_size=64).filter(lambda text: len(set(text)) == len(text)),
    seed=st.integers(),
)
def test_letters_are_of_the_alphabet_as_many_as_wanted_and_repeatable(length, alphabet, seed):
    made = [_seeded(seed).letters(length, alphabet) for _ in range(2)]

    assert (length, set(), made[0]) == (len(made[0]), set(made[0]) - set(alphabet), made[1])


def test_every_letter_is_as_likely_as_the_others():
    made = _seeded(7).letters(62_000)
    counts = [made.count(letter) for letter in set(made)]

    assert (62, True) == (len(counts), 850 < min(counts) <= max(counts) < 1150)
