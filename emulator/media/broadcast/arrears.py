"""How far an engine is behind its encoder, and when that is worth a word: when it hurts, and when it is over. Pure."""

BEHIND, CAUGHT_UP = 2.0, 0.5  # seconds: two of them are about a segment
LIGHTER = {
    "faithful": "use the media profile light (or passthrough), fewer or smaller rungs, or a faster preset",
    "light": "use the media profile passthrough, or fewer streams at the same time",
    "passthrough": "run fewer streams at the same time",
}


class Arrears:
    """Notes for how long each piece of media waited, under a media profile."""

    def __init__(self, profile: str) -> None:
        self._profile = profile
        self._is_told = False
        self.seconds = 0.0

    def note(self, waited: float) -> str | None:
        """Take a piece's wait in seconds; words when it begins, or ceases, to be too long."""
        self.seconds = waited
        if waited >= BEHIND and not self._is_told:
            self._is_told = True
            step = LIGHTER.get(self._profile, LIGHTER["faithful"])
            return f"this machine is too slow: the stream is {waited:.1f} s behind its encoder; {step}"
        if waited <= CAUGHT_UP and self._is_told:
            self._is_told = False
            return "the stream has caught up with its encoder"
        return None
