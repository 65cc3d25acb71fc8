"""Which of a client's calls come one after the other, and which side by side, from threads or tasks of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from offair.contracts.client.tape import Heard

AT_ONCE = 0.1  # cloud seconds


def again(calls: Iterable[Heard]) -> Iterator[list[Heard]]:
    """Put the calls together that ask for the same, one after the other; what is asked side by side is no repetition.

    A line goes on with the first call that was asked after its last one was answered.
    """
    by: dict[tuple[str, bytes], list[list[Heard]]] = defaultdict(list)
    for call in calls:
        lines = by[call.exchange.path, call.exchange.request_body]
        free = next((line for line in lines if call.follows(line[-1])), None)
        if free is None:
            lines.append([call])
        else:
            free.append(call)
    return chain.from_iterable(by.values())


def in_haste(calls: Iterable[Heard]) -> Mapping[str, int]:
    """Tell of each operation how often it is asked for the same within a moment, by its name."""
    by: dict[tuple[str, str, bytes], list[float]] = defaultdict(list)
    for call in calls:
        by[call.name, call.exchange.path, call.exchange.request_body].append(call.at)
    return _most((name, max(_near(one, moments) for one in moments)) for (name, _, _), moments in by.items())


def side_by_side(calls: Iterable[Heard]) -> Mapping[str, int]:
    """Tell of each operation how many ask it for the same before the first of them is answered, by its name."""
    lines = Counter((line[0].name, line[0].exchange.path, line[0].exchange.request_body) for line in again(calls))
    return _most((name, count) for (name, _, _), count in lines.items())


def _near(one: float, moments: Iterable[float]) -> int:
    return sum(0 <= other - one < AT_ONCE for other in moments)


def _most(counts: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    most: dict[str, int] = {}
    for name, count in counts:
        most[name] = max(count, most.get(name, 0))
    return most
