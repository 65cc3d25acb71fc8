"""People: their pages, whom they follow, and what they are told."""

from offair.emulator.provider.call import Call, Upload
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.films import EXCERPTS
from offair.emulator.providers.ainative.nouns.people import BONDS, NOTICES, PEOPLE, Person
from offair.emulator.providers.ainative.operations.register import (
    id_in,
    me,
    operation,
    person_in,
    user_of,
)
from offair.emulator.providers.ainative.rules import analytics, films, pictures, seeing
from offair.emulator.providers.ainative.rules import people as rules
from offair.emulator.providers.ainative.wire import films as filmed
from offair.emulator.providers.ainative.wire import numbers, reading
from offair.emulator.providers.ainative.wire import people as wire
from offair.emulator.providers.ainative.wire import streams as streamed


def _profile(call: Call, person: Person, *, is_own: bool) -> Reply:
    counts = (call.world.count(BONDS, followed=person.id), call.world.count(BONDS, follower=person.id))
    is_live = bool(seeing.live(call.world, call.switches, person=person.id))
    return Reply(200, wire.show_profile(person, counts, is_live=is_live, is_own=is_own))


@operation("GET /streams/users/{username}/profile")
def get_profile(call: Call) -> Reply:
    """Show somebody to everybody."""
    return _profile(call, person_in(call), is_own=False)


@operation("GET /streams/me/profile")
def my_profile(call: Call) -> Reply:
    """Show the caller to themselves."""
    return _profile(call, me(call), is_own=True)


@operation("PUT /streams/me/profile")
def update_profile(call: Call) -> Reply:
    """Change what is given."""
    person = me(call)
    changed = pictures.change(call.world, person, reading.profile_changes(call.body, person.socials))
    return _profile(call, changed, is_own=True)


@operation("POST /streams/me/profile/avatar")
def upload_avatar(call: Call) -> Reply:
    """Keep a picture of the caller."""
    return _picture(call, "avatar")


@operation("POST /streams/me/profile/banner")
def upload_banner(call: Call) -> Reply:
    """Keep a banner of the caller."""
    return _picture(call, "banner")


def _picture(call: Call, kind: str) -> Reply:
    person = me(call)
    (picture,) = (file for file in call.files.values() if isinstance(file, Upload))
    picture.save(pictures.place(call.tenancy.folder(person.tenant), person, kind))
    url = wire.picture_url(call.addresses, person, kind)
    pictures.keep(call.world, person, kind, picture.media_type, url)
    return Reply(200, wire.show_picture(kind, url))


@operation("GET /streams/users/{username}/live")
def check_live(call: Call) -> Reply:
    """Say whether somebody is live."""
    found = seeing.live(call.world, call.switches, person=person_in(call).id)
    stream = streamed.show_stream(found[0], call.addresses) if found else None
    return Reply(200, wire.show_live_check(stream))


@operation("GET /streams/users/{username}/streams")
def user_streams(call: Call) -> Reply:
    """List somebody's streams."""
    person = person_in(call)
    found = seeing.public(seeing.all_seen(call.world, call.switches, person=person.id), user_of(call))
    limit = reading.number(call.query, "limit", reading.LIMIT)
    return Reply(200, streamed.show_streams(seeing.listed(found)[:limit], call.addresses, total=len(found)))


@operation("GET /streams/users/{username}/vods")
def user_vods(call: Call) -> Reply:
    """List somebody's recordings."""
    found = films.recordings(call.world, user_of(call), person=person_in(call).id)
    shown = filmed.Films(call.world, call.addresses)
    return Reply(200, [shown.kept(film) for film in found])


@operation("GET /streams/users/{username}/clips")
def user_clips(call: Call) -> Reply:
    """List the clips that somebody cut."""
    found = call.world.find(EXCERPTS, person=person_in(call).id, order="desc")
    shown = filmed.Films(call.world, call.addresses)
    return Reply(200, filmed.show_pages(found, reading.paged(call.query), shown.clip))


@operation("GET /streams/users/{username}/analytics")
def user_numbers(call: Call) -> Reply:
    """Sum up somebody's channel."""
    person = person_in(call)
    found = analytics.channel(call.world, person.id, call.switches)
    return Reply(200, numbers.show_public(found, call.world.count(BONDS, followed=person.id)))


@operation("GET /streams/users/{username}/followers")
def list_followers(call: Call) -> Reply:
    """List who follows somebody."""
    found = rules.followers(call.world, person_in(call).id)
    return Reply(200, wire.show_page_of("followers", found, reading.paged(call.query)))


@operation("GET /streams/users/{username}/following")
def list_following(call: Call) -> Reply:
    """List whom somebody follows."""
    found = rules.followed(call.world, person_in(call).id)
    return Reply(200, wire.show_page_of("following", found, reading.paged(call.query)))


@operation("POST /streams/users/{username}/follow")
def follow_user(call: Call) -> Reply:
    """Follow somebody, and let them know."""
    return Reply(201, wire.show_bond(rules.follow(call.world, me(call), person_in(call))))


@operation("DELETE /streams/users/{username}/follow")
def unfollow_user(call: Call) -> Reply:
    """Follow somebody no more."""
    rules.unfollow(call.world, me(call), person_in(call))
    return Reply(204)


@operation("GET /streams/users/{username}/follow")
def check_follow(call: Call) -> Reply:
    """Say whether the caller follows somebody."""
    follows = rules.bond(call.world, me(call).id, person_in(call).id) is not None
    return Reply(200, wire.show_is_following(follows=follows))


@operation("GET /streams/notifications/follows")
def list_notifications(call: Call) -> Reply:
    """List what the caller is told, the latest first."""
    found = call.world.find(NOTICES, person=me(call).id, order="desc")
    return Reply(200, wire.show_notices(call.world, found, reading.paged(call.query)))


@operation("GET /streams/notifications/follows/unread-count")
def unread_count(call: Call) -> Reply:
    """Count what the caller has not read."""
    found = call.world.find(NOTICES, person=me(call).id)
    return Reply(200, {"count": sum(not notice.is_read for notice in found)})


@operation("POST /streams/notifications/follows/{notification_id}/read")
def read_notification(call: Call) -> Reply:
    """Mark one as read."""
    notice = rules.read_notice(call.world, id_in(call, "notification_id"), user_of(call))
    return Reply(200, wire.show_notice(call.world, notice))


@operation("DELETE /users/me")
def delete_me(call: Call) -> Reply:
    """Let the caller be known no more; their streams are seen by nobody."""
    call.world.delete(PEOPLE, id=me(call).id)
    return Reply(204)
