"""A tenant that is let go while one of its calls is under way."""

import io
import json

import pytest
from werkzeug.test import EnvironBuilder

from offair.contracts.contract import promise
from offair.emulator.core.streams import STREAMS


class _Body(io.BytesIO):
    """A body before whose first byte something happens."""

    def __init__(self, content, before):
        super().__init__(content)
        self._before = before

    def read(self, *args):
        self._before()
        return super().read(*args)


@pytest.fixture(name="create")
def _create(emulator, tenant):
    """Ask for a stream; ``before`` is called once it is known who asks. Gives the status."""
    example = next(e for e in promise("tenbyte").examples_of("POST /streams") if e.name == "create-video-push")
    content = json.dumps(example.request_body).encode()

    def create(before):
        path = emulator.addresses("tenbyte").api.removeprefix(emulator.http_url) + "/streams"
        made = EnvironBuilder(path, method="POST", headers=dict(tenant.headers), content_type="application/json")
        environ = made.get_environ() | {
            "wsgi.input": _Body(content, before), "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(content)),
        }  # fmt: skip
        said = []
        b"".join(emulator.application(environ, lambda status, _headers, _info=None: said.append(status)))
        return said[0]

    return create


def test_what_it_asks_for_meanwhile_is_not_made(emulator, tenant, create):
    """Nobody could ever remove it."""
    status = create(lambda: emulator.tenancy.dismiss(tenant.id))

    assert ("401", 0) == (status[:3], emulator.world.count(STREAMS, tenant=tenant.id))


def test_who_is_still_there_gets_it(emulator, tenant, create):
    assert ("201", 1) == (create(bool)[:3], emulator.world.count(STREAMS, tenant=tenant.id))
