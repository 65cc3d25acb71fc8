"""Categories and tags: the shelves that a stream may stand on, and how they are found."""

import hashlib
import re

from offair.emulator.core.problems import Missing
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES, WORDS, Category, Word

DOTS = "..."
FOUNDED = 1_735_689_600.0  # the shelves are older than any stream: 2025-01-01
# slug, name, what is on it, and the slug of the one above. The ids are of the slugs, but for the one that is published.
KNOWN_IDS = {"technology": "7a2f3c80-e11b-4d8a-9e3c-1f2a3b4c5d6e"}
SEEDED: tuple[tuple[str, str, str, str | None], ...] = (
    ("technology", "Technology", "Programming, engineering, and tech content", None),
    ("web-development", "Web Development", "Sites and services, front to back", "technology"),
    ("web-dev", "Web Dev", "Building for the web, live", "web-development"),
    ("nextjs", "Next.js", "React on the server and in the browser", "web-development"),
    ("typescript", "TypeScript", "Types for JavaScript", "web-development"),
    ("ai-ml", "AI & ML", "Models, data and what can be made of them", "technology"),
    ("ai-coding", "AI Coding", "Programming with an assistant", "ai-ml"),
    ("vibe-coding", "Vibe Coding", "Describing programs until they work", "ai-ml"),
    ("ai-native-development", "AI-Native Development", "Products that are built around models", "ai-ml"),
    ("python", "Python", "The language and its libraries", "technology"),
    ("rust", "Rust", "Systems without surprises", "technology"),
    ("devops", "DevOps", "Shipping, running and watching software", "technology"),
    ("web3", "Web3", "Chains and contracts", "technology"),
    ("mobile", "Mobile Development", "Apps, and what they run on", "technology"),
    ("mobile-dev", "Mobile Dev", "Apps for phones", "mobile"),
    ("open-source", "Open Source", "Built where everybody can look and help", "technology"),
    ("security", "Security", "Breaking things so that others cannot", "technology"),
    ("game-dev", "Game Dev", "Making games", None),
    ("music", "Music", "Playing and producing", None),
    ("talk", "Just Talking", "People and their audience", None),
    ("education", "Education", "Lessons and lectures", None),
)


def made_id(*words: str) -> str:
    """Make an id that is the same in every world, of some words."""
    digits = hashlib.sha256("/".join(words).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def furnish(world: World) -> None:
    """Have the categories that are there before anybody comes."""
    ids = {slug: KNOWN_IDS.get(slug) or made_id("category", slug) for slug, *_ in SEEDED}
    for slug, name, description, above in SEEDED:
        world.put(
            CATEGORIES,
            Category(
                id=ids[slug], name=name, slug=slug, description=description, parent=ids[above] if above else None,
                created_at=FOUNDED,
            ),
        )  # fmt: skip


def categories(world: World, *, parent: str | None = None) -> list[Category]:
    """List all categories, or those right below one."""
    return world.find(CATEGORIES, parent=whole_id(world, parent)) if parent else world.find(CATEGORIES)


def whole_id(world: World, category: str) -> str:
    """Give the whole id of a category that is cut short with dots, as the documents' own snippets have it."""
    if not category.endswith(DOTS):
        return category
    beginning = category.removesuffix(DOTS)
    return next((one.id for one in world.find(CATEGORIES) if beginning and one.id.startswith(beginning)), category)


def by_slug(world: World, slug: str) -> Category:
    """Find a category by its slug; Missing when there is none."""
    found = world.find(CATEGORIES, slug=slug)
    if not found:
        raise Missing("Category not found")
    return found[0]


def check_category(world: World, category: str | None) -> str | None:
    """Let a category pass that is there, or none; Missing for another."""
    known = whole_id(world, category) if category is not None else None
    if known is not None and world.get(CATEGORIES, known) is None:
        raise Missing("Category not found")
    return known


def below(world: World, category: str) -> set[str]:
    """Give a category and all that stand below it."""
    found, fresh = {category}, [category]
    while fresh:
        fresh = [one.id for above in fresh for one in categories(world, parent=above) if one.id not in found]
        found.update(fresh)
    return found


def slug_of(name: str) -> str:
    """Write a tag as it is compared."""
    return re.sub(r"[^\w]+", "-", name.strip().lower()).strip("-")


def use_words(world: World, names: list[str]) -> tuple[str, ...]:
    """Enter tags, and give their slugs; empty ones and doubles are left out."""
    slugs: dict[str, str] = {}
    for name in names:
        if slug := slug_of(name):
            slugs.setdefault(slug, name.strip())
    for slug, name in slugs.items():
        if not world.count(WORDS, slug=slug):
            world.put(WORDS, Word(id=made_id("tag", slug), name=name, slug=slug))
    return tuple(slugs)


def word(world: World, slug: str) -> Word:
    """Give a tag by its slug."""
    found = world.find(WORDS, slug=slug)
    return found[0] if found else Word(id=made_id("tag", slug), name=slug, slug=slug)
