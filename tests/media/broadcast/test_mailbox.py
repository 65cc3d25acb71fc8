"""Who is woken when, and that nothing is lost or comes out of order meanwhile."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.media.broadcast.mailbox import Mailbox

PATIENCE = 30.0  # seconds


@given(st.lists(st.booleans(), max_size=20))
def test_messages_are_read_once_and_in_their_order_whether_they_wake_or_not(wakes):
    box = Mailbox[int]()
    for number, wakes_reader in enumerate(wakes):
        box.put(number, wakes=wakes_reader)

    assert (list(range(len(wakes))), []) == (box.get(0.0), box.get(0.0))


def test_what_wakes_nobody_is_read_with_what_does():
    box, read = Mailbox[str](), []
    reader = threading.Thread(target=lambda: read.extend(box.get(PATIENCE)))
    box.put("media", wakes=False)
    reader.start()
    box.put("a key frame")
    reader.join(PATIENCE)

    assert ["media", "a key frame"] == read


def test_nothing_comes_of_an_empty_mailbox():
    assert [] == Mailbox[str]().get(0.0)
