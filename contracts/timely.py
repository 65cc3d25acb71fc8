"""A session of requests whose every answer has so much time: all of it, however little of it comes at a time."""

import threading
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from offair.contracts.wires import Wires, machines_trust

MOST = 64 << 20  # bytes of an answer that are read
PIECE = 1 << 16
SECURE = "https://"


class TimelySession(requests.Session):
    """Asks no proxy, and cuts the line when an answer is not whole after so many real seconds: ReadTimeout.

    The library's own time-out begins anew with every byte. What is longer than ``MOST`` bytes is cut too. Certificates
    hold that the machine believes, or the library.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.trust_env = False
        self._seconds = seconds
        self._wires = Wires()
        self.mount("http://", _Adapter(self._wires))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a request, and give its answer once that is whole."""
        is_over = threading.Event()
        watch = threading.Timer(self._seconds, self._cut, (is_over,))
        watch.name, watch.daemon = "offair-patience", True
        watch.start()
        try:
            answer = _whole(super().send(request, **{**options, "stream": True}))
        except requests.RequestException:
            if not is_over.is_set():
                raise
        else:
            if not is_over.is_set():  # else what came before the cut only looks like all of it
                return answer
        finally:
            watch.cancel()
            watch.join()
        raise requests.ReadTimeout(f"no whole answer in {self._seconds:g} s", request=request)

    def get_adapter(self, url: str) -> BaseAdapter:
        """Give who carries a request; certificates are read when first needed: they take longer than most answers."""
        if url.lower().startswith("https:") and not isinstance(self.adapters[SECURE], _Adapter):
            self.mount(SECURE, _Adapter(self._wires, **machines_trust()))
        return super().get_adapter(url)

    def _cut(self, is_over: threading.Event) -> None:
        is_over.set()
        self._wires.cut()


def _whole(answer: requests.Response) -> requests.Response:
    content = bytearray()
    for piece in answer.iter_content(PIECE):
        content += piece
        if len(content) > MOST:
            answer.close()
            raise requests.exceptions.ContentDecodingError(f"the answer is longer than {MOST >> 20} MiB")
    answer._content = bytes(content)  # noqa: SLF001 - as the library does it for who does not stream
    return answer


class _Adapter(HTTPAdapter):
    def __init__(self, wires: Wires, **trust: Any) -> None:
        self._wires, self._trust = wires, trust
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **{**options, **self._trust})
        pools = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {name: self._wires.noted(pool) for name, pool in pools.items()}
