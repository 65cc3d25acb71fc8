"""What a request passes on its way to its operation, and its answer on the way back: read a chain from top to bottom.

A step is a function of the passage and of what comes below it.
"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial, reduce
from http import HTTPStatus
from pathlib import Path

from offair.contracts.operation import Operation
from offair.emulator.core.faults.calls import FAULTS, Fault, parse, take
from offair.emulator.core.limits import allowance_of, spend
from offair.emulator.core.problems import Broken, Forbidden, Invalid, Missing, Problem, Throttled, Unauthorized, Unbuilt
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.reply import Reply
from offair.emulator.web.body import receive
from offair.emulator.web.crossing import allowed
from offair.emulator.web.endless import begun
from offair.emulator.web.guarding import guarded
from offair.emulator.web.mount import Passage, Proceed, Step
from offair.emulator.web.strange import documented_only
from offair.emulator.web.telling import asked_of, body_of, broken_rules_of, headers_of, url_of, weight_of
from offair.emulator.web.waiting import about_to_wait, pause

FAULT_HEADER = "X-Offair-Fault"
CONSOLE_HEADER = "X-Offair-Console"  # the console's own calls, so that the journal tells whose they are
OURS = "HTTP_X_OFFAIR_"  # how a request's environment has headers of our prefix
KNOWN_HEADERS = frozenset({FAULT_HEADER.upper(), CONSOLE_HEADER.upper()})
NO_SCOPES: frozenset[str] = frozenset()
UNREAD = b" "  # of a file that is answered, or of what is yet to come, the type is judged and not what is in it


def journalled(passage: Passage, proceed: Proceed) -> Reply:
    """Write the request and its answer into the journal."""
    mount, request = passage.mount, passage.request
    clock = mount.rooms.world.clock
    stream = stream_of(passage)  # looked for before the operation may delete it
    began = clock.monotonic()
    reply = proceed(passage)
    received = passage.received
    mount.journal.write(
        "request",
        f"{request.method} {request.path} {reply.status}",
        cloud=mount.cloud,
        tenant=passage.caller.tenant.id if passage.caller else None,
        stream=stream,
        weight=weight_of(request, received, reply, passage.refused),
        operation=passage.name,
        method=request.method,
        url=url_of(request),
        request_headers=headers_of(request),
        request_body=asked_of(received),
        status=reply.status,
        response_headers=reply.headers,
        response_body=body_of(reply),
        refused=passage.refused,
        violations=broken_rules_of(passage.violations) if passage.violations else [],
        milliseconds=round((clock.monotonic() - began) * 1000, 3),
    )
    return reply


def crossed(passage: Passage, proceed: Proceed) -> Reply:
    """Let browsers read the answer, whatever it is, where the surface says so."""
    reply = proceed(passage)
    cors = passage.mount.surface.cors
    if cors is None:
        return reply
    return reply.beside(allowed(cors, passage.request.headers.get("Origin")))


def faulted(passage: Passage, proceed: Proceed) -> Reply:
    """Let go wrong what a test asked for, for this request or for its tenant."""
    mount = passage.mount
    for fault in _faults(passage):
        mount.journal.write("fault", f"{fault.kind} at {passage.operation.key}", cloud=mount.cloud, fault=fault.kind)
        if fault.kind == "delay":
            pause(passage.request.environ, mount.rooms.world.clock, fault.seconds)
        elif fault.kind == "status":
            return _failed(passage, fault.status)
        else:
            passage.mishap = fault.kind
    return proceed(passage)


def _failed(passage: Passage, status: int) -> Reply:
    """Answer a status in the operation's place, and let the journal tell what was sent all the same."""
    if isinstance(passage.operation, Operation):
        passage.received = receive(passage.request, passage.operation)
    if status >= HTTPStatus.BAD_REQUEST:
        passage.refused = f"a fault that was asked for answered {status} in the operation's place"
    told = passage.mount.surface.render(Broken("a fault that was asked for", status), passage.call)
    return Reply(status, told.body, told.headers, told.media_type)


