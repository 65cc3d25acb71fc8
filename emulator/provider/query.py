"""What a request asks in its query: names with one value or several, in the order in which they came."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from offair.contracts.digits import is_number


class Query(Mapping[str, str]):
    """A mapping to the first value of each name; :meth:`all` has the others, as in ``tags[]=a&tags[]=b``."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        self.lists: Mapping[str, tuple[str, ...]] = {name: tuple(found) for name, found in values.items()}

    @classmethod
    @lru_cache(maxsize=512)  # callers ask the same again and again, and a query does not change
    def of(cls, text: str) -> "Query":
        """Read the part of a URL behind its ``?``; a name without a value has an empty one."""
        return cls(parse_qsl(text, keep_blank_values=True)) if text else NOTHING

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a name; none where it is not there."""
        return self.lists.get(name, ())

    def whole(self, name: str, fallback: int) -> int:
        """Read a whole number: 1.0 and 1e1 are such too, as in JSON.

        ValueError for a text that is none, and OverflowError for one that JSON cannot say, unless it was judged before.
        """
        found = self.lists.get(name)
        if found is None:
            return fallback
        return int(found[0]) if is_number(found[0]) else int(float(found[0]))

    def __getitem__(self, name: str) -> str:
        return self.lists[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lists)

    def __len__(self) -> int:
        return len(self.lists)


NOTHING = Query()
