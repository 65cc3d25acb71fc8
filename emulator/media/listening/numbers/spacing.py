"""How far apart key frames are, by the encoder's own clock."""


class Spacing:
    """Hears when each key frame is shown; ``seconds`` lie between the latest two, None before there are two.

    Where time runs backwards, as after a reconnect, it begins anew and keeps what it knew.
    """

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._latest: float | None = None

    def mark(self, at: float) -> None:
        """Hear of a key frame, in seconds of media."""
        if self._latest is not None and at > self._latest:
            self.seconds = round(at - self._latest, 3)
        self._latest = at
