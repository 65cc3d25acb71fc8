"""Calling a target, in this process or over HTTP, so that each call is an Exchange."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.server.kinds import Kind, kinds
from offair.contracts.server.pacing import Pace
from offair.contracts.server.target import Headers, Target, UnreachableError
from offair.contracts.wsgi import call_wsgi

PATIENCE = 30.0  # real seconds for one answer
FAILED = 500  # RFC 9110 section 15.6.1
US = "us"
PLAIN = "WRONG_VERSION_NUMBER"  # what OpenSSL calls an answer that is no TLS at all


class Caller:
    """Asks a target as one of its tenants. ``path`` is as the contract has it, base path and all.

    The documented rates are kept where the clock is not ours; where it is, a scene may try them. ``secrets`` are the
    credentials that were sent so far.
    """

    def __init__(self, contract: Contract, target: Target) -> None:
        self.contract = contract
        self.target = target
        self.secrets: set[str] = set()
        self._session: Any = None
        self._pace = Pace(contract, target) if target.advance is None else None
        self._is_hurried = False

    @property
    def root(self) -> str:
        """What stands before the contract's paths at the target."""
        return self.target.base_url.removesuffix(self.contract.base_path)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """What can be made at the target; where nothing malformed may be sent, by no body that nobody has published."""
        return tuple(one for one in kinds(self.contract) if one.is_published or not self.target.is_spared)

    def ask(
        self, method: str, path: str, *, headers: Headers, who: str | None, body: bytes = b"", title: str = ""
    ) -> Exchange:
        """Send a request and give it with its answer; UnreachableError says why there is none."""
        if (
            self._pace is not None
            and not self._is_hurried
            and (found := self.contract.match("GET" if method == "HEAD" else method, path))
        ):
            self._pace.keep(found[0])
        self.secrets.update(value for name, value in headers.items() if name.lower() != "content-type")
        at = None if self.target.now is None else self.target.now()
        url = self.target.base_url + path.removeprefix(self.contract.base_path)
        send = self._over_http if self.target.application is None else self._in_process
        status, answered, content = send(method, url, headers, body)
        return Exchange(
            title=title,
            method=method,
            path=path,
            status=status,
            request_headers=headers,
            request_body=body,
            response_headers=answered,
            response_body=content,
            at=at,
            who=who,
        )

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Keep to no rate within: somebody tries where it ends."""
        self._is_hurried = True
        try:
            yield
        finally:
            self._is_hurried = False

    def close(self) -> None:
        """Let go of connections; twice is fine."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _over_http(self, method: str, url: str, headers: Headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        import requests

        from offair.contracts.timely import TimelySession  # brings requests

        if self._session is None:
            self._session = TimelySession(PATIENCE)
        try:
            answer = self._session.request(
                method, url, headers=dict(headers), data=body, timeout=PATIENCE, allow_redirects=False
            )
        except requests.exceptions.SSLError as error:
            hint = (
                "does it speak TLS there, and not plain HTTP?"
                if PLAIN in str(error)
                else "is SSL_CERT_FILE that of its CA?"
            )
            raise UnreachableError(f"{url}: TLS failed: {_reason(error)}; {hint}") from error
        except requests.exceptions.RequestException as error:
            raise UnreachableError(f"{url}: nothing answers ({_reason(error)}); is the server up?") from error
        return answer.status_code, dict(answer.headers), answer.content

    def _in_process(self, method: str, url: str, headers: Headers, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.target.application is None:
            raise UnreachableError(f"{url} is in no application")
        try:
            return call_wsgi(self.target.application, method, url, headers, body)
        except Exception as error:  # noqa: BLE001 - what an application lets through, whoever serves it answers with 500
            return FAILED, {"Content-Type": "text/plain"}, f"{type(error).__name__}: {error}".encode()


def _reason(error: BaseException) -> str:
    """The innermost thing that a chain of errors says, in a few words."""
    words = (
        re.sub(r"^[A-Z_]+\] | \(_ssl\.c.*", "", str(error).rpartition(": ")[2].strip("')\"")) or type(error).__name__
    )
    return words[:120]


def without(headers: Mapping[str, str], names: set[str]) -> dict[str, str]:
    """Headers without those of some names, in any case."""
    lower = {name.lower() for name in names}
    return {name: value for name, value in headers.items() if name.lower() not in lower}
