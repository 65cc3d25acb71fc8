"""A server that begins to answer, and then sends a little now and again, and never ends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def trickling(begun: bytes, piece: bytes, pause: float = 0.05) -> Iterator[str]:
    """Answer one caller with a beginning, and then with a piece every so many seconds; give the URL."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            caller, _ = listener.accept()
            with caller, suppress(OSError):
                caller.recv(65_536)
                caller.sendall(begun)
                while not over.wait(pause):
                    caller.sendall(piece)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()
