"""People, whom they follow, what they plan and are told, and their accounts, as AINative shows them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.world import World
from offair.emulator.provider.call import Addresses
from offair.emulator.providers.ainative.nouns.people import PEOPLE, Bond, Notice, Person, Slot
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES
from offair.emulator.providers.ainative.rules.people import DAYS, weekday
from offair.emulator.providers.ainative.wire.reading import SOCIALS
from offair.emulator.providers.ainative.wire.streams import MEDIA, show_label

JSON = dict[str, Any]
# the picture says what is true: nothing here draws QR codes
NO_QR_CODE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" font-family="sans-serif" font-size="16">
<rect width="200" height="200" fill="#fff"/><text x="100" y="90" text-anchor="middle">No QR code here:</text>
<text x="100" y="115" text-anchor="middle">type the secret</text></svg>"""


def show_profile(person: Person, counts: tuple[int, int], *, is_live: bool, is_own: bool) -> JSON:
    """Write somebody's page; ``counts`` are their followers, and whom they follow. The address is theirs alone."""
    shown = {
        "id": person.id,
        "username": person.username,
        "display_name": person.display_name,
        "full_name": person.full_name,
        "avatar_url": person.avatar_url,
        "banner_url": person.banner_url,
        "bio": person.bio,
        "role": person.role,
        "follower_count": counts[0],
        "following_count": counts[1],
        "is_live": is_live,
        "socials": {name: person.socials.get(name) for name in SOCIALS},
        "created_at": rfc3339(person.created_at),
    }
    return {**shown, "email": person.email} if is_own else shown


def show_live_check(stream: JSON | None) -> JSON:
    """Write whether somebody is live."""
    return {"is_live": stream is not None, "stream": stream}


def show_listed(person: Person) -> JSON:
    """Write somebody in a list."""
    return {
        "id": person.id,
        "username": person.username,
        "display_name": person.display_name,
        "avatar": person.avatar_url,
        "avatar_url": person.avatar_url,
    }


def show_page_of(name: str, people: Sequence[Person], page: tuple[int, int]) -> JSON:
    """Write a page of people under a name."""
    shown, has_more = cut(people, page)
    return {name: [show_listed(person) for person in shown], "total": len(people), "has_more": has_more}


def cut(things: Sequence[Any], page: tuple[int, int]) -> tuple[Sequence[Any], bool]:
    """Cut a page out of a list, and say whether there is another."""
    number, size = page
    return things[(number - 1) * size : number * size], number * size < len(things)


def show_bond(bond: Bond) -> JSON:
    """Write that somebody follows somebody."""
    created = rfc3339(bond.created_at)
    return {"id": bond.id, "follower_id": bond.follower, "followed_id": bond.followed, "created_at": created}


def show_is_following(*, follows: bool) -> JSON:
    """Write whether somebody follows somebody."""
    return {"is_following": follows}


def show_slot(world: World, slot: Slot) -> JSON:
    """Write a planned stream."""
    return {
        "id": slot.id,
        "user_id": slot.person,
        "day_of_week": slot.day,
        "start_time": slot.begins,
        "end_time": slot.ends,
        "title": slot.title,
        "category_id": slot.category,
        "category": _category(world, slot),
        "is_recurring": slot.is_weekly,
        "created_at": rfc3339(slot.created_at),
    }


def show_week(world: World, person: Person, slots: Sequence[Slot]) -> JSON:
    """Write somebody's week."""
    days = [
        {
            "day_of_week": day,
            "day_name": name,
            "schedules": [show_slot(world, slot) for slot in slots if slot.day == day],
        }
        for day, name in enumerate(DAYS)
    ]
    return {"user_id": person.id, "username": person.username, "schedule": days, "total_entries": len(slots)}


def show_upcoming(world: World, planned: Sequence[tuple[float, Slot]]) -> JSON:
    """Write what somebody has planned for the next days."""
    return {"upcoming_streams": show_planned(world, planned)}


