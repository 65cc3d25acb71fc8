"""Any text as an SDP offer: it is answered within bounds, or refused as it may be."""

from pathlib import Path

from offair.emulator.core.problems import Problem
from offair.emulator.media.ingest.whip.answer import Credentials, write
from offair.emulator.media.ingest.whip.offer import read

OURS = Credentials(ufrag="ours", password="word", fingerprint="AA")
OFFERS = Path(__file__).parents[3] / "tests/media/ingest/whip/offers"
SEEDS = tuple(path.read_bytes()[:4000] for path in sorted(OFFERS.glob("*.sdp")))


def consume(data: bytes) -> None:
    """What an operation hands over is text."""
    try:
        offer = read(data.decode("utf-8", "replace"))
    except Problem:
        return
    answer = write(offer, OURS, number=1, candidates=[("127.0.0.1", 1)])
    assert 1 <= len(offer.tracks) <= 2
    assert len(answer) < 4 * len(data) + 2000
    assert answer.count("\r\nm=") == len(offer.sections)
