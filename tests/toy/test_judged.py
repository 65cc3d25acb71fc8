"""A cloud from elsewhere is judged like one of ours, and keeps what it documents."""

import pytest

from offair.contracts.server import check_server
from offair.contracts.server.gathering import sayings
from offair.emulator.emulator import Emulator
from offair.emulator.settings import from_python
from offair.emulator.target import PASSTHROUGH, judged


@pytest.mark.parametrize("service", ["", "vault"])
def test_the_toy_keeps_all_that_it_documents_but_the_dance_that_it_has_not_built(everybody, service):
    with (
        Emulator(from_python({**PASSTHROUGH, "seed": 1}), everybody) as emulator,
        judged("toy", emulator, service) as target,
    ):
        toy = emulator.providers["toy"].promise
        report = check_server(toy.services[service] if service else toy, target, depth="quick")

    unbuilt = [("answer/no-failure", "POST /rooms/{room}/dance", 501)]
    assert ([] if service else unbuilt) == [
        (one.rule.name, v.operation, v.got) for one in report.broken for v in one.violations
    ]


def test_what_is_said_by_one_name_and_heard_by_another_is_said_in_a_room(everybody):
    (toy,) = [provider.promise for provider in everybody if provider.name == "toy"]

    assert ['{"kind": "say", "text": "hello"}'] == [say("hello") for say in sayings(toy.sockets["chat"])]
