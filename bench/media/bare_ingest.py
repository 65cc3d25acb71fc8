"""Our ingest alone, for ``ingest_cost``: it admits everybody, drops what comes, and prints its RTMP and SRT ports."""

import os
import signal

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.edge import Edge
from offair.emulator.media.ingest.reception import Connection, Gulp


class Drain:
    """Lets media run away."""

    def feed(self, gulp: Gulp) -> None:
        """Drop it."""

    def end(self, *, is_clean: bool) -> None:
        """Nothing was kept."""


class OpenDoor:
    """Admits everybody, on the terms of an ordinary stream."""

    def receive(self, _knock: Knock, connection: Connection) -> Drain:
        """Seat at the drain."""
        connection.relax()
        return Drain()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with Edge("127.0.0.1", 0, OpenDoor(), random_bytes=os.urandom, on_problem=print, srt_port=0) as edge:
        print(edge.port, edge.srt_port, flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
