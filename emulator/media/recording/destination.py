"""What no bucket can be called, nor what is put there: told before anything is sent, since it will not pass."""

import re
from collections.abc import Iterable

from offair.contracts.terminal import beginning
from offair.emulator.core.streams import Bucket

# of every store's names the loosest (AWS's own are 3 to 63 small letters, digits, dots and hyphens); an ARN leads
# elsewhere than to the endpoint that was named
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
LONGEST_KEY = 1024  # bytes of UTF-8 (Amazon S3 User Guide, Naming Amazon S3 objects)
STEPS = frozenset({".", ".."})  # the same guide: what is read as a path leads out of the bucket
SHOWN = 200  # characters


def find_fault(bucket: Bucket, keys: Iterable[str]) -> str | None:
    """Say what is wrong with a bucket, or with the first wrong key, and what to do; None where nothing is."""
    if not NAME.fullmatch(bucket.name):
        return f"{shown(bucket.name)} is no name of a bucket; letters, digits, dots, hyphens and underscores make one"
    for what, word in (("access key id", bucket.access_key_id), ("storage class", bucket.storage_class or "")):
        if not word.isprintable():
            return f"the {what} has a line break or another control character; give it without"
    return next((fault for key in keys if (fault := _find_fault_of(key))), None)


def shown(words: object) -> str:
    """Write whatever somebody called something, or a library said of it, in a line of a bounded length."""
    return beginning(" ".join(str(words).split()), SHOWN)


def _find_fault_of(key: str) -> str | None:
    if len(key.encode()) > LONGEST_KEY:
        return f"a key of {len(key.encode())} bytes ({shown(key)}); S3 takes {LONGEST_KEY}, so shorten the prefix"
    if not STEPS.isdisjoint(key.split("/")):
        return f"the key {shown(key)} has a step of dots, which leads out of the bucket; give a prefix without"
    return None
