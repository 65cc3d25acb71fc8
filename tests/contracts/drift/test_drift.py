"""A real cloud that moved away from its contract is found out by reading, and the contract can follow by a patch."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import needing
import pytest

from offair.contracts.contract import Contract, promise
from offair.contracts.drift import check_drift, propose
from offair.contracts.drift.edits import ListEdit, edited
from offair.contracts.drift.reading import Told
from offair.contracts.exchange import Exchange
from offair.contracts.server.actors import Actor
from offair.contracts.server.calling import Caller
from offair.contracts.server.kinds import kinds
from offair.contracts.server.target import Target, UnreachableError
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import discover
from offair.emulator.target import PASSTHROUGH, target_of

CLOUDS = [provider.name for provider in discover()]


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    with Emulator(PASSTHROUGH) as emulator, emulator.media.pulling_nothing():
        yield emulator


@pytest.fixture(name="real")
def _real(emulator):
    """A cloud that plays the real one: somebody's things are there."""

    def real(cloud):
        target = target_of(cloud, emulator)
        actor = Actor(Caller(promise(cloud), target), target.headers, [])
        for kind in kinds(promise(cloud)):
            actor.make(kind)
        return Target(base_url=target.base_url, headers=target.headers, application=target.application)

    return real


@pytest.fixture(name="stand_in")
def _stand_in(emulator):
    return lambda cloud: target_of(cloud, emulator)


def moved(target, change, *, only="", status=None):
    """The cloud with another answer to GET: of JSON ``change`` makes it, where the path ends with ``only``."""

    def application(environ, start):
        begun = []
        content = b"".join(target.application(environ, lambda status, headers, *_: begun.append((status, headers))))
        said, headers = begun[-1]
        is_meant = environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].endswith(only) and content[:1] in b"[{"
        if is_meant and said.startswith("200"):
            content = json.dumps(change(json.loads(content))).encode()
            said = status or said
        start(
            said,
            [*((n, v) for n, v in headers if n.lower() != "content-length"), ("Date", "Sun, 29 Nov 2026 10:00:00 GMT")],
        )
        return [content]

    return replace(target, application=application)


def broken(drifted):
    return {verdict.rule.name for verdict in drifted.report.broken}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cloud_that_is_as_documented_has_not_moved(real, stand_in, cloud):
    drifted = check_drift(promise(cloud), real(cloud), stand_in(cloud))

    assert (set(), "") == (broken(drifted), propose(promise(cloud), drifted))


def test_nothing_is_asked_but_get(real, stand_in):
    asked = []
    target = real("bintu")

    def application(environ, start):
        asked.append(environ["REQUEST_METHOD"])
        return target.application(environ, start)

    check_drift(promise("bintu"), replace(target, application=application), stand_in("bintu"))

    assert {"GET"} == set(asked)


def with_member(answer):
    for row in answer["data"]:
        row["shard"] = 7
    return answer


def with_value(answer):
    for row in answer["data"]:
        row["type"] = "premiere"
    return answer


def with_null(answer):
    for row in answer["data"]:
        row["name"] = None
    return answer


def without_two(answer):
    for row in answer["data"]:
        del row["id"], row["status"]
    return answer


def with_two_types(answer):
    for row, name in zip(answer["data"], (None, 5), strict=False):
        row["name"] = name
    return answer


def as_it_was(answer):
    return answer


CHANGES = [
    (with_member, None, "drift/member", "shard: {type: integer, x-grade: inferred"),
    (with_value, None, "drift/body", ', "premiere"'),
    (with_null, None, "drift/body", '[string, "null"]'),
    (without_two, None, "drift/body", "`data.[].status`: it may be missing"),
    (with_two_types, None, "drift/body", '"null"'),
    (as_it_was, "203 Non-Authoritative", "drift/status", '"203": {description:'),
]


