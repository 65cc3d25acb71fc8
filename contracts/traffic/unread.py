"""Why a recording cannot be read or judged, in a sentence."""


class UnreadError(ValueError):
    """A file is no recording, or only half of one; or it has nothing of the cloud."""
