"""A publication: one broadcast of a stream, and how patient a cloud is with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from offair.emulator.core.streams import State
from offair.emulator.core.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient a cloud is. Real seconds, but for ``longest``, which is cloud seconds by kind of stream.

    ``grace`` is how long a lost encoder may stay away, ``patience`` how long a stream that starts may wait
    for its first input, ``rest`` the state in which a finished stream comes to rest.
    """

    grace: float = 10.0
    patience: float = 30.0
    longest: Mapping[str, float] | None = None
    rest: State = State.IDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A running broadcast of a stream; ``is_connected`` is false while its encoder is away.

    ``query`` is what the encoder said behind a ``?`` in the stream's name (``passcode=…``), for a cloud that judges it.
    """

    id: str
    tenant: str
    stream: str
    protocol: str
    peer: str
    began_at: float
    is_connected: bool = True
    query: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a broadcast came to, reconnects included: bytes that its encoder sent, and bytes of all its renditions."""

    bytes_in: int = 0
    bytes_out: int = 0


PUBLICATIONS = Table("publications", Publication, indexed=("tenant", "stream"))
