"""What answers cost: ``python bench/contracts/answers.py``, in CPU seconds of one process.

Drawn answers against what Schemathesis draws from the same schema, a table of all that differ in one place, answers
that are played to httpx, and the checks of the guide's clients.
"""

import time
from pathlib import Path

import httpx
import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given

from offair.contracts.client import answers, check_client, every_answer
from offair.contracts.client.answers import schema_of
from offair.contracts.client.finding import find_called
from offair.emulator.counterpart import counterpart_of
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH

GUIDE = Path(__file__).parents[2] / "docs/guide/check-clients.md"
CLOUD, OPERATION, STATUS = "tenbyte", "getStream", 200
DRAWN, PLAYED, ROUNDS = 300, 100, 3


def best_of(work):
    """Give the least CPU seconds of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)


def drawn(strategy):
    """Draw so many examples of a strategy, and do nothing with them."""

    @hypothesis.settings(
        max_examples=DRAWN, database=None, deadline=None, phases=(Phase.generate,), derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(_one):
        pass

    return draw


def peers(contract, schema):
    """What Schemathesis draws for a request's body of the same schema."""
    body = {name: value for name, value in schema.items() if name != "components"}
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "Done."}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One body", "version": "1"},
        "paths": {"/body": {"post": operation}},
        "components": {"schemas": contract.document["components"]["schemas"]},
    }
    return schemathesis.openapi.from_dict(document)["/body"]["POST"].as_strategy()


def tell(what, got, wanted, *, more=True):
    """Print a figure, and whether it is what was wanted."""
    missed = "" if (got >= wanted if more else got <= wanted) else "  MISSED"
    print(f"{what}: {got:.1f}, wanted {wanted}{missed}")


def check_the_guides(emulator):
    """Judge the honest client that the guide has for each cloud."""
    said = GUIDE.read_text(encoding="utf-8")
    for name in emulator.providers:
        written = {}
        exec(said.partition(f"```python {name}\n")[2].partition("```")[0], written)
        cloud = counterpart_of(name, emulator)
        client = written["Honest"](cloud.base_url, cloud.headers)
        began = time.process_time()
        report = check_client(cloud, client.job, raises=(written["ClientError"],))
        spent = time.process_time() - began
        assert not report.broken, report.violations
        tell(f"the check of the guide's client of {name}, {report.seen}, in CPU seconds", spent, 5, more=False)


def main():
    """Measure all of it."""
    called = find_called(CLOUD, OPERATION)
    schema = schema_of(called.operation.answer(STATUS)).root
    ours = DRAWN / best_of(drawn(answers(called.contract, OPERATION, status=STATUS)))
    peer = DRAWN / best_of(drawn(peers(called.contract, schema)))
    print(f"answers drawn: {ours:.0f} a CPU second, {peer:.0f} by the peer")
    tell("  ratio", ours / peer, 10)
    every_answer(called.contract, OPERATION, status=STATUS)  # its schema is compiled once
    spent = best_of(lambda: every_answer(called.contract, OPERATION, status=STATUS, grade="inferred"))
    tell("table, in ms", spent * 1000, 100, more=False)
    with Emulator(PASSTHROUGH) as emulator:
        cloud = counterpart_of(CLOUD, emulator)
        with httpx.Client(base_url=cloud.base_url, headers=cloud.headers) as http:
            some = every_answer(cloud, "listStreams", status=STATUS)

            def play():
                for place in range(PLAYED):
                    with some[place % len(some)].played():
                        http.get("/streams")

            tell("played to httpx, a CPU second", PLAYED / best_of(play), 200)
        check_the_guides(emulator)


if __name__ == "__main__":
    main()