def judged_answer(passage: Passage, proceed: Proceed) -> Reply:
    """Hold our own answer against the contract: a breach is our bug, and the journal says so."""
    reply = proceed(passage)
    if reply.status == HTTPStatus.NOT_IMPLEMENTED or passage.is_wished or not isinstance(passage.operation, Operation):
        return reply  # the marked gap is nobody's documented answer, nor is a limit that a test set
    media_type = None if reply.body is None else reply.media_type
    content = UNREAD if isinstance(reply.body, Path | Iterator) else reply.content
    for violation in passage.operation.response_violations(reply.status, media_type, content):
        passage.mount.journal.write(
            "trouble",
            f"our own answer breaks its contract: {passage.operation.key}: {violation}",
            cloud=passage.mount.cloud,
        )
    return reply


def answered(passage: Passage, proceed: Proceed) -> Reply:
    """Say every problem in the surface's own words; a bug of ours becomes its 500, never a traceback."""
    render = passage.mount.surface.render
    try:
        return proceed(passage)
    except Problem as problem:
        passage.refused = str(problem)
        passage.violations = problem.violations if isinstance(problem, Invalid) else ()
        return render(problem, passage.call)
    except Exception as error:  # noqa: BLE001 - the last line of defence: journalled, and tests fail on it
        passage.mount.journal.write(
            "trouble",
            f"{passage.operation.key} failed: {error!r}",
            cloud=passage.mount.cloud,
            cause=error,
            traceback=traceback.format_exc(),
        )
        return render(Broken(str(error)), passage.call)


def identified(passage: Passage, proceed: Proceed) -> Reply:
    """Find out who calls."""
    passage.caller = passage.mount.surface.identify(passage.call)
    return proceed(passage)


def permitted(passage: Passage, proceed: Proceed) -> Reply:
    """Let through who may call this: by the kind of credential and the scopes that the contract asks for."""
    operation, caller = passage.operation, passage.caller
    kind, scopes = (caller.kind, caller.scopes) if caller else (None, NO_SCOPES)
    if not operation.permits(kind, scopes):
        if caller is None:
            raise Unauthorized(f"{operation.key} is not open to everybody", is_missing=True)
        if caller.kind not in (known := _schemes(passage)):
            there = ", ".join(known) or "none"
            raise LookupError(
                f"identify knows a caller by {caller.kind!r}, which is no security scheme; there is {there}"
            )
        wanted = [scopes for needed in operation.security for scopes in needed.values() if scopes]
        raise Forbidden(f"{operation.key} is not open to this caller ({kind})", wanted)
    return proceed(passage)


def judged_request(passage: Passage, proceed: Proceed) -> Reply:
    """Read the request and hold it against the contract."""
    operation, surface = passage.operation, passage.mount.surface
    violations = operation.path_parameters.violations({name: (value,) for name, value in passage.path.items()})
    violations += operation.query_parameters.violations(passage.query.lists)
    violations += operation.header_parameters.header_violations(passage.request.headers)  # type: ignore[arg-type] # reads like a Mapping
    if isinstance(operation, Operation):
        received = passage.received = receive(passage.request, operation)
        if received.problem is not None:
            raise received.problem
        rewritten = surface.rewrites(received.body, passage.mount.rooms.switches)
        if rewritten is not received.body:
            received = passage.received = replace(received, body=rewritten)
        if received.content or received.files or received.body is not None:
            violations += operation.value_violations(passage.request.environ.get("CONTENT_TYPE"), received.body)
    switches = passage.mount.rooms.switches
    violations = [violation for violation in violations if not surface.overlooks(violation, switches)]
    if violations:
        raise Invalid(violations)
    return proceed(passage)


def limited(passage: Passage, proceed: Proceed) -> Reply:
    """Hold the caller to the cloud's rate limits, on the cloud's clock; a call that was refused did not count."""
    what, caller = passage.name, passage.caller
    if caller is None:
        return proceed(passage)
    world = passage.mount.rooms.world
    wished = allowance_of(world, caller.tenant.id, what)
    limit = wished or passage.mount.limits.get(what)
    if limit is not None:
        verdict = spend(world, limit, caller=caller, what=what)
        if not verdict.is_allowed:
            passage.is_wished = wished is not None
            words = f"Too many calls of {what}: {limit.calls} in {limit.seconds:g} s"
            raise Throttled(words, verdict.retry_after, allowed=(limit.calls, limit.seconds))
    return proceed(passage)


