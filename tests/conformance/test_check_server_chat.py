"""The rooms of a cloud are entered over real WebSockets, and a chat with a bug is found by the rule that it breaks."""

from dataclasses import replace

import pytest
from faults_of_rooms import FAULTS, spoiling

from offair.contracts.checks.chat import ROOM_RULES
from offair.contracts.contract import promise
from offair.contracts.server import check_server
from offair.contracts.server.dialling import CUT, dialling
from offair.contracts.server.gathering import sayings
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH, judged

CLOUD = promise("ainative")
ROOMS = {rule.name for rule in ROOM_RULES}


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator({**PASSTHROUGH, "seed": 1}) as emulator:
        yield emulator


@pytest.fixture(name="target")
def _target(emulator):
    with judged("ainative", emulator) as target:
        yield target


def test_the_rooms_of_the_stand_in_keep_every_rule(target):
    report = check_server(CLOUD, target, only=["chat"])

    assert ROOMS == {one.rule.name for one in report.upheld}


@pytest.mark.parametrize(("fault", "rule"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_planted_fault_of_a_room_is_found_by_the_rule_that_it_breaks(target, emulator, fault, rule):
    hasty = dialling(emulator.clock.deadline, patience=2.0)  # what was lost never comes
    report = check_server(CLOUD, replace(target, dial=spoiling(hasty, fault)), only=[rule])

    assert [rule] == [one.rule.name for one in report.broken]


@pytest.mark.parametrize("can", [{"dial": None}, {"is_read_only": True}], ids=["cannot dial", "only reads"])
def test_who_cannot_enter_a_room_judges_none_and_says_why(target, can):
    report = check_server(CLOUD, replace(target, **can), only=["chat"])

    assert (ROOMS, True) == ({one.rule.name for one in report.not_judged}, all(one.why for one in report.not_judged))


def test_who_has_no_credentials_of_another_meets_themself_and_blames_nobody_for_it(target):
    report = check_server(CLOUD, replace(target, others=()), only=["chat"])

    assert [] == [*report.broken]


def test_a_cloud_without_sockets_has_no_rooms_to_judge(emulator):
    with judged("tenbyte", emulator) as target:
        report = check_server(promise("tenbyte"), target, only=["chat"])

    assert {"the cloud documents no sockets"} == {one.why for one in report.not_judged}
    assert ROOMS == {one.rule.name for one in report.not_judged}


def test_a_word_is_said_as_the_frame_that_everybody_hears():
    assert '{"type": "message", "content": "hello"}' == sayings(CLOUD.sockets["chat"])[0]("hello")


def test_a_player_s_socket_is_no_room():
    watched = promise("bintu").services["h5live"].sockets.values()

    assert {()} == {sayings(one) for one in watched}


def test_where_nobody_listens_a_line_is_cut(emulator):
    line = dialling(emulator.clock.deadline)("http://127.0.0.1:9/", {})

    assert (CUT, None, None) == (line.closed, line.refused, line.hear())
