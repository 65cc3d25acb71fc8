"""What only shows when a form is served: gaps, answers that nobody documents, callers of no known kind."""

from contextlib import contextmanager

import httpx
import pytest
from small import OPENAPI, SOCKETS
from talk import RefusedError, Talk

from offair.emulator.core.problems import Problem
from offair.emulator.core.tenants import Caller, Tenant
from offair.emulator.emulator import Emulator
from offair.emulator.provider.operations import Operations, Sockets
from offair.emulator.provider.reply import Reply
from offair.emulator.settings import Settings

SECURED = f"""{OPENAPI}
security: [{{key: []}}]
components: {{securitySchemes: {{key: {{type: apiKey, in: header, name: X-Key}}}}}}
"""


def _tenant(world, name):
    return Tenant(id=world.ids.uuid(), cloud="small", name=name)


def _render(problem: Problem, _call):
    status = {"Broken": 500, "Forbidden": 403, "Unbuilt": 501}.get(type(problem).__name__, 400)
    return Reply(status, {"why": str(problem)})


@pytest.fixture(name="serve")
def _serve(fill, surface):
    """Serve a service of the small cloud, and give its root with what was journalled as trouble."""

    @contextmanager
    def serve(promise, **given):
        filled = fill(surfaces=(surface(promise, render=_render, **given),), invite=_tenant)
        with Emulator(Settings(port=0, rtmp_port=0), [filled]) as emulator:
            yield emulator.addresses("small").api, lambda: emulator.journal.entries({"kind": "trouble"})

    return serve


def _answering(promise, reply):
    operation = Operations(promise)
    operation("GET /things")(lambda _call: reply)
    return operation


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(201, {}), "response.status: must be a documented status: 200, got 201"),
        (Reply(200, []), "response.body: must be an object, not a list"),
        (Reply(200, "<p>", media_type="text/html"), "response.content_type: must be application/json, got 'text/html'"),
        (Reply(200), "response.body: is missing"),
    ],
)
def test_an_answer_that_is_not_documented_is_sent_and_is_trouble(write, serve, reply, words):
    promise = write()
    with serve(promise, operations=_answering(promise, reply)) as (root, troubles):
        answer = httpx.get(f"{root}/things", verify=False)
        (trouble,) = troubles()

    assert (reply.status, f"our own answer breaks its contract: GET /things: {words}") == (
        answer.status_code,
        trouble.summary.partition(" (")[0].replace(", got []", ""),
    )


def test_a_bug_is_the_clouds_500_and_trouble(write, serve):
    promise = write()
    with serve(promise, operations=_answering(promise, None)) as (root, troubles):
        answer = httpx.get(f"{root}/things", verify=False)
        summaries = [trouble.summary for trouble in troubles()]

    assert (500, True) == (answer.status_code, "GET /things failed: AttributeError" in summaries[0])


def test_a_caller_of_no_known_kind_is_trouble_and_no_riddle(write, serve):
    promise = write(openapi=SECURED)

    def identify(call):
        return Caller(tenant=_tenant(call.world, "x"), kind="kee")

    with serve(promise, identify=identify) as (root, troubles):
        answer = httpx.get(f"{root}/things", verify=False)
        summaries = [trouble.summary for trouble in troubles()]

    assert (500, True) == (
        answer.status_code,
        any("identify knows a caller by 'kee', which is no security scheme; there is key" in one for one in summaries),
    )


def test_a_socket_that_nobody_opens_is_a_marked_gap(write, serve):
    promise = write(sockets=SOCKETS)
    with serve(promise, sockets=Sockets(promise)) as (root, _), pytest.raises(RefusedError) as refused:
        Talk(f"ws{root.removeprefix('http')}/talk")

    assert (501, True) == (refused.value.status, b"this stand-in does not have it yet" in refused.value.body)


def test_a_frame_of_ours_that_is_not_documented_is_sent_and_is_trouble(write, serve):
    promise = write(sockets=SOCKETS)
    socket = Sockets(promise)

    class Mumbler:
        def opened(self, socket):
            socket.send('{"type": "mumble"}')

        def heard(self, _heard):
            raise AssertionError("nobody speaks")

        def closed(self, _code):
            pass

    socket("talk")(lambda _call: Mumbler())
    with serve(promise, sockets=socket) as (root, troubles), Talk(f"ws{root.removeprefix('http')}/talk") as talk:
        heard = talk.hear()
        (trouble,) = troubles()

    assert ({"type": "mumble"}, "our own frame breaks its contract: talk: frame.from_server") == (
        heard,
        trouble.summary.partition(": must")[0],
    )


def test_a_talker_that_fails_ends_the_conversation_and_is_trouble(write, serve):
    promise = write(sockets=SOCKETS)
    socket = Sockets(promise)

    class Clumsy:
        def opened(self, socket):
            pass

        def heard(self, _heard):
            raise ZeroDivisionError("a bug")

        def closed(self, _code):
            pass

    socket("talk")(lambda _call: Clumsy())
    with serve(promise, sockets=socket) as (root, troubles), Talk(f"ws{root.removeprefix('http')}/talk") as talk:
        talk.say(type="hello")
        code = talk.ended()
        summaries = [trouble.summary for trouble in troubles()]

    assert (1011, True) == (code, any("ZeroDivisionError" in one for one in summaries))
