"""Numbers that do not end where bytes do."""

from offair.emulator.media.formats.boxes import MalformedMediaError


class Bits:
    """Reads bits, the highest of each byte first, and never beyond the end; ``what`` names it in an error."""

    def __init__(self, content: bytes, what: str) -> None:
        self._value = int.from_bytes(content)
        self._left = 8 * len(content)
        self._what = what

    def take(self, count: int) -> int:
        """Read a number of so many bits."""
        if count > self._left:
            raise MalformedMediaError(f"the {self._what} ends too early")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def golomb(self) -> int:
        """Read an Exp-Golomb code ue(v): ITU-T H.264, 9.1."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise MalformedMediaError(f"the {self._what} has a number of more than 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)
