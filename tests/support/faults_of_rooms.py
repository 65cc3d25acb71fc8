"""Bugs as chats have them, planted in the line between a room and who is in it: each a change of what one hears."""

import json
from dataclasses import dataclass, field

SAID = "offair-says-"


@dataclass
class Spoilt:
    """A line whose frames, and whose end, come as a fault has them; ``place`` counts the lines from 0."""

    line: object
    fault: object
    place: int
    waiting: list = field(default_factory=list)
    kept: list = field(default_factory=list)  # the fault's own

    @property
    def refused(self):
        return getattr(self.fault, "refused", lambda _spoilt, status: status)(self, self.line.refused)

    @property
    def closed(self):
        return getattr(self.fault, "closed", lambda _spoilt, code: code)(self, self.line.closed)

    def say(self, frame):
        self.line.say(frame)

    def hear(self):
        while not self.waiting:
            frame = self.line.hear()
            if frame is None:
                return None
            self.waiting += self.fault(self, frame)
        return self.waiting.pop(0)

    def hang_up(self):
        self.line.hang_up()


def spoiling(dial, fault):
    """Dial lines with a fault in them."""
    count = iter(range(1000))
    return lambda url, headers: Spoilt(dial(url, headers), fault, next(count))


def is_said(frame):
    """The frame tells what somebody has said just now."""
    said = json.loads(frame) if SAID in frame else {}
    return said.get("type", said.get("kind")) in {"message", "said"}


def number(frame):
    return int(frame.partition(SAID)[2][:3])


def one_is_not_told_of_one_remark(spoilt, frame):
    return [] if spoilt.place == 1 and is_said(frame) and number(frame) == 4 else [frame]


def who_spoke_does_not_hear_it(spoilt, frame):
    return [] if spoilt.place == 0 and is_said(frame) and number(frame) % 2 else [frame]


def told_twice(spoilt, frame):
    return [frame, frame] if is_said(frame) and number(frame) == 5 else [frame]


def two_change_places(spoilt, frame):
    """Remarks of one and the other arrive the other way round, for one of them."""
    if spoilt.place == 0 and is_said(frame) and number(frame) == 4:
        spoilt.kept.append(frame)
        return []
    return [frame, *[spoilt.kept.pop() for _ in spoilt.kept[:]]] if is_said(frame) else [frame]


def the_last_comes_first(spoilt, frame):
    """What one said comes in another order, for everybody."""
    if is_said(frame) and 3 <= number(frame) <= 8:
        spoilt.kept.append(frame)
        return spoilt.kept[::-1] if len(spoilt.kept) == 6 else []
    return [frame]


def a_remark_lacks_its_author(_spoilt, frame):
    said = json.loads(frame)
    if said["type"] == "message":
        del said["data"]["user"]
    return [json.dumps(said)]


def a_frame_has_no_name(_spoilt, frame):
    return [frame, '{"news": true}'] if is_said(frame) else [frame]


class AtTheDoor:
    """What becomes of whoever dials: members are the first two."""

    def __init__(self, name, *, refused=None, closed=None, are_members=False):
        self.__name__, self.status, self.code, self.are_members = name, refused, closed, are_members

    def __call__(self, _spoilt, frame):
        return [frame]

    def refused(self, spoilt, status):
        return self.status if self.status and (spoilt.place < 2) == self.are_members else status

    def closed(self, spoilt, code):
        if self.status or (spoilt.place < 2) != self.are_members:
            return code
        return self.code


FAULTS = [
    (one_is_not_told_of_one_remark, "chat/heard"),
    (who_spoke_does_not_hear_it, "chat/heard"),
    (told_twice, "chat/once"),
    (two_change_places, "chat/in-order"),
    (the_last_comes_first, "chat/in-order"),
    (a_remark_lacks_its_author, "chat/frames"),
    (a_frame_has_no_name, "chat/frames"),
    (AtTheDoor("strangers_are_sent_away_by_an_unknown_code", closed=4999), "chat/frames"),
    (AtTheDoor("strangers_are_cut_off", closed=1006), "chat/refused"),
    (AtTheDoor("strangers_make_it_fail", refused=500), "chat/refused"),
    (AtTheDoor("members_are_refused", refused=401, are_members=True), "chat/entered"),
    (AtTheDoor("members_are_sent_away", closed=1008, are_members=True), "chat/entered"),
]
