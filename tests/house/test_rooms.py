"""The laws of the house, held against every file of its rooms; each failure says what to do instead."""

import pytest
from laws.reserved import TABLE, find_misplaced
from laws.rooms import MAY, find_foreign_clouds, find_open_sessions, find_short_names, find_strangers
from laws.shape import find_empty_names, find_length, find_shared_names, find_state
from laws.source import ROOT, house, modules
from laws.spelling import KNOWN as SPELT
from laws.spelling import find_smuggled
from laws.threads import KNOWN as UNHEARD
from laws.threads import find_nameless, find_unheard

SHAPES = (find_length, find_empty_names, find_state)


def _find(law, sources):
    return [words for source in sources for words in law(source)]


@pytest.mark.parametrize(
    "law",
    [find_short_names, find_strangers, find_misplaced, find_open_sessions, find_smuggled, *SHAPES],
    ids=lambda law: law.__name__,
)
def test_no_module_breaks_the_law(law):
    found = _find(law, modules())

    assert [] == found, "\n".join(found)


def test_no_file_names_a_cloud_except_its_own():
    found = _find(find_foreign_clouds, house())

    assert [] == found, "\n".join(found)


def test_a_thread_is_heard_and_has_a_name():
    found = _find(find_unheard, modules("emulator")) + _find(find_nameless, modules("emulator"))

    assert [] == found, "\n".join(found)


def test_a_class_of_the_emulator_has_its_name_for_itself():
    found = list(find_shared_names(modules("emulator")))

    assert [] == found, "\n".join(found)


def test_the_median_module_fits_two_screens():
    lengths = sorted(source.lines for source in modules())

    assert lengths[len(lengths) // 2] < 120


def test_a_place_that_has_something_for_itself_is_there():
    """A row that names what moved away guards nothing; the console's row waits for it."""
    places = {place for row in TABLE.values() for place in row.places} - {"emulator/console"}
    gone = [place for place in sorted(places) if not (ROOT / place).is_dir() and not (ROOT / f"{place}.py").is_file()]

    assert [] == gone, f"the table in tests/house/laws/reserved.py names {gone}: name what they are called now"


def test_a_room_that_has_a_row_is_there():
    assert set() == set(MAY) - {source.room for source in modules("emulator")}


def test_what_is_excused_still_needs_it():
    """An excuse that nobody needs any more would excuse the next one."""
    raw = {source.name: source for source in modules("emulator")}
    unheard = [key for key in UNHEARD if key[0] not in raw or not list(find_unheard(raw[key[0]], known=()))]
    spelt = [(name, text) for name, text in SPELT if name not in raw or f'"{text}"' not in raw[name].text]

    assert ([], []) == (unheard, spelt), "strike these off KNOWN in tests/house/laws/threads.py and spelling.py"
