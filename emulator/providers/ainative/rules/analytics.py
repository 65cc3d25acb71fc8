"""What came of a stream and of a channel, computed from who watched, who said something, and what was broadcast."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from offair.emulator.core.streams import STREAMS
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import BONDS
from offair.emulator.providers.ainative.nouns.shows import CATEGORIES, SHOWS, Category, Show
from offair.emulator.providers.ainative.nouns.talk import REMARKS, WATCHES, Remark
from offair.emulator.providers.ainative.rules import numbers, watching
from offair.emulator.providers.ainative.rules.numbers import Stint
from offair.emulator.providers.ainative.rules.people import DAY, weekday
from offair.emulator.providers.ainative.rules.streams import phase
from offair.emulator.providers.ainative.switches import Switches

HOUR = 3_600
SHOWN = 10  # of the most active


@dataclass(frozen=True, slots=True, kw_only=True)
class Airing:
    """A stream from its beginning to its end, or until now, with everybody who watched within it."""

    show: Show
    title: str
    category: Category | None
    is_over: bool
    begins: float
    ends: float
    stints: tuple[Stint, ...]
    remarks: tuple[Remark, ...]

    @property
    def seconds(self) -> float:
        """How long it has lasted; nothing where the clock was put back meanwhile."""
        return max(0.0, self.ends - self.begins)

    @property
    def watched(self) -> float:
        """How many seconds of it were watched in all."""
        return numbers.seconds(self.stints)

    @property
    def peak(self) -> int:
        """The most that watched at once."""
        return max(self.show.peak, numbers.most_at_once(self.stints, self.begins, self.ends + 1))

    @property
    def average(self) -> float:
        """How many watched on average."""
        return round(self.watched / self.seconds, 2) if self.seconds else float(len(self.stints))


def broadcast(world: World, show: Show, switches: Switches) -> Airing:
    """Gather a stream; one that was never live has no length."""
    stream, now = world.get(STREAMS, show.id), world.clock.now()
    begins = show.created_at if show.started_at is None else show.started_at
    ends = begins if show.started_at is None else show.ended_at or now
    counted = watching.means_of(switches)
    stints = [
        Stint(
            who=watch.who, came=watch.came_at, left=ends if watch.left_at is None else watch.left_at,
            is_known=watch.is_known, country=watch.country,
        )
        for watch in world.find(WATCHES, stream=show.id)
        if watch.means in counted
    ]  # fmt: skip
    return Airing(
        show=show,
        title=stream.name if stream else "",
        category=world.get(CATEGORIES, show.category) if show.category else None,
        is_over=phase(stream) == "ended" and show.started_at is not None,
        begins=begins,
        ends=ends,
        stints=tuple(numbers.clipped(stints, begins, ends)) if show.started_at is not None else (),
        remarks=tuple(world.find(REMARKS, stream=show.id)),
    )


def channel(world: World, person: str, switches: Switches) -> list[Airing]:
    """Gather all streams of somebody that were ever live, in their order."""
    found = [broadcast(world, show, switches) for show in world.find(SHOWS, person=person)]
    return sorted((one for one in found if one.show.started_at is not None), key=lambda one: one.begins)


def chatters(remarks: Sequence[Remark]) -> list[tuple[str, int]]:
    """Count who said how much, the most first."""
    return Counter(one.username for one in remarks).most_common(SHOWN)


def strangers(broadcasts: Sequence[Airing]) -> set[str]:
    """Name everybody who watched any of these."""
    return {stint.who for one in broadcasts for stint in one.stints}


def hours(broadcasts: Sequence[Airing]) -> float:
    """Add up how long they lasted."""
    return round(sum(one.seconds for one in broadcasts) / HOUR, 2)


def mean_viewers(broadcasts: Sequence[Airing]) -> float:
    """Tell how many watched them on average, each by its length."""
    length = sum(one.seconds for one in broadcasts)
    return round(sum(one.watched for one in broadcasts) / length, 2) if length else 0.0


def new_followers(world: World, person: str, days: int) -> tuple[list[tuple[float, int, int]], int]:
    """Count followers day by day, new ones and all, and how many there were before."""
    since = _first_day(world.clock.now(), days)
    moments = [bond.created_at for bond in world.find(BONDS, followed=person)]
    earlier = total = sum(moment < since for moment in moments)
    rows = []
    for day in range(days):
        begins = since + day * DAY
        fresh = sum(begins <= moment < begins + DAY for moment in moments)
        total += fresh
        rows.append((begins, fresh, total))
    return rows, earlier


def viewers_by_day(world: World, broadcasts: Sequence[Airing], days: int) -> list[tuple[float, int, int, float]]:
    """Count day by day who began to watch, how many they were, and the mean of that day's peaks."""
    since = _first_day(world.clock.now(), days)
    rows = []
    for day in range(days):
        begins = since + day * DAY
        came = [stint for one in broadcasts for stint in one.stints if begins <= stint.came < begins + DAY]
        peaks = [one.peak for one in broadcasts if begins <= one.begins < begins + DAY]
        mean = round(sum(peaks) / len(peaks), 2) if peaks else 0.0
        rows.append((begins, len(came), len({stint.who for stint in came}), mean))
    return rows


def viewers_since(broadcasts: Sequence[Airing], moment: float) -> int:
    """Count how many watched since a moment."""
    return len({stint.who for one in broadcasts for stint in one.stints if stint.left >= moment})


def best_times(broadcasts: Sequence[Airing]) -> list[tuple[int, int, float, int]]:
    """Give days of the week and hours (UTC) at which streams began, by how many watched on average."""
    grouped: dict[tuple[int, int], list[Airing]] = defaultdict(list)
    for one in broadcasts:
        grouped[weekday(one.begins), int(one.begins) % DAY // HOUR].append(one)
    rows = [(day, hour, mean_viewers(found), len(found)) for (day, hour), found in grouped.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def by_category(broadcasts: Sequence[Airing]) -> list[tuple[Category | None, list[Airing]]]:
    """Group streams by their category, the most streams first."""
    grouped: dict[str, list[Airing]] = defaultdict(list)
    for one in broadcasts:
        grouped[one.category.id if one.category else ""].append(one)
    return sorted(((found[0].category, found) for found in grouped.values()), key=lambda row: -len(row[1]))


def _first_day(now: float, days: int) -> float:
    return now - now % DAY - (days - 1) * DAY