def in_one_transaction(passage: Passage, proceed: Proceed) -> Reply:
    """Keep all that the operation changes, or nothing; one that waits for somebody holds nobody up meanwhile."""
    if passage.mount.surface.operations.waits(passage.operation.key):
        about_to_wait(passage.request.environ)
        return proceed(passage)
    world, caller = passage.mount.rooms.world, passage.caller
    with world.transaction():
        if caller is not None and passage.request.method != "GET" and world.get(TENANTS, caller.tenant.id) is None:
            raise Unauthorized("the tenant was let go while its call was read")  # what it made now would never go
        return proceed(passage)


def performed(passage: Passage, proceed: Proceed) -> Reply:  # noqa: ARG001 - the last step answers
    """Perform the operation."""
    performer = passage.mount.surface.operations.performer(passage.operation.key)
    if performer is None:
        raise Unbuilt(f"{passage.operation.key} is documented, and this stand-in does not have it yet")
    reply = performer(passage.call)
    if isinstance(reply.body, Path) and not reply.body.is_file():  # a snapshot that is restored has none
        raise Missing(f"the file {reply.body.name} is gone")
    if isinstance(reply.body, dict | list):
        retold = passage.mount.surface.retells(reply.body, passage.mount.rooms.switches)
        return reply if retold is reply.body else replace(reply, body=retold)
    return reply


CLOUD: Sequence[Step] = (
    journalled, crossed, faulted, judged_answer, answered, identified, permitted, judged_request, limited,
    in_one_transaction, performed,
)  # fmt: skip
CONTROL: Sequence[Step] = (judged_answer, answered, guarded, documented_only, judged_request, begun, performed)


def compose(chain: Sequence[Step]) -> Proceed:
    """Make one function of a chain: a request goes down it, and the answer comes back up."""

    def nothing_below(_passage: Passage) -> Reply:
        raise LookupError("the last step of a chain answers; it does not proceed")

    def above(below: Proceed, step: Step) -> Proceed:
        return partial(step, proceed=below)

    last: Proceed = nothing_below
    return reduce(above, reversed(chain), last)


def _schemes(passage: Passage) -> list[str]:
    document = passage.mount.surface.operations.promise.document
    return list(document.get("components", {}).get("securitySchemes", {}))


def stream_of(passage: Passage) -> str | None:
    """Find the stream that a request is about, where its path has the id of one."""
    world = passage.mount.rooms.world
    for value in passage.path.values():
        if world.get(STREAMS, value) is not None:
            return value
    return None


def _faults(passage: Passage) -> list[Fault]:
    faults: list[Fault] = []
    header = passage.request.headers.get(FAULT_HEADER)
    mount = passage.mount
    if header:
        try:
            faults += parse(header)
        except ValueError as error:
            mount.journal.write("fault", f"{FAULT_HEADER}: {error}", cloud=mount.cloud)  # its sender's slip, not ours
    if OURS in " ".join(passage.request.environ):
        _note_strange_headers(passage)
    if mount.rooms.world.count(FAULTS):
        with suppress(Problem):
            caller = mount.surface.identify(passage.call)
            if caller is not None:
                passage.caller = caller  # the journal says whose call went wrong
                faults += take(mount.rooms.world, caller.tenant.id, passage.name)
    return faults


def _note_strange_headers(passage: Passage) -> None:
    """Tell of headers of our prefix that there are not: a mistyped fault must not be thought to have been none."""
    for name, _ in passage.request.headers:
        if name.upper().startswith("X-OFFAIR-") and name.upper() not in KNOWN_HEADERS:
            words = f"there is no header {name}; did you mean {FAULT_HEADER}?"
            passage.mount.journal.write("fault", words, cloud=passage.mount.cloud)
