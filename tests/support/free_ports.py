"""Ports for who is told one and opens it later; whoever can opens port 0."""

import random
import socket
from contextlib import suppress

GIVEN_TO_NOBODY = range(20_000, 32_000)  # by the system itself, which has connections begin at others all the time


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Find one that nobody has, and that nobody is given meanwhile who asks for any."""
    while True:
        port = random.choice(GIVEN_TO_NOBODY)
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
