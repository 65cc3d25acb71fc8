"""Which tables the core has: what tenants did, which a reset forgets, and who and what they are."""

from typing import Any

from offair.emulator.core.faults.calls import FAULTS
from offair.emulator.core.faults.players import HELD_ANSWERS, PLAYBACK_FAULTS
from offair.emulator.core.limits import ALLOWANCES, WINDOWS
from offair.emulator.core.publication import PUBLICATIONS
from offair.emulator.core.recordings import RECORDINGS
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Table
from offair.emulator.core.tenants import CREDENTIALS, TENANTS
from offair.emulator.core.tokens import KEY_PAIRS

PASSING: tuple[Table[Any], ...] = (FAULTS, WINDOWS, ALLOWANCES, PLAYBACK_FAULTS, HELD_ANSWERS)
LASTING: tuple[Table[Any], ...] = (TENANTS, CREDENTIALS, KEY_PAIRS, STREAMS, PUBLICATIONS, RECORDINGS)
