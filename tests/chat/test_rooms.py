"""Everybody in a room hears the same, in the same order, and nobody waits for anybody."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.chat.rooms import Chat


class _Ear:
    """A socket that writes down what it is sent."""

    def __init__(self):
        self.heard, self.ended = [], None

    def send(self, frame):
        self.heard.append(frame)

    def close(self, code, reason=""):
        self.ended = (code, reason)

    def abort(self):
        self.ended = "cut"


class _Deaf(_Ear):
    """A socket that cannot be sent anything, nor said goodbye to."""

    def send(self, _frame):
        raise OSError("gone")

    def close(self, *_):
        raise OSError("gone")


@pytest.fixture(name="chat")
def _chat():
    return Chat()


def test_everybody_in_a_room_hears_what_is_said(chat):
    ears = [_Ear(), _Ear()]
    for ear in ears:
        chat.join("blue", ear)
    chat.say("blue", "hello")

    assert [["hello"], ["hello"]] == [ear.heard for ear in ears]


def test_nobody_hears_another_room(chat):
    ear = _Ear()
    chat.join("blue", ear)
    chat.say("red", "hello")

    assert [] == ear.heard


def test_who_joins_hears_nothing_of_what_was_said_before(chat):
    ear = _Ear()
    chat.say("blue", "too early")
    chat.join("blue", ear)
    chat.say("blue", "in time")

    assert ["in time"] == ear.heard


def test_who_leaves_hears_no_more(chat):
    ear = _Ear()
    chat.join("blue", ear)
    chat.leave("blue", ear)
    chat.say("blue", "hello")

    assert [] == ear.heard


def test_joining_and_leaving_twice_is_fine(chat):
    ear = _Ear()
    for _ in range(2):
        chat.join("blue", ear)
    chat.say("blue", "once")
    for _ in range(2):
        chat.leave("blue", ear)

    assert (["once"], 0) == (ear.heard, chat.count("blue"))


def test_who_fails_is_dropped_and_the_others_hear_it_all(chat):
    ear = _Ear()
    for one in (_Deaf(), ear):
        chat.join("blue", one)
    chat.say("blue", "one")
    chat.say("blue", "two")

    assert (["one", "two"], 1) == (ear.heard, chat.count("blue"))


def test_a_closed_room_sends_everybody_away(chat):
    ear = _Ear()
    chat.join("blue", ear)
    chat.close("blue", 4404, "it is gone")

    assert ((4404, "it is gone"), 0) == (ear.ended, chat.count("blue"))


def test_who_cannot_be_said_goodbye_to_is_cut_off(chat):
    deaf = _Deaf()
    chat.join("blue", deaf)
    chat.close("blue", 4404)

    assert "cut" == deaf.ended


def test_an_answer_to_what_is_heard_comes_after_it_for_everybody(chat):
    ear = _Ear()

    class Parrot(_Ear):
        def send(self, frame):
            super().send(frame)
            if frame == "hello":
                chat.say("blue", "hello yourself")

    parrot = Parrot()
    for one in (parrot, ear):
        chat.join("blue", one)
    chat.say("blue", "hello")

    assert (["hello", "hello yourself"], parrot.heard) == (ear.heard, ear.heard)


def test_nothing_is_kept_of_a_room_that_is_empty(chat):
    ear = _Ear()
    chat.join("blue", ear)
    chat.leave("blue", ear)

    assert {} == chat._rooms


@given(words=st.lists(st.lists(st.text(), max_size=5), min_size=2, max_size=4))
def test_all_hear_the_same_order_however_many_speak_at_once(words):
    chat, ears = Chat(), [_Ear(), _Ear(), _Ear()]
    for ear in ears:
        chat.join("blue", ear)
    speakers = [threading.Thread(target=lambda said=said: [chat.say("blue", word) for word in said]) for said in words]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    chat.say("blue", "the end")

    assert (ears[0].heard, ears[0].heard) == (ears[1].heard, ears[2].heard)
    assert sorted(word for said in words for word in said) == sorted(ears[0].heard[:-1])
