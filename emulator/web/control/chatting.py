"""Chat as a person looks on: the rooms of every cloud that has any, what is said there, and saying something."""

from collections.abc import Iterator
from typing import Any

import msgspec

from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Missing
from offair.emulator.provider.call import Call, Rooms
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.parlour import ChatRoom, Parlour
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.steered import Steered

LINES = 200  # that are shown of a room


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations about chat."""

    @operation("GET /chat")
    def chat(_call: Call) -> Reply:
        shown = [{"cloud": cloud, **_told(room)} for cloud, _, room in _rooms(steered)]
        return Reply(200, {"rooms": shown})

    @operation("GET /chat/{room}")
    def chat_room(call: Call) -> Reply:
        cloud, parlour, room = _find(steered, call.path["room"])
        rooms = steered.rooms[cloud]
        lines, people = parlour.said(rooms, room, LINES), parlour.people(rooms, room)
        return Reply(
            200,
            {"cloud": cloud, **_told(room), "people": msgspec.to_builtins(people), "said": msgspec.to_builtins(lines)},
        )

    @operation("POST /chat/{room}")
    def say(call: Call) -> Reply:
        cloud, parlour, room = _find(steered, call.path["room"])
        rooms: Rooms = steered.rooms[cloud]
        with steered.world.transaction():  # so that everybody hears in the order in which it is kept
            line = parlour.say(rooms, room, as_written(call.body["as"]), call.body["text"])
        return Reply(201, msgspec.to_builtins(line))


def _rooms(steered: Steered) -> Iterator[tuple[str, Parlour, ChatRoom]]:
    for cloud, provider in steered.providers.items():
        if provider.parlour is not None:
            for room in provider.parlour.rooms(steered.rooms[cloud]):
                yield cloud, provider.parlour, room


def _find(steered: Steered, wanted: str) -> tuple[str, Parlour, ChatRoom]:
    found = next((one for one in _rooms(steered) if one[2].id == as_written(wanted)), None)
    if found is None:
        raise Missing(f"there is no chat room {wanted}; GET /chat lists those that are there")
    return found


def _told(room: ChatRoom) -> Any:
    return msgspec.to_builtins(room)
