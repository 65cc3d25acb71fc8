"""What is kept of many kinds in bounded room: where it is full, the kind that has most of it gives way."""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable


class Shares:
    """Numbers and sizes of what is kept, by whose share each is.

    Whoever comes a million times pushes out what is of its own kind, and nothing of another that has less.
    """

    def __init__(self) -> None:
        self._kept: defaultdict[Hashable, deque[tuple[int, int]]] = defaultdict(deque)
        self._sizes: Counter[Hashable] = Counter()
        self._count = self._size = 0

    def take(self, share: Hashable, number: int, size: int, *, most: int, largest: int) -> list[int]:
        """Keep one more, which has room in any case; give the numbers of what goes for it, the oldest of its share.

        Kept are ``most``, and ``largest`` bytes.
        """
        gone = []
        while self._count and (self._count >= most or self._size + size > largest):
            gone.append(self._drop(is_crowded=self._count >= most))
        self._kept[share].append((number, size))
        self._add(share, 1, size)
        return gone

    def _drop(self, *, is_crowded: bool) -> int:
        share = max(self._kept, key=lambda one: len(self._kept[one]) if is_crowded else self._sizes[one])
        number, size = self._kept[share].popleft()
        self._add(share, -1, -size)
        return number

    def _add(self, share: Hashable, count: int, size: int) -> None:
        self._count += count
        self._size += size
        self._sizes[share] += size
