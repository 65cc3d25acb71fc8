"""A cloud from elsewhere is judged like one of ours, and keeps what it documents."""

from dataclasses import replace

import pytest
from faults_of_rooms import spoiling, told_twice, two_change_places, who_spoke_does_not_hear_it

from offair.contracts.server import check_server
from offair.contracts.server.dialling import dialling
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


@pytest.fixture(name="toy")
def _toy(everybody):
    """What the toy documents, and the toy as a target."""
    with Emulator(from_python({**PASSTHROUGH, "seed": 1}), everybody) as emulator, judged("toy", emulator) as target:
        hasty = dialling(emulator.clock.deadline, patience=2.0)  # what was lost never comes
        yield emulator.providers["toy"].promise, replace(target, dial=hasty)


def test_a_room_of_the_toy_is_entered_with_a_ticket_that_is_made_for_it(toy):
    report = check_server(*toy, depth="quick", only=["chat"])

    assert [] == [*report.broken]
    assert {"chat/entered", "chat/heard", "chat/once", "chat/in-order", "chat/frames", "chat/refused"} <= {
        one.rule.name for one in report.upheld
    }


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (who_spoke_does_not_hear_it, "chat/heard"),
        (told_twice, "chat/once"),
        (two_change_places, "chat/in-order"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_planted_fault_of_the_toy_s_chat_is_found_by_the_rule_that_it_breaks(toy, fault, rule):
    contract, target = toy
    report = check_server(contract, replace(target, dial=spoiling(target.dial, fault)), depth="quick", only=[rule])

    assert [rule] == [one.rule.name for one in report.broken]


def test_without_a_token_no_room_is_entered_and_the_report_says_what_would_help(toy):
    contract, target = toy
    report = check_server(contract, replace(target, mint=None), depth="quick", only=["chat"])

    assert {"no room could be entered (--header 'Authorization: Bearer TOKEN')"} == {
        one.why for one in report.not_judged
    }
