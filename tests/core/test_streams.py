import pytest

from offair.emulator.core.streams import MOVES, ON_AIR, IllegalMoveError, State, check_move


def test_every_state_has_a_line_in_the_table():
    assert set(State) == set(MOVES)


@pytest.mark.parametrize("origin", State)
@pytest.mark.parametrize("target", State)
def test_a_move_is_legal_exactly_when_the_table_has_its_arrow(origin, target):
    try:
        check_move(origin, target)
        is_legal = True
    except IllegalMoveError:
        is_legal = False

    assert (target in MOVES[origin]) == is_legal


def test_every_state_can_be_reached_from_idle():
    reached, frontier = set(), {State.IDLE}
    while frontier:
        reached |= frontier
        frontier = {target for origin in frontier for target in MOVES[origin]} - reached

    assert set(State) == reached


def test_whatever_is_on_air_can_be_stopped_or_is_stopping():
    assert {State.STOPPING} == {state for state in ON_AIR if State.STOPPING not in MOVES[state]}


def test_an_illegal_move_says_what_would_be_legal():
    with pytest.raises(IllegalMoveError, match="it may become ended, starting"):
        check_move(State.IDLE, State.LIVE)
