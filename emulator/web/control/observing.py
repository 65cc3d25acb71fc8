"""Looking at the stand-in: is it well, who is there, what happened."""

from offair.emulator.core.ids import as_written
from offair.emulator.core.problems import Malformed, Missing
from offair.emulator.core.tenants import TENANTS
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.web.control.steered import Steered

FILTERS = ("kind", "cloud", "tenant", "stream", "refused", "operation", "status", "after", "before", "text")
OWN = "control"  # what entries about the control surface have where others have a cloud
LONGEST_WAIT = 60.0
DEFAULT_WAIT = 10.0
DEFAULT_LIMIT = 200
PARTING = 0.5  # real seconds for which who waits is held while the stand-in closes: they would ask again at once


def register(operation: Operations, steered: Steered) -> None:
    """Answer the operations that only look."""

    @operation("GET /health")
    def health(_call: Call) -> Reply:
        return Reply(200, {"status": "up"})

    @operation("GET /ready")
    def ready(_call: Call) -> Reply:
        return Reply(200, steered.ready())

    @operation("GET /openapi.json")
    def document(_call: Call) -> Reply:
        return Reply(200, operation.promise.document)

    @operation("GET /tenants")
    def tenants(_call: Call) -> Reply:
        return Reply(200, {"tenants": [steered.show_tenant(tenant) for tenant in steered.world.find(TENANTS)]})

    @operation("GET /journal")
    def journal(call: Call) -> Reply:
        limit = int(_number(call, "limit", DEFAULT_LIMIT))
        entries = steered.journal.entries(wanted_of(steered, call), most=max(0, limit))
        return Reply(200, {"entries": [entry.as_json() for entry in entries]})

    @operation("DELETE /journal")
    def clear(_call: Call) -> Reply:
        steered.journal.clear()
        return Reply(204)

    @operation("GET /journal/{number}")
    def entry(call: Call) -> Reply:
        found = steered.journal.find(int(call.path["number"]))
        if found is None:
            raise Missing(f"the journal has no entry {call.path['number']} (any more); GET /journal lists those it has")
        return Reply(200, found.as_json())

    @operation("GET /journal/wait")
    def wait(call: Call) -> Reply:
        patience = min(_number(call, "timeout", DEFAULT_WAIT), LONGEST_WAIT)
        found = steered.journal.wait_for(wanted_of(steered, call), steered.clock.deadline(patience))
        if found is None:
            if steered.journal.is_closed:
                steered.clock.sleep(PARTING)
            latest = [seen.summary for seen in steered.journal.entries()[-5:]]
            raise Missing(f"nothing matched within {patience:g} s; the journal's latest: {latest}")
        return Reply(200, found.as_json())


def wanted_of(steered: Steered, call: Call) -> dict[str, str]:
    """Read which entries of the journal a call wants; what is looked for in every text comes last."""
    wanted = {name: as_written(call.query[name]) for name in FILTERS if name in call.query}
    if wanted.get("cloud") not in {None, OWN}:
        steered.cloud(wanted["cloud"])
    return wanted


def _number(call: Call, name: str, default: float) -> float:
    try:
        return float(call.query.get(name, default))
    except ValueError as error:
        raise Malformed(f"{name} is a number, not {call.query[name]!r}") from error
