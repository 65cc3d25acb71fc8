"""Bugs as servers have them, planted between a stand-in and its judge: each a function of a request on its way."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from offair.contracts.checks.lifecycle import STOPS
from offair.contracts.checks.request import check_request
from offair.contracts.checks.resources import id_of, listed
from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.contracts.server.kinds import kinds
from offair.contracts.server.target import Target

JSON = [("Content-Type", "application/json")]


@dataclass(frozen=True)
class Site:
    """A cloud, and what is made there that faults are planted in."""

    cloud: str

    @cached_property
    def contract(self):
        return promise(self.cloud)

    @cached_property
    def kind(self):
        return next(iter(kinds(self.contract)))

    @property
    def good(self):
        """A published body that makes a thing."""
        return next(one.value for one in self.kind.bodies if isinstance(one.value, dict))


@dataclass
class Asked:
    """A request on its way to the application, for a fault to change, and what it is answered."""

    site: Site
    target: Target
    environ: dict[str, Any]
    memory: dict[Any, Any]
    body: bytes = field(init=False)

    def __post_init__(self):
        self.body = self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))
        self.say(self.body)

    def say(self, body):
        """Put another body into the request."""
        self.environ["wsgi.input"], self.environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))

    @property
    def method(self):
        return self.environ["REQUEST_METHOD"]

    @cached_property
    def path(self):
        """The path as the contract has it."""
        root = self.target.base_url.partition("://")[2].partition("/")[2]
        below = self.environ["PATH_INFO"].removeprefix(f"/{root}")
        return self.site.contract.base_path + below

    @cached_property
    def found(self):
        return self.site.contract.match(self.method, self.path)

    @property
    def operation(self):
        return None if self.found is None else self.found[0]

    @property
    def thing(self):
        """The id of the thing in the path."""
        return "" if self.found is None else self.found[1].get(self.site.kind.parameter, "")

    def does(self, operation):
        return operation is not None and self.operation is operation

    @property
    def is_make(self):
        return self.does(self.site.kind.make)

    @property
    def is_look(self):
        return self.does(self.site.kind.look)

    @property
    def is_list(self):
        return self.does(self.site.kind.listing)

    @property
    def is_delete(self):
        return self.does(self.site.kind.delete)

    @property
    def is_stop(self):
        return self.operation is not None and self.operation.path.rpartition("/")[2] in STOPS

    @property
    def query(self):
        return self.environ["QUERY_STRING"]

    @property
    def credentials(self):
        """What the caller shows, by the names of the environment."""
        names = {f"HTTP_{name.upper().replace('-', '_')}" for name in self.target.headers}
        return {name: self.environ[name] for name in names if name in self.environ}

    def become(self, credentials):
        for name in self.credentials:
            del self.environ[name]
        self.environ.update(credentials)

    @property
    def ours(self):
        return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.target.headers.items()}

    def proceed(self):
        begun: list[Any] = []
        self.environ["wsgi.input"].seek(0)
        # a copy: what the application keeps in it of one request is not the next one's
        chunks = self.target.application(
            dict(self.environ), lambda status, headers, *_: begun.append((status, headers))
        )
        try:
            content = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        return Answered(int(begun[-1][0][:3]), begun[-1][1], content)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: list[Any]
    content: bytes

    @property
    def is_good(self):
        return self.status < 300

    @cached_property
    def value(self):
        return json.loads(self.content) if self.content else None

    def saying(self, value):
        return replace(self, content=json.dumps(value).encode())

    def typed(self, media_type):
        return replace(self, headers=[(n, media_type if n.lower() == "content-type" else v) for n, v in self.headers])

    def rows(self, change):
        """With other rows in a list."""
        value = json.loads(self.content)
        rows = listed(value)
        if rows is None:
            return self
        return self.saying(_with_rows(value, change(rows)))

    def thing(self, change):
        """With another thing: the first object that has an id."""
        value = json.loads(self.content)
        change(_thing(value))
        return self.saying(value)


def _thing(value):
    waiting = [value]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            if id_of(node) is not None:
                return node
            waiting.extend(node.values())
    return {}


def _with_rows(value, rows):
    if isinstance(value, list):
        return rows
    for name, inner in value.items():
        if isinstance(inner, list):
            return {**value, name: rows}
    return value


Plant = Callable[[Asked], Answered]


def planted(target: Target, cloud: str, plant: Plant) -> Target:
    """Give the target with a fault in it."""
    site, memory = Site(cloud), {}

    def application(environ, start):
        answer = plant(Asked(site, target, environ, memory))
        kept = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        start(f"{answer.status} X", [*kept, ("Content-Length", str(len(answer.content)))])
        return [answer.content]

    return replace(target, application=application)


def is_allowed(asked):
    """The request breaks nothing that is documented."""
    content_type = asked.environ.get("CONTENT_TYPE") or ""
    path = f"{asked.path}?{asked.query}" if asked.query else asked.path
    one = Exchange(
        method=asked.method, path=path, status=0, request_headers={"Content-Type": content_type},
        request_body=asked.body,
    )  # fmt: skip
    return not check_request(asked.site.contract, one)
