"""The chats beside all streams, for whoever looks on from outside."""

from offair.emulator.core.problems import Missing
from offair.emulator.core.streams import STREAMS
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.parlour import ChatRoom, Chatting, Parlour, Utterance
from offair.emulator.providers.ainative.nouns.people import PEOPLE
from offair.emulator.providers.ainative.nouns.shows import SHOWS
from offair.emulator.providers.ainative.nouns.talk import Remark
from offair.emulator.providers.ainative.rules import chat as rules
from offair.emulator.providers.ainative.wire import chat as wire


def _rooms(rooms: Rooms) -> list[ChatRoom]:
    names = {stream.id: stream.name for stream in rooms.world.find(STREAMS)}
    return [
        ChatRoom(
            id=show.id, tenant=show.tenant, title=names[show.id], present=rooms.chat.count(show.id), stream=show.id
        )
        for show in rooms.world.find(SHOWS)
        if show.id in names
    ]


def _people(rooms: Rooms, room: ChatRoom) -> list[Chatting]:
    return [Chatting(id=one.id, name=one.display_name) for one in rooms.world.find(PEOPLE, tenant=room.tenant)]


def _said(rooms: Rooms, room: ChatRoom, limit: int) -> list[Utterance]:
    return [_line(remark) for remark in rules.latest(rooms.world, room.id, limit)]


def _say(rooms: Rooms, room: ChatRoom, person: str, text: str) -> Utterance:
    show, who = rooms.world.get(SHOWS, room.id), rooms.world.get(PEOPLE, person)
    if show is None or who is None or who.tenant != room.tenant:
        raise Missing(f"nobody called {person} may speak in the room {room.id}; its people are listed with it")
    remark = rules.say(rooms.world, show, who, text)
    for frame in wire.remark_frames(remark, web_client=rooms.switches.web_client):
        rooms.chat.say(show.id, frame)
    return _line(remark)


def _line(remark: Remark) -> Utterance:
    return Utterance(
        id=remark.id,
        at=remark.at,
        person=remark.person,
        name=remark.display_name,
        text=remark.text,
        badges=remark.badges,
    )


PARLOUR = Parlour(rooms=_rooms, people=_people, said=_said, say=_say)
