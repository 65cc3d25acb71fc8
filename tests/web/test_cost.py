"""What a call costs, in function calls: a number that no other work of the machine can change.

A bare Flask view that says hello costs some 300. The figures are counted in-process, behind the server, with the
journal, both judgements and faults on.
"""

import cProfile
import json
import pstats

import pytest
from werkzeug.test import EnvironBuilder

from offair.contracts.contract import promise
from offair.contracts.wsgi import FIELDS
from offair.emulator.core.streams import STREAMS
from offair.emulator.web.app import build

ROUNDS = 20


@pytest.fixture(scope="module", name="count")
def _count(emulator):
    """Count the function calls of a request, once its like has been answered."""
    tenant = emulator.tenancy.invite("tenbyte", "somebody who counts")
    example = next(e for e in promise("tenbyte").examples_of("POST /streams") if e.name == "create-video-push")
    body = json.dumps(example.request_body).encode()
    app = build(next(mount for mount in emulator.mounts if mount.scope == "/tenbyte"))

    def environ(method: str, path: str) -> dict[str, object]:
        content = {"data": body, "content_type": "application/json"} if method == "POST" else {}
        made = EnvironBuilder(f"{path}", method=method, headers=dict(tenant.headers), **content).get_environ()
        return made | {FIELDS: {name.lower(): value for name, value in tenant.headers.items()}, "RAW_URI": path}

    def ask(made: dict[str, object]) -> tuple[str, bytes]:
        said = []
        content = app.wsgi_app(made, lambda status, _headers, _info=None: said.append(status))
        answer = b"".join(content)
        getattr(content, "close", lambda: None)()  # PEP 3333: where it has one
        return said[0], answer

    def count(method: str, path: str, *, status: str) -> float:
        root = emulator.addresses("tenbyte").api.removeprefix(emulator.http_url)
        if "{id}" in path:
            path = path.replace("{id}", json.loads(ask(environ("POST", f"{root}/streams"))[1])["data"]["id"])
        while emulator.world.count(STREAMS, tenant=tenant.id) < ROUNDS:
            ask(environ("POST", f"{root}/streams"))
        seen = {ask(environ(method, root + path))[0] for _ in range(ROUNDS)}
        asked = [environ(method, root + path) for _ in range(ROUNDS)]
        with cProfile.Profile() as profile:
            for made in asked:
                ask(made)

        assert {status} == seen
        return pstats.Stats(profile).total_calls / ROUNDS

    return count


@pytest.mark.parametrize(
    ("method", "path", "status", "most"),
    [
        ("GET", "/streams/{id}", "200 OK", 255),
        ("GET", "/streams?per_page=20", "200 OK", 305),
        ("POST", "/streams", "201 CREATED", 465),
    ],
    ids=["one", "a list of twenty", "a create"],
)
def test_a_call_costs_no_more_function_calls_than_that(count, method, path, status, most):
    assert count(method, path, status=status) <= most
