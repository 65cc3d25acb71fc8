"""A small world that is not empty: streamers with pasts, followers, plans, and some who are live. A seed repeats it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offair.emulator.core.moves import move
from offair.emulator.core.streams import STREAMS, State
from offair.emulator.core.tenants import TENANTS, Tenant, enrol
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.providers.ainative.nouns.films import FILMS, Film
from offair.emulator.providers.ainative.nouns.people import CLOUD, Person
from offair.emulator.providers.ainative.nouns.shows import SHOWS, Show
from offair.emulator.providers.ainative.nouns.talk import WATCHES, Watch
from offair.emulator.providers.ainative.rules import accounts, chat, people, shelves, streams
from offair.emulator.providers.ainative.rules.streams import Wish

NAME = "the made-up people"
HOUR, DAY = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One of the made-up people: what they stream, how it is called now and was before, with which tools.

    ``tools`` are tags as the web client has them (``lang:rust``); ``viewers`` is how many watch it live.
    """

    username: str
    name: str
    bio: str
    shelf: str
    title: str
    former: str
    tools: tuple[str, ...]
    viewers: int = 0


CAST = (
    Role(username="ada", name="Ada Okafor", bio="Compilers before breakfast.", shelf="rust",
         title="A borrow checker from scratch", former="Parsing by hand", tools=("lang:rust",), viewers=41),
    Role(username="bruno", name="Bruno Keller", bio="Front ends, mostly finished.", shelf="nextjs",
         title="Streaming pages", former="A form in ten states", tools=("lang:typescript", "fw:nextjs"),
         viewers=27),
    Role(username="chen", name="Chen Wei", bio="Small models, large coffee.", shelf="ai-ml",
         title="Fine-tuning on a laptop", former="What attention does", tools=("lang:python",), viewers=63),
    Role(username="dora", name="Dora Lindqvist", bio="I run what others write.", shelf="devops",
         title="A cluster in a shoebox", former="Logs are a story", tools=("lang:go",)),
    Role(username="emil", name="Emil Haddad", bio="Learning in public.", shelf="python",
         title="Types for people in a hurry", former="A CLI in an hour", tools=("lang:python",)),
    Role(username="fatou", name="Fatou Diop", bio="Games about boats.", shelf="game-dev",
         title="Water that looks wet", former="Collision without tears", tools=("lang:cpp",), viewers=12),
    Role(username="goran", name="Goran Ilic", bio="Describing programs until they work.", shelf="vibe-coding",
         title="An app before lunch", former="It compiles", tools=("lang:javascript", "fw:react")),
    Role(username="hana", name="Hana Sato", bio="Questions welcome.", shelf="talk",
         title="Office hours", former="Why I left the cloud", tools=()),
)  # fmt: skip
LINES = ("hello from the back row", "can you make the font larger?", "this is the part that I never understood",
         "nice", "what about error handling?", "greetings from Lisbon", "that is a clever trick")  # fmt: skip
COUNTRIES = ("US", "DE", "BR", "IN", "JP", "GB")


def populate(rooms: Rooms) -> None:
    """Make the people and what they did; a state that has them already is left as it is."""
    world = rooms.world
    if any(tenant.name == NAME for tenant in world.find(TENANTS, cloud=CLOUD)):
        return
    tenant = enrol(world, Tenant(id=world.ids.uuid(), cloud=CLOUD, name=NAME))
    cast = [_enter(world, tenant, role) for role in CAST]
    for place, (person, role) in enumerate(zip(cast, CAST, strict=True)):
        _befriend(world, cast, place)
        _plan(world, person, role.shelf, place)
        _have_streamed(world, role, cast, place)
        if role.viewers:
            _go_live(world, role, person, cast)


def _enter(world: World, tenant: Tenant, role: Role) -> Person:
    return accounts.enter(
        world, tenant.id, username=role.username, email=f"{role.username}@example.org", password=world.ids.token(16),
        full_name=role.name, bio=role.bio, is_verified=True,
    )  # fmt: skip


def _befriend(world: World, cast: Sequence[Person], place: int) -> None:
    for step in (1, 2, 5)[: 1 + place % 3]:
        people.follow(world, cast[place], cast[(place + step) % len(cast)])


def _plan(world: World, person: Person, slug: str, place: int) -> None:
    hour = 9 + place
    times = {"day": place % 7, "begins": f"{hour:02d}:00", "ends": f"{hour + 2:02d}:00"}
    wish = {**times, "title": f"{person.display_name}, weekly", "category": shelves.by_slug(world, slug).id}
    people.plan(world, person, {**wish, "is_weekly": True})


def _wish(world: World, role: Role, title: str) -> Wish:
    category = shelves.by_slug(world, role.shelf)
    tags = (category.name, "live", *role.tools)
    return Wish(title=title, description=category.description, category=category.id, tags=tags)


def _have_streamed(world: World, role: Role, cast: Sequence[Person], place: int) -> None:
    person, title = cast[place], role.former
    begins = world.clock.now() - (place + 1) * DAY - 2 * HOUR
    ends, peak = begins + HOUR + 300 * place, 6 + 3 * place
    show = streams.make(world, person, _wish(world, role, title), at=begins - 600)
    stream = world.get(STREAMS, show.id)
    assert stream is not None  # noqa: S101 - it was just made
    move(world, stream, State.ENDED, reason="a made-up past")
    over = world.put(SHOWS, replace(show, started_at=begins, ended_at=ends, peak=peak))
    for number in range(peak):
        who = cast[(place + number) % len(cast)].id if number < len(cast) else f"guest-{show.id[:8]}-{number}"
        _watched(world, over, who, (begins + 30 * number, ends - 20 * number))
    _talk(world, over, cast, begins, ends)
    world.put(
        FILMS,
        Film(
            id=world.ids.uuid(), tenant=show.tenant, person=person.id, title=title, video=world.ids.token(32),
            created_at=ends, ready_at=ends, stream=show.id, description=show.description, seconds=ends - begins,
            views=4 * peak,
        ),
    )  # fmt: skip


def _watched(world: World, show: Show, who: str, stay: tuple[float, float]) -> None:
    came, left = stay
    watch = Watch(
        id=world.ids.token(24), tenant=show.tenant, stream=show.id, who=who, means="socket",
        is_known=not who.startswith("guest-"), country=COUNTRIES[int(came) // 30 % len(COUNTRIES)], came_at=came,
        left_at=max(left, came), is_there=False,
    )  # fmt: skip
    world.put(WATCHES, watch)


def _talk(world: World, show: Show, cast: Sequence[Person], begins: float, ends: float) -> None:
    step = (ends - begins) / (len(LINES) + 1)
    for number, line in enumerate(LINES, start=1):
        chat.say(world, show, cast[number % len(cast)], line, at=begins + step * number)


def _go_live(world: World, role: Role, person: Person, cast: Sequence[Person]) -> None:
    now = world.clock.now()
    show = streams.make(world, person, _wish(world, role, role.title), at=now - 30 * 60.0)
    world.put(SHOWS, replace(show, started_at=now - 25 * 60.0, peak=role.viewers, staged_viewers=role.viewers))
    streams.start(world, streams.find(world, show.id))
    _talk(world, show, cast, now - 20 * 60.0, now)
