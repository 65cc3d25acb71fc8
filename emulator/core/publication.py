"""A publication: one broadcast of a stream, and how patient a cloud is with it."""

from dataclasses import dataclass

from offair.emulator.core.streams import State
from offair.emulator.core.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient a cloud is, and in which states a broadcast ends.

    ``grace`` is how many real seconds a lost encoder may stay away, ``patience`` how many a stream that starts may
    wait for its first input. A broadcast that was stopped or said goodbye ends in ``rest``, one whose encoder did not
    come back in ``gives_up``, one whose media failed in ``fails``. Every ``beat`` cloud seconds a broadcast that goes
    on is told of; None is never.
    """

    grace: float = 10.0
    patience: float = 30.0
    rest: State = State.IDLE
    gives_up: State = State.ERRORED
    fails: State = State.ERRORED
    beat: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A running broadcast of a stream; ``is_connected`` is false while its encoder is away.

    To one that ``is_expected`` no encoder has come yet: somebody called it live beforehand. One that ``is_simulated``
    has no media: a test moves it. ``app`` is the application that the encoder named and ``query`` what it said behind a
    ``?`` in the stream's name (``passcode=…``), for a cloud that judges it.
    """

    id: str
    tenant: str
    stream: str
    protocol: str
    peer: str
    began_at: float
    is_connected: bool = True
    app: str = ""
    query: str = ""
    is_simulated: bool = False
    is_expected: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What a broadcast came to, reconnects included: bytes that its encoder sent, and bytes of all its renditions."""

    bytes_in: int = 0
    bytes_out: int = 0


PUBLICATIONS = Table("publications", Publication, indexed=("tenant", "stream"))
