"""Which of a client's calls come one after the other, and which side by side, from threads or tasks of its own."""

from collections import defaultdict
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


def crowds(calls: Iterable[Heard]) -> Mapping[str, int]:
    """Tell of each operation how many ask it for the same at once, by its name."""
    by: dict[tuple[str, str, bytes], list[float]] = defaultdict(list)
    for call in calls:
        by[call.name, call.exchange.path, call.exchange.request_body].append(call.at)
    most: dict[str, int] = defaultdict(int)
    for (name, _, _), moments in by.items():
        largest = max(sum(0 <= other - one < AT_ONCE for other in moments) for one in moments)
        most[name] = max(most[name], largest)
    return most
