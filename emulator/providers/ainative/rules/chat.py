"""What is said beside a stream: saying it, taking it away, paging back through it, and who keeps order."""

from dataclasses import replace

from offair.emulator.core.problems import Forbidden, Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import Show
from offair.emulator.providers.ainative.nouns.talk import REMARKS, WARDENS, Remark, Warden

NOT_A_MODERATOR = "Not authorized to moderate this chat"


def say(world: World, show: Show, person: Person, text: str, *, at: float | None = None) -> Remark:
    """Keep what somebody says."""
    remark = Remark(
        id=world.ids.uuid(),
        tenant=show.tenant,
        stream=show.id,
        person=person.id,
        username=person.username,
        display_name=person.display_name,
        avatar_url=person.avatar_url,
        text=text,
        at=world.clock.now() if at is None else at,
        badges=badges(world, show, person),
    )
    return world.put(REMARKS, remark)


def latest(world: World, stream: str, limit: int) -> list[Remark]:
    """Give what was said last, the oldest first."""
    return world.find(REMARKS, stream=stream, order="desc", limit=limit)[::-1]


def before(world: World, stream: str, limit: int, *, remark: str | None = None, moment: float | None = None) -> tuple[
    list[Remark], bool
]:  # fmt: skip
    """Give what was said before a remark or a moment, the oldest first, and whether there is more before it."""
    said = world.find(REMARKS, stream=stream)
    if remark is not None:
        place = next((place for place, one in enumerate(said) if one.id == remark), None)
        said = said[:place] if place is not None else []
    elif moment is not None:
        said = [one for one in said if int(one.at) < moment]
    return said[max(0, len(said) - limit) :], len(said) > limit


def may_moderate(world: World, show: Show, user: str | None) -> bool:
    """Let the streamer moderate, their moderators, and administrators."""
    person = world.get(PEOPLE, user or "")
    if person is None:
        return False
    return user == show.person or person.is_admin or warden(world, show.id, person.id) is not None


def take_away(world: World, show: Show, remark: str, user: str | None) -> Remark:
    """Take away what somebody said: Forbidden for who neither moderates nor said it, Missing where nobody said it."""
    found = world.get(REMARKS, remark)
    if found is None or found.stream != show.id:
        raise Missing("Message not found")
    if not (may_moderate(world, show, user) or found.person == user):
        raise Forbidden(NOT_A_MODERATOR)
    world.delete(REMARKS, id=remark)
    return found


def warden(world: World, stream: str, who: str) -> Warden | None:
    """Find a moderator of a stream, by their own id or that of their office."""
    return next((one for one in world.find(WARDENS, stream=stream) if who in {one.person, one.id}), None)


def appoint(world: World, show: Show, person: Person, *, is_vip: bool) -> Warden:
    """Make somebody a moderator; twice is once."""
    known = warden(world, show.id, person.id)
    if known is not None:
        return world.put(WARDENS, replace(known, is_vip=is_vip))
    made = Warden(
        id=world.ids.uuid(), tenant=show.tenant, stream=show.id, person=person.id, is_vip=is_vip,
        added_at=world.clock.now(),
    )  # fmt: skip
    return world.put(WARDENS, made)


def office(world: World, show: Show, who: str) -> Warden:
    """Find a moderator; Missing when they are none."""
    found = warden(world, show.id, who)
    if found is None:
        raise Missing("Moderator not found")
    return found


def badges(world: World, show: Show, person: Person) -> tuple[str, ...]:
    """Say what somebody is in a chat."""
    known = warden(world, show.id, person.id)
    worn = (
        ("broadcaster", person.id == show.person),
        ("moderator", known is not None),
        ("vip", known is not None and known.is_vip),
        ("verified", person.is_verified),
    )
    return tuple(name for name, wears in worn if wears)
