"""Who may watch a stream: which ones are guarded, what a player must show for them, and who is banned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from offair.emulator.core.ports import Reason, Refused
from offair.emulator.core.streams import Stream
from offair.emulator.core.tokens import TokenError, UntimelyError, key_pair, verify
from offair.emulator.core.viewing import Viewing
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.providers.bintu import bans, rules, tickets
from offair.emulator.providers.bintu.nouns import CLOUD
from offair.emulator.providers.bintu.people import organisation_of
from offair.emulator.providers.bintu.profiles import variant
from offair.emulator.providers.bintu.sts import Binds, Bond, is_good
from offair.emulator.providers.bintu.switches import Switches
from offair.emulator.providers.bintu.wire.tokens import read_claims

STREAM = "stream"
JWT = ("jwtoken", "security.jwtoken")
OLD = ("token", "expires", "options", "tag")
PICTURES = (".jpg", ".gif")

Shown = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants to watch what: under which ``names`` it is known, and on whose ``page``."""

    viewing: Viewing
    stream: Stream
    names: frozenset[str]
    page: str | None


def is_guarded(stream: Stream, switches: Switches) -> bool:
    """Say whether a stream is for those alone who show a token."""
    return switches.secure_playback or bool(stream.extra["secure"])


def shown_in(query: Shown) -> dict[str, str]:
    """Give what of a query proves something."""
    return {name: query[name][0] for name in (*JWT, *OLD) if query.get(name)}


def carried_in(query: Shown, name: str) -> str:
    """Write what the links of a playlist have to say: of which rendition it is, and what was shown for it."""
    return urlencode({STREAM: name, **shown_in(query)})


def objection(viewing: Viewing, stream: Stream, rooms: Rooms) -> Refused | None:
    """Say why somebody may not watch; None lets them."""
    world = rooms.world
    page = bans.page_of(viewing.headers.get("Referer"), viewing.headers.get("Origin"))
    if not viewing.is_seated and bans.is_banned(world, stream.tenant, peer=viewing.peer, page=page):
        return Refused(Reason.FORBIDDEN, "access from here is denied")
    if viewing.name.endswith(PICTURES) or not is_guarded(stream, rooms.switches):
        return None
    shown = shown_in(viewing.query)
    wish = _Wish(viewing=viewing, stream=stream, names=_names(viewing, stream, rooms), page=page)
    paper = next((shown[name] for name in JWT if name in shown), None)
    if paper is not None:
        return _no(_against_ticket(paper, wish, rooms))
    if "token" in shown:
        return _no(_against_bond(shown, wish, world))
    return _no("this stream is secure: show a token")


def secret_of(world: World, tenant: str) -> str:
    """Give what an organisation's secure tokens are made with."""
    return f"{key_pair(world, CLOUD, 'sts', algorithm='HS256').private}:{tenant}"


def _against_ticket(paper: str, wish: _Wish, rooms: Rooms) -> str | None:
    world, algorithm = rooms.world, rooms.switches.token_algorithm
    pair = tickets.pair_for(world, algorithm)
    try:
        ticket = read_claims(verify(paper, pair.public, algorithm, now=world.clock.now()))
    except UntimelyError as error:
        ticket = read_claims(error.claims)
        if not wish.viewing.is_seated or ticket.disconnects:  # who was let in may stay, unless the token says otherwise
            return str(error)
    except TokenError as error:
        return f"the token proves nothing: {error}"
    if tickets.is_withdrawn(world, ticket):
        return "the token was taken back"
    if not tickets.opens(ticket, tenant=wish.stream.tenant, group=wish.stream.id, names=wish.names):
        return "the token is for another stream"
    if ticket.ip and ticket.ip != wish.viewing.peer:
        return "the token is for another address"
    if ticket.domain and not _is_of(wish.page, ticket.domain):
        return "the token is for another page"
    return None


def _against_bond(shown: Mapping[str, str], wish: _Wish, world: World) -> str | None:
    options = shown.get("options", "0")
    mask = Binds(int(options) & int(~Binds(0))) if options.isdecimal() and len(options) < 4 else Binds(0)
    is_organisation = Binds.ORGANISATION in mask
    subjects = {organisation_of(world, wish.stream.tenant).hash} if is_organisation else wish.names
    now, secret = (world.clock.now() if not wish.viewing.is_seated else 0.0), secret_of(world, wish.stream.tenant)
    for subject in subjects:
        bond = Bond(
            subject=subject,
            is_organisation=is_organisation,
            expires=shown.get("expires", "") if Binds.EXPIRES in mask else "",
            ip=(wish.viewing.peer or "") if Binds.IP in mask else "",
            referer=(wish.page or "") if Binds.REFERER in mask else "",
            tag=shown.get("tag", "") if Binds.TAG in mask else "",
        )
        if bond.options == mask and is_good(bond, shown["token"], secret, now=now):
            return None
    return "the secure token is not good here"


def _names(viewing: Viewing, stream: Stream, rooms: Rooms) -> frozenset[str]:
    """The names of what is watched: the one that is asked for, or that of the rendition, or all of a group's."""
    qualities = rules.group_of(rooms.world, stream.id).qualities
    every = {quality.name: variant(quality, rooms.media_profile) for quality in qualities}
    asked = [name for name in viewing.query.get(STREAM, ()) if name in every]
    folder = viewing.name.partition("/")[0]
    return frozenset(asked or [name for name, where in every.items() if where == folder] or every)


def _is_of(page: str | None, domain: str) -> bool:
    wanted = domain.lower().removeprefix("*.")
    return page is not None and (page.lower() == wanted or page.lower().endswith(f".{wanted}"))


def _no(words: str | None) -> Refused | None:
    return None if words is None else Refused(Reason.FORBIDDEN, words)
