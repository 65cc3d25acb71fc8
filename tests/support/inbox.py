"""A customer's server: keeps what a cloud calls it with, and answers as a test says."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

PATIENCE = 30.0
YES = (200, "")


@dataclass(frozen=True)
class Arrived:
    """One call: its headers, and its body as bytes and as what was read of it."""

    headers: dict[str, str]
    content: bytes

    @property
    def body(self):
        if self.headers["Content-Type"] == "application/json":
            return json.loads(self.content)
        return dict(parse_qsl(self.content.decode()))

    @property
    def name(self):
        """What it calls itself."""
        return self.body.get("call") or self.body.get("event")


class Inbox:
    """Listens on loopback. ``answers`` gives a status and words by what the body calls itself; None hangs.

    ``statuses`` come before these, each once. An answer waits for the ``gate``, where there is one.
    """

    def __init__(self):
        inbox = self
        self.answers, self.statuses, self.arrived, self.changed = {}, [], [], threading.Condition()
        self.gate = None
        self._is_closing = threading.Event()

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                arrived = Arrived(dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
                with inbox.changed:
                    inbox.arrived.append(arrived)
                    status = inbox.statuses.pop(0) if inbox.statuses else None
                    inbox.changed.notify_all()
                if inbox.gate is not None:
                    inbox.gate.wait(PATIENCE)
                answer = (status, "") if status else inbox.answers.get(arrived.name, YES)
                if answer is None:
                    inbox._is_closing.wait(PATIENCE)
                    return
                status, words = answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words.encode())

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def all(self, call):
        """Give what has come that calls itself so."""
        return [one for one in self.arrived if one.name == call]

    def until(self, count):
        """Give what all that has come calls itself, once there are so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.arrived) >= count, PATIENCE), self.arrived
        return [one.name for one in self.arrived]

    def wait(self, call, count=1):
        """Give the first that calls itself so, once there are so many."""
        with self.changed:
            is_there = self.changed.wait_for(lambda: len(self.all(call)) >= count, PATIENCE)
            assert is_there, f"no {count} {call}; there is {[one.body for one in self.arrived]}"
        return self.all(call)[count - 1]

    def close(self):
        self._is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