@pytest.mark.parametrize(("change", "status", "rule", "words"), CHANGES)
def test_what_has_moved_is_found_and_the_patch_says_it(real, change, status, rule, words):
    target = moved(real("tenbyte"), change, only="/streams", status=status)
    drifted = check_drift(promise("tenbyte"), target)
    patch = propose(promise("tenbyte"), drifted)

    assert ({rule}, True) == (broken(drifted), words in patch), patch
    assert "+++ b/contracts/tenbyte/SOURCES.md" in patch
    assert "29 Nov 2026" in patch


@needing.program("git")
@pytest.mark.parametrize(("change", "status", "rule", "words"), CHANGES)
def test_a_contract_that_follows_has_not_been_left_behind(real, tmp_path, change, status, rule, words):
    target = moved(real("tenbyte"), change, only="/streams", status=status)
    folder = tmp_path / "contracts" / "tenbyte"
    shutil.copytree(Path(str(promise("tenbyte").folder)), folder)
    patch = propose(promise("tenbyte"), check_drift(promise("tenbyte"), target))
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, text=True, check=True)

    assert set() == broken(check_drift(Contract.load(folder), target)), words


def test_what_the_stand_in_leaves_out_is_found(real, stand_in):
    def with_more(answer):
        is_stream = isinstance(answer.get("data"), dict) and "id" in answer["data"]
        return {**answer, "data": {**answer["data"], "last_live_at": "2026-11-29T10:00:00Z"}} if is_stream else answer

    drifted = check_drift(promise("tenbyte"), moved(real("tenbyte"), with_more), stand_in("tenbyte"))

    assert {"drift/stand-in"} == broken(drifted)


def test_a_body_that_is_not_there_is_told_and_not_proposed(real):
    target = real("tenbyte")

    def application(environ, start):
        b"".join(target.application(environ, start))
        return [b""]

    drifted = check_drift(promise("tenbyte"), replace(target, application=application))

    assert ({"drift/body"}, "") == (broken(drifted), propose(promise("tenbyte"), drifted))


def test_edits_of_one_list_are_one():
    text = "{type: string, required: [a, b, c]}"
    kind, needed = text.index("string"), text.index("[a")
    edits = [ListEdit(kind, kind + 6, add="null"), ListEdit(kind, kind + 6, add="integer")]
    edits += [ListEdit(needed, needed + 9, take=name) for name in "ab"]

    assert '{type: [string, integer, "null"], required: [c]}' == edited(text, edits)


def test_ctrl_c_gives_the_report_so_far(real):
    target, asked = real("tenbyte"), []

    def application(environ, start):
        asked.append(environ["PATH_INFO"])
        if len(asked) > 2:
            raise KeyboardInterrupt
        return target.application(environ, start)

    report = check_drift(promise("tenbyte"), replace(target, application=application)).report

    assert (True, 2) == (report.is_broken_off, len(report.exchanges))


def test_credentials_that_are_refused_end_it_in_a_sentence(real):
    target = replace(real("tenbyte"), headers={"X-API-Key": "tkb-nobody"})

    with pytest.raises(UnreachableError, match="refuses the credentials"):
        check_drift(promise("tenbyte"), target)


def test_a_report_has_no_credentials_in_it(real):
    target = moved(real("tenbyte"), with_member, only="/streams")
    report = check_drift(promise("tenbyte"), target).report
    told = json.dumps(report.as_json()) + str(report.exchanges)

    assert [] == [value for value in target.headers.values() if value in told]


def test_a_path_with_two_parameters_is_filled_from_what_lists_have_told():
    cloud = promise("ainative")
    rows = {"streams": [{"id": "a", "user_id": "u 1"}, {"id": "b", "user_id": "u 1"}], "total": 2}
    told = Told(cloud)
    path, body = f"{cloud.base_path}/streams/", json.dumps(rows).encode()
    told.note("/streams/", Exchange(method="GET", path=path, status=200, response_body=body))

    assert ["/streams/a/users/u%201/badges", "/streams/b/users/u%201/badges"] == [
        *told.fill("/streams/{stream_id}/users/{user_id}/badges", 3)
    ]
    assert [] == [*told.fill("/vod/{vod_id}", 3)]
