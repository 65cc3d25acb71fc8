"""Every identifier and secret comes from here, so that a seed makes a whole run repeatable.

This is the only module that makes randomness.
"""

import hashlib
import os
import re
import string
from collections.abc import Callable

ALPHANUMERIC = string.ascii_letters + string.digits
BYTE = 256
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def as_written(text: str) -> str:
    """Read an id that somebody gives us: a UUID in either case is the one that we wrote (RFC 9562, section 4)."""
    return text.lower() if UUID.fullmatch(text) else text


class Ids:
    """A source of bytes: the operating system's, or a seed and a counter that lives with the rest of the state.

    ``draw`` gives 1, 2, 3, … and must go on counting after a restart; otherwise a seeded emulator with kept
    state would hand out an id twice.
    """

    def __init__(self, seed: int | None, draw: Callable[[], int]) -> None:
        self._seed = seed
        self._draw = draw

    def random_bytes(self, length: int) -> bytes:
        """Make ``length`` bytes."""
        if self._seed is None:
            return os.urandom(length)
        key = f"{self._seed}:{self._draw()}".encode()
        return hashlib.shake_256(key).digest(length)

    def uuid(self) -> str:
        """Make a version 4 UUID (RFC 9562)."""
        digits = self.random_bytes(16).hex()
        variant = "89ab"[int(digits[16], 16) % 4]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def token(self, length: int = 32) -> str:
        """Make ``length`` hexadecimal digits."""
        return self.random_bytes((length + 1) // 2).hex()[:length]

    def letters(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Make ``length`` characters of an alphabet of at most 256, each as likely as the others."""
        fair = BYTE - BYTE % len(alphabet)  # a byte above would favour the alphabet's beginning
        made = ""
        while len(made) < length:
            made += "".join(alphabet[byte % len(alphabet)] for byte in self.random_bytes(2 * length) if byte < fair)
        return made[:length]