def show_planned(world: World, planned: Sequence[tuple[float, Slot]]) -> list[JSON]:
    """Write planned streams, each with a moment of its day."""
    return [
        {
            "schedule_id": slot.id,
            "date": rfc3339(moment)[:10],
            "day_of_week": slot.day,
            "day_name": DAYS[weekday(moment)],
            "start_time": slot.begins,
            "end_time": slot.ends,
            "title": slot.title,
            "category": _category(world, slot),
        }
        for moment, slot in planned
    ]


def _category(world: World, slot: Slot) -> JSON | None:
    return show_label(world.get(CATEGORIES, slot.category)) if slot.category else None


def show_notice(world: World, notice: Notice) -> JSON:
    """Write what somebody is told."""
    about = world.get(PEOPLE, notice.about)
    return {
        "id": notice.id,
        "type": notice.kind,
        "follower_id": notice.about,
        "follower_username": about.username if about else "",
        "follower_avatar": about.avatar_url if about else None,
        "is_read": notice.is_read,
        "created_at": rfc3339(notice.created_at),
    }


def show_notices(world: World, notices: Sequence[Notice], page: tuple[int, int]) -> JSON:
    """Write a page of what somebody is told, and how much of all of it is unread."""
    shown, _ = cut(notices, page)
    unread = sum(not notice.is_read for notice in notices)
    return {
        "notifications": [show_notice(world, notice) for notice in shown],
        "total": len(notices),
        "unread_count": unread,
    }


def show_act(world: World, notice: Notice) -> JSON:
    """Write what happened to somebody as a sentence."""
    told = show_notice(world, notice)
    verb = "followed you" if notice.kind == "new_follower" else "went live"
    words = f"{told['follower_username']} {verb}"
    return {"id": notice.id, "type": notice.kind, "message": words, "created_at": told["created_at"]}


def show_activity(world: World, streams: Sequence[JSON], followers: Sequence[Person], acts: Sequence[Notice]) -> JSON:
    """Write the latest of what somebody did, of who follows them, and of what happened to them."""
    return {
        "recent_streams": streams,
        "recent_followers": [show_listed(person) for person in followers],
        "recent_events": [show_act(world, notice) for notice in acts],
    }


def show_account(person: Person, *, web_client: bool) -> JSON:
    """Write an account to who asks whose it is; the web client reads this one answer without respelling it."""
    shown = show_me(person)
    return {**shown, "displayName": person.display_name, "avatar": person.avatar_url} if web_client else shown


def show_me(person: Person) -> JSON:
    """Write an account to its owner."""
    return {
        "id": person.id,
        "email": person.email,
        "username": person.username,
        "display_name": person.display_name,
        "full_name": person.full_name,
        "avatar_url": person.avatar_url,
        "role": person.role,
        "is_verified": person.is_verified,
        "mfa_enabled": person.has_factor,
        "created_at": rfc3339(person.created_at),
    }


def show_tokens(access: str, refresh: str, seconds: int, person: Person) -> JSON:
    """Write what somebody is logged in with."""
    return {"access_token": access, "token_type": "bearer", "expires_in": seconds, "refresh_token": refresh,
            "user": show_me(person)}  # fmt: skip


def show_factor(person: Person, spares: Sequence[str]) -> JSON:
    """Write the secret of a second factor, as apps for it read it, and codes that do once in its place.

    Two members are in camel case, as the web client reads this answer without respelling it.
    """
    name = quote(f"AINative:{person.email}")
    return {
        "secret": person.factor,
        "provisioning_uri": f"otpauth://totp/{name}?secret={person.factor}&issuer=AINative",
        "qrCodeUrl": f"data:image/svg+xml,{quote(NO_QR_CODE)}",
        "backupCodes": list(spares),
    }


def show_has_factor(person: Person) -> JSON:
    """Write whether a second factor is asked for."""
    return {"verified": person.has_factor, "mfa_enabled": person.has_factor}


def picture_url(addresses: Addresses, person: Person, kind: str) -> str:
    """Write where a picture is that somebody uploaded."""
    return f"{addresses.services[MEDIA]}/pictures/{person.id}/{kind}"


def show_picture(kind: str, url: str) -> Mapping[str, str]:
    """Write where a picture is."""
    return {f"{kind}_url": url}
