"""What every ingest protocol says when its peer breaks the rules."""


class ProtocolError(ValueError):
    """The peer's bytes break the protocol; the message says what came, and the connection cannot go on."""
