"""Discovery: what trends and rises, searches, categories and tags."""

from collections import Counter
from collections.abc import Sequence

from offair.emulator.provider.call import Call
from offair.emulator.provider.reply import Reply
from offair.emulator.providers.ainative.nouns.people import PEOPLE, Person
from offair.emulator.providers.ainative.nouns.shows import Category
from offair.emulator.providers.ainative.operations.register import operation, user_of
from offair.emulator.providers.ainative.rules import search, seeing, shelves
from offair.emulator.providers.ainative.rules.seeing import Seen
from offair.emulator.providers.ainative.wire import people, reading
from offair.emulator.providers.ainative.wire import streams as wire
from offair.emulator.providers.ainative.wire.streams import Shelves

TERMS = 10


def _limit(call: Call, fallback: int = reading.PAGE) -> int:
    return reading.number(call.query, "limit", fallback)


def _some(call: Call, found: Sequence[Seen]) -> Reply:
    return Reply(200, wire.show_streams(found[: _limit(call)], call.addresses, total=len(found)))


@operation("GET /streams/trending")
def trending(call: Call) -> Reply:
    """List what grows fastest."""
    found, limit = seeing.trending(call.world, call.switches), _limit(call)
    return Reply(200, wire.show_trending(found[:limit], call.addresses, limit, total=len(found)))


@operation("GET /streams/rising")
def rising(call: Call) -> Reply:
    """List what is watched by more than one would think."""
    return _some(call, seeing.rising(call.world, call.switches))


@operation("GET /streams/recommended")
def recommended(call: Call) -> Reply:
    """List what the caller may like."""
    return _some(call, seeing.recommended(call.world, call.switches, user_of(call) or ""))


@operation("GET /streams/search")
def search_streams(call: Call) -> Reply:
    """Search streams by title, description, streamer, and tags."""
    text = reading.wanted_text(call.query)
    search.remember(call.world, text)
    wanted, category = reading.wanted_phase(call.query), reading.wanted_category(call.query)
    shelf = shelves.below(call.world, category) if category else None
    since, until = reading.wanted_span(call.query)
    found = [
        one
        for one in seeing.listed(seeing.public(seeing.all_seen(call.world, call.switches), user_of(call)))
        if wanted in {"all", one.phase}
        and (shelf is None or one.show.category in shelf)
        and (since is None or one.show.created_at >= since)
        and (until is None or one.show.created_at <= until)
    ]
    ranked = search.ranked(text, found, _fields)
    page, has_more = people.cut(ranked, reading.paged(call.query))
    return Reply(200, wire.show_found(page, call.addresses, total=len(ranked), has_more=has_more))


def _fields(one: Seen) -> list[tuple[float, str | None]]:
    words = " ".join(word.name for word in one.words)
    names = f"{one.person.username} {one.person.display_name}"
    return [(3, one.stream.name), (2, names), (2, words), (1, one.show.description)]


@operation("GET /streams/search/suggestions")
def suggestions(call: Call) -> Reply:
    """Suggest titles of streams and what others searched for."""
    text = reading.wanted_text(call.query)
    found = seeing.listed(seeing.public(seeing.all_seen(call.world, call.switches), None))
    titles = [one.stream.name for one in search.ranked(text, found, lambda one: [(1, one.stream.name)])]
    said = search.sought(call.world, by=lambda one: one.count, beginning=text)
    return Reply(200, list(dict.fromkeys([*titles, *said]))[: _limit(call, TERMS)])


@operation("GET /streams/search/trending")
def trending_searches(call: Call) -> Reply:
    """List what was searched for last."""
    return Reply(200, search.sought(call.world, by=lambda one: one.last_at)[: _limit(call, TERMS)])


@operation("GET /streams/search/popular")
def popular_searches(call: Call) -> Reply:
    """List what was searched for most."""
    return Reply(200, search.sought(call.world, by=lambda one: one.count)[: _limit(call, TERMS)])


@operation("GET /streams/search/users")
def search_users(call: Call) -> Reply:
    """Search people by name."""

    def names(person: Person) -> list[tuple[float, str | None]]:
        return [(2, person.username), (1, person.display_name), (1, person.full_name)]

    found = search.ranked(reading.wanted_text(call.query), call.world.find(PEOPLE), names)
    return Reply(200, [people.show_listed(person) for person in found[: _limit(call)]])


def _shelves(call: Call) -> Shelves:
    return Shelves(call.world, seeing.live(call.world, call.switches), call.addresses)


@operation("GET /streams/categories")
def list_categories(call: Call) -> Reply:
    """List all categories, or those right below one."""
    shown = _shelves(call)
    found = shelves.categories(call.world, parent=reading.wanted_parent(call.query))
    return Reply(200, [shown.show(category) for category in found])


@operation("GET /streams/categories/tree")
def category_tree(call: Call) -> Reply:
    """Show categories as a tree."""
    return Reply(200, _shelves(call).show_tree())


@operation("GET /streams/categories/trending")
def trending_categories(call: Call) -> Reply:
    """List categories by how many watch."""
    shown = _shelves(call)
    found = sorted(shelves.categories(call.world), key=shown.viewers, reverse=True)
    return Reply(200, [shown.show(category) for category in found[: _limit(call)]])


@operation("GET /streams/categories/trending/")
def trending_categories_slashed(call: Call) -> Reply:
    """List the same where a slash is at the end."""
    return trending_categories(call)


@operation("GET /streams/categories/popular")
def popular_categories(call: Call) -> Reply:
    """List categories by how many streams are live."""
    shown, everything = _shelves(call), shelves.categories(call.world)
    found = sorted(everything, key=lambda category: (len(shown.on(category)), shown.viewers(category)), reverse=True)
    return Reply(200, shown.show_list(found[: _limit(call)], total=len(everything)))


def _category(call: Call) -> Category:
    return shelves.by_slug(call.world, call.path["slug"])


@operation("GET /streams/categories/by-slug/{slug}")
def category_by_slug(call: Call) -> Reply:
    """Show a category with what is live on it."""
    return Reply(200, _shelves(call).show_with_streams(_category(call)))


@operation("GET /streams/categories/by-slug/{slug}/streams")
def category_streams(call: Call) -> Reply:
    """List what is live on a category."""
    return Reply(200, _shelves(call).show_streams_of(_category(call), _limit(call)))


def _used(call: Call) -> list[tuple[str, int]]:
    found = seeing.public(seeing.all_seen(call.world, call.switches), None)
    return Counter(slug for one in found for slug in one.show.tags).most_common()


def _tags(call: Call, fallback: int) -> Reply:
    used = _used(call)[: _limit(call, fallback)]
    return Reply(200, [wire.show_used_word(shelves.word(call.world, slug), uses) for slug, uses in used])


@operation("GET /streams/streams/tags")
def list_tags(call: Call) -> Reply:
    """List the tags of public streams."""
    return _tags(call, 100)


@operation("GET /streams/tags")
def list_tags_once(call: Call) -> Reply:
    """List the same without the doubled word."""
    return _tags(call, 100)


@operation("GET /streams/streams/tags/popular")
def popular_tags(call: Call) -> Reply:
    """List the tags that are used most."""
    return _tags(call, reading.PAGE)


@operation("GET /streams/streams/tags/suggestions")
def tag_suggestions(call: Call) -> Reply:
    """Suggest tags that begin so."""
    text = reading.wanted_text(call.query).lower()
    names = [shelves.word(call.world, slug).name for slug, _ in _used(call)]
    return Reply(200, [name for name in names if name.lower().startswith(text)][: _limit(call, TERMS)])
