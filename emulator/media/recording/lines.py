"""The lines to a bucket, which are cut when nothing moves: the library's own time-outs begin anew with every byte."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from offair.contracts.wires import Wires
from offair.emulator.core.clock import Deadline

LOOK = 0.5  # seconds between two looks


class Lines:
    """The connections of one client of botocore's, which has no way to end one; a context manager.

    They are cut, and ``were_cut``, once nobody said :meth:`go_on` for so many real seconds.
    """

    def __init__(self, client: Any, patience: float) -> None:
        self.were_cut = False
        self._patience = patience
        self._due = Deadline(patience)
        self._wires = Wires()
        self._is_over = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="offair-lines")
        self._watching: Future[None] | None = None
        manager = client._endpoint.http_session._manager  # noqa: SLF001 - there is no other way to it
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: self._wires.noted(pool) for scheme, pool in pools.items()}

    def __enter__(self) -> Self:
        """Begin to look."""
        self._due = Deadline(self._patience)
        self._watching = self._pool.submit(self._watch)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look no more."""
        self._is_over.set()
        self._pool.shutdown()
        if self._watching is not None:
            self._watching.result()

    def go_on(self) -> None:
        """Hear that something moved."""
        self._due = Deadline(self._patience)

    def _watch(self) -> None:
        while not self._is_over.wait(min(LOOK, self._patience)):
            if self._due.is_over:
                self.were_cut = True
                self._wires.cut()
