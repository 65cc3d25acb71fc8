"""Listening sockets, and what is said when one cannot be had."""

import errno
import socket

BACKLOG = 512


class ListenError(OSError):
    """A port cannot be listened on; the message says which, why, and what to do."""


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """Open a listening socket that never blocks; ListenError when somebody has the port, which ``option`` chooses."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.settimeout(0)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        step = f"{error.strerror}; choose an address of this machine with --host, and a port that you may open"
        if error.errno == errno.EADDRINUSE:
            step = f"another program listens there; stop it, or choose another port with {option} (0 takes a free one)"
        raise ListenError(error.errno, f"cannot listen on {host}:{port}: {step}") from error
    return listener
