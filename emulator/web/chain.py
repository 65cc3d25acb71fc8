"""What a request passes on its way to its operation, and its answer on the way back: read a chain from top to bottom.

A step is a function of the passage and of what comes below it.
"""

import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from http import HTTPStatus

from offair.emulator.core.faults.calls import FAULTS, Fault, parse, take
from offair.emulator.core.limits import spend
from offair.emulator.core.problems import Broken, Invalid, Malformed, Problem, Throttled, Unbuilt
from offair.emulator.provider import Reply
from offair.emulator.web.body import read_body, show_body, shown
from offair.emulator.web.mount import Passage, Proceed, Step

FAULT_HEADER = "X-Offair-Fault"


def journalled(passage: Passage, proceed: Proceed) -> Reply:
    """Write the request and its answer into the journal."""
    clock = passage.mount.world.clock
    began = clock.monotonic()
    reply = proceed(passage)
    request = passage.request
    passage.mount.journal.write(
        "request",
        f"{request.method} {request.path} {reply.status}",
        cloud=passage.mount.name,
        tenant=passage.tenant.id if passage.tenant else None,
        stream=passage.path.get("streamId"),
        operation=passage.operation.operation_id,
        method=request.method,
        url=request.url,
        request_headers=dict(request.headers),
        request_body=show_body(request, passage.operation, passage.body),
        status=reply.status,
        response_headers=dict(reply.headers),
        response_body=shown(reply.content, reply.body),
        milliseconds=round((clock.monotonic() - began) * 1000, 3),
    )
    return reply


def faulted(passage: Passage, proceed: Proceed) -> Reply:
    """Let go wrong what a test asked for, for this request or for its tenant."""
    for fault in _faults(passage):
        passage.mount.journal.write(
            "fault", f"{fault.kind} at {passage.operation.key}", cloud=passage.mount.name, fault=fault.kind
        )
        if fault.kind == "delay":
            passage.mount.world.clock.sleep(fault.seconds)
        elif fault.kind == "status":
            told = passage.mount.render(Broken("a fault that was asked for"))
            return Reply(fault.status, told.body, told.headers)
        else:
            passage.mishap = fault.kind
    return proceed(passage)


def judged_answer(passage: Passage, proceed: Proceed) -> Reply:
    """Hold our own answer against the contract: a breach is our bug, and the journal says so."""
    reply = proceed(passage)
    if reply.status == HTTPStatus.NOT_IMPLEMENTED:
        return reply  # the marked gap is nobody's documented answer
    content_type = None if reply.body is None else "application/json"
    for violation in passage.operation.response_violations(reply.status, content_type, reply.content):
        passage.mount.journal.write(
            "trouble",
            f"our own answer breaks its contract: {passage.operation.key}: {violation}",
            cloud=passage.mount.name,
        )
    return reply


def answered(passage: Passage, proceed: Proceed) -> Reply:
    """Say every problem in the surface's own words; a bug of ours becomes its 500, never a traceback."""
    try:
        return proceed(passage)
    except Problem as problem:
        return passage.mount.render(problem)
    except Exception as error:  # noqa: BLE001 - the last line of defence: journalled, and tests fail on it
        passage.mount.journal.write(
            "trouble",
            f"{passage.operation.key} failed: {error!r}",
            cloud=passage.mount.name,
            traceback=traceback.format_exc(),
        )
        return passage.mount.render(Broken(str(error)))


def identified(passage: Passage, proceed: Proceed) -> Reply:
    """Find out who calls."""
    passage.tenant = passage.mount.identify(passage.call)
    return proceed(passage)


def limited(passage: Passage, proceed: Proceed) -> Reply:
    """Hold the caller to the cloud's rate limits, on the cloud's clock."""
    limit = passage.mount.limits.get(passage.operation.operation_id)
    if limit is not None and passage.tenant is not None:
        what = passage.operation.operation_id
        verdict = spend(passage.mount.world, limit, tenant=passage.tenant.id, what=what)
        if not verdict.is_allowed:
            raise Throttled(f"Too many calls of {what}: {limit.calls} in {limit.seconds:g} s", verdict.retry_after)
    return proceed(passage)


def judged_request(passage: Passage, proceed: Proceed) -> Reply:
    """Read the request and hold it against the contract."""
    passage.body = read_body(passage.request, passage.operation)
    violations = passage.operation.query_violations(passage.request.args.to_dict(flat=False))
    if passage.body is not None:
        violations += passage.operation.value_violations(None, passage.body)
    mount = passage.mount
    violations = [violation for violation in violations if not mount.overlooks(violation, mount.switches)]
    if any(violation.is_type_error for violation in violations):
        raise Malformed("; ".join(str(violation) for violation in violations if violation.is_type_error))
    if violations:
        raise Invalid(violations)
    return proceed(passage)


def in_one_transaction(passage: Passage, proceed: Proceed) -> Reply:
    """Keep all that the operation changes, or nothing."""
    with passage.mount.world.transaction():
        return proceed(passage)


def performed(passage: Passage, _proceed: Proceed) -> Reply:
    """Perform the operation."""
    answer = passage.mount.operations.answer(passage.operation.key)
    if answer is None:
        raise Unbuilt(f"{passage.operation.key} is documented, and this stand-in does not have it yet")
    return answer(passage.call)


CLOUD: Sequence[Step] = (
    journalled, faulted, judged_answer, answered, identified, limited, judged_request, in_one_transaction, performed,
)  # fmt: skip
CONTROL: Sequence[Step] = (judged_answer, answered, judged_request, performed)


def run(passage: Passage) -> Reply:
    """Send a request down its mount's chain and bring the answer back up."""

    def nothing_below(_passage: Passage) -> Reply:
        raise LookupError("the last step of a chain answers; it does not proceed")

    def above(below: Proceed, step: Step) -> Proceed:
        return lambda passage: step(passage, below)

    last: Proceed = nothing_below
    return reduce(above, reversed(passage.mount.chain), last)(passage)


def _faults(passage: Passage) -> list[Fault]:
    faults: list[Fault] = []
    header = passage.request.headers.get(FAULT_HEADER)
    if header:
        try:
            faults += parse(header)
        except ValueError as error:
            passage.mount.journal.write("trouble", f"{FAULT_HEADER}: {error}", cloud=passage.mount.name)
    if passage.mount.world.count(FAULTS):
        with suppress(Problem):
            tenant = passage.mount.identify(passage.call)
            if tenant is not None:
                faults += take(passage.mount.world, tenant.id, passage.operation.operation_id)
    return faults
