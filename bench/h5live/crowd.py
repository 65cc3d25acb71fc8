"""Many viewers of one URL in a process of their own, a socket's or the endless MP4's: they read, and say how much."""

import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

READ = 1 << 18
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def main() -> None:
    """Open so many connections, tell when all have got something, and read for so many seconds."""
    url, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    parts = urlsplit(url)
    request = (
        f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE if parts.scheme == 'ws' else ''}\r\n"
    )
    selector = selectors.DefaultSelector()
    for _ in range(count):
        one = socket.create_connection((parts.hostname, parts.port))
        one.sendall(request.encode())
        selector.register(one, selectors.EVENT_READ)
    silent, whole, end = {key.fd for key in selector.get_map().values()}, 0, float("inf")
    while time.monotonic() < end:
        for key, _ in selector.select(0.1):
            data = key.fileobj.recv(READ)
            if not data:
                raise SystemExit(f"a viewer of {url} was sent away")
            whole += len(data)
            silent.discard(key.fd)
        if not silent and end == float("inf"):
            print("all", flush=True)
            whole, end = 0, time.monotonic() + seconds
    print(round(whole / count / seconds), flush=True)


if __name__ == "__main__":
    main()
