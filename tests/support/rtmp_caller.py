"""An encoder at the edge's door: RTMP over a real socket."""

import socket

from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.rtmp.client import Client

PATIENCE = 30.0  # seconds


class Caller:
    """An encoder on a blocking socket."""

    def __init__(self, port: int, name: str = "key", app: str = "live", *, trust=None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if trust is not None:
            self.socket = trust.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.client = Client(app, name, random_bytes=bytes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def peer(self) -> str:
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def flush(self) -> None:
        self.socket.sendall(self.client.outgoing())

    def ask(self):
        """Go on until the server has said yes or no; None when it closed instead."""
        while True:
            self.flush()
            data = self.socket.recv(65_536)
            if not data:
                return None
            verdicts = self.client.receive(data)
            if verdicts:
                return verdicts[0]

    def send(self, *tags: Tag) -> None:
        for tag in tags:
            self.client.send(tag)
        self.flush()

    def finish(self) -> None:
        self.client.finish()
        self.flush()

    def is_closed(self) -> bool:
        """Whether the server closes before the deadline."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
        return True
