"""Reading a recording, whatever wrote it: an HTTP archive, a VCR cassette, or the stand-in's journal."""

from pathlib import Path

from offair.contracts.exchange import Exchange
from offair.contracts.traffic.cassettes import read_cassette
from offair.contracts.traffic.har import Attached, is_har, read_har
from offair.contracts.traffic.journals import is_journal, read_journal
from offair.contracts.traffic.packing import unpacked
from offair.contracts.traffic.unread import UnreadError

HEAD = 4096  # bytes that tell what a file is
KNOWN = "an HTTP archive (HAR), a VCR cassette, or a journal (offair logs --json)"


def read_traffic(path: Path | str) -> list[Exchange]:
    """Read what was exchanged, in the order in which it was asked; ``path`` of each is the whole URL.

    What got no answer is left out. UnreadError says in a sentence what is wrong with the file, and where.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadError(f"{file} cannot be read: {error.strerror}") from error
    try:
        with unpacked(file, content) as (plain, attached):
            del content  # a hundred megabytes need not be there twice
            exchanges = _read(plain, attached)
    except UnreadError as error:
        raise UnreadError(f"{file} {error}") from error
    if not exchanges:
        raise UnreadError(f"{file} has no request that was answered")
    return sorted(exchanges, key=lambda one: one.at or 0.0)  # stable: what has no time stays where it was


def _read(content: bytes, attached: Attached) -> list[Exchange]:
    head = content[:HEAD].lstrip()
    if not head:
        raise UnreadError(f"is empty; give it {KNOWN}")
    if is_har(head):
        return read_har(content, attached)
    if is_journal(head):
        return read_journal(content)
    found = read_cassette(content)
    if found is None:
        raise UnreadError(f"is none of what can be read: {KNOWN}")
    return found
