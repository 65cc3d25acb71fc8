"""What a form cannot express fails when the cloud is imported: with its title, the place, and the next step."""

import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from small import OPENAPI, SOCKETS

from offair.emulator.core.events import PublicationRevoked, StreamMoved
from offair.emulator.core.limits import Limit
from offair.emulator.core.publication import Policy
from offair.emulator.core.table import Table
from offair.emulator.provider.fitting import FormError
from offair.emulator.provider.operations import Operations, Sockets
from offair.emulator.provider.provider import GROUP, Demo, discover


@dataclass(frozen=True)
class _Undecided:
    speed: int


class _Loose:
    speed = 1


@dataclass(frozen=True)
class _Row:
    id: str


def _demo(operation="POST /things", example="thing"):
    return Demo(operation=operation, example=example, stream_id=str, playback=dict)


def _refusal(fill, **given):
    with pytest.raises(FormError) as refused:
        fill(**given)
    return str(refused.value)


def test_a_form_that_holds_together_passes(fill):
    assert ("small", "Small") == ((filled := fill()).name, filled.promise.title)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"surfaces": ()}, "it has no surfaces; give it one for the contract's main document"),
        ({"switch_type": _Undecided}, "the switch speed has no default; give it the one that the reference recommends"),
        ({"switch_type": _Loose}, "its switch_type _Loose is no dataclass; make it a frozen one"),
        (
            {"orders": {"stop": "GET /nothing"}},
            "'stop' is ordered by 'GET /nothing', which is not documented; there is GET /things, POST /things",
        ),
        (
            {"orders": {"stop": "GET /things"}},
            "'stop' is ordered by 'GET /things', whose path takes more or less than a stream's id; order by another",
        ),
        (
            {"switched": {"speed": ["POST /things"]}},
            "what 'speed' changes is told, and there is no such switch",
        ),
        (
            {"demo": _demo("GET /nothing")},
            "its demo calls 'GET /nothing', which is not documented; there is GET /things, POST /things",
        ),
        (
            {"demo": _demo(example="other")},
            "its demo sends the example 'other', which is not published; put it into examples/other.json",
        ),
        (
            {"renew": lambda _event, _rooms: None},
            "it has renew and its policy no beat, so that renew is never asked; give it a beat in seconds",
        ),
        (
            {"reactions": {str: lambda _event, _rooms: ()}},
            "it reacts to str, which is no event of a cloud's; there is StreamCreated, ",
        ),
        (
            {"reactions": {PublicationRevoked: lambda _event, _rooms: ()}},
            "it reacts to PublicationRevoked, which is no event of a cloud's",
        ),
        ({"tables": (Table("things", _Row),)}, "the table 'things' may be another's too; call it small_things"),
        (
            {"tables": (Table("small_things", _Row),), "lasting": (Table("small_things", _Row),)},
            "the table 'small_things' is declared twice; a table is either forgotten by a reset or lasting",
        ),
        (
            {"lasting": (Table("small_things", _Row, indexed=()),)},
            "the lasting table 'small_things' does not say whose its rows are; index its tenant",
        ),
    ],
)
def test_what_is_wrong_is_told_with_the_next_step(fill, given, words):
    said = _refusal(fill, **given)

    assert f"Small Cloud: {words}" == said[: len(words) + 13]


def test_all_that_is_wrong_is_told_at_once(fill):
    said = _refusal(fill, tables=(Table("things", _Row),), demo=_demo("GET /nothing"))

    assert (True, True) == ("its demo calls 'GET /nothing'" in said, "call it small_things" in said)


def test_a_beat_is_enough_for_renew(fill):
    assert fill(renew=lambda _event, _rooms: None, policy=lambda _switches: Policy(beat=5.0))


def test_an_event_that_says_whose_it_is_may_be_reacted_to(fill):
    assert fill(reactions={StreamMoved: lambda _event, _rooms: ()})


def test_a_service_that_is_documented_needs_a_surface(fill, write, surface):
    main = write(more__openapi=OPENAPI)

    assert "its contract documents the service 'more'; give it a Surface, and what is not built answers 501" in (
        _refusal(fill, surfaces=(surface(main),))
    )


def test_the_main_document_comes_first(fill, write, surface):
    main = write(more__openapi=OPENAPI)

    assert "its first surface is the service 'more'; put the surface of the main document first" in (
        _refusal(fill, surfaces=(surface(main.services["more"]), surface(main)))
    )


def test_a_document_has_one_surface(fill, write, surface):
    main = write()

    assert "two surfaces serve 'the main document'; give each document one surface" in (
        _refusal(fill, surfaces=(surface(main), surface(main)))
    )


def test_all_surfaces_are_of_one_cloud(fill, write, surface):
    main = write()
    other = write(cloud="other", more__openapi=OPENAPI).services["more"]

    assert "a surface is of the contract 'other'; all belong to 'small'" in (
        _refusal(fill, surfaces=(surface(main), surface(other)))
    )


def test_sockets_that_are_documented_need_somebody(fill, write, surface):
    main = write(sockets=SOCKETS)

    assert "its contract documents the sockets talk; give the surface its Sockets, empty ones if need be" in (
        _refusal(fill, surfaces=(surface(main),))
    )


def test_sockets_that_nobody_opens_are_a_gap(fill, write, surface):
    main = write(sockets=SOCKETS)

    assert [None] == [
        opener for _, opener in fill(surfaces=(surface(main, sockets=Sockets(main)),)).surfaces[0].sockets
    ]


def test_operations_and_sockets_are_of_one_contract(write, surface):
    with pytest.raises(LookupError, match="operations and sockets are of two contracts; give both the same one"):
        surface(write(), sockets=Sockets(write(cloud="other")))


def test_a_limit_is_for_an_operation_that_is_documented(fill, write, surface):
    limited = surface(write(), limits=lambda _switches: {"makeThings": Limit(1, 1.0)})

    assert "a limit is for the operation 'makeThings', which is not documented; there is listThings, makeThing" in (
        _refusal(fill, surfaces=(limited,))
    )


def test_a_caller_is_known_by_one_credential(fill, write, surface):
    schemes = "components: {securitySchemes: {a: {type: http}, b: {type: http}}}"
    both = write(openapi=f"{OPENAPI}security: [{{a: [], b: []}}]\n{schemes}\n")
    either = write(cloud="either", openapi=f"{OPENAPI}security: [{{a: [], b: []}}, {{a: []}}]\n{schemes}\n")

    assert "GET /things needs a and b at once, and a caller is known by one; ask for one, and judge the other" in (
        _refusal(fill, surfaces=(surface(both),))
    )
    assert "either" == fill(surfaces=(surface(either),)).name


@pytest.mark.parametrize(
    ("kind", "documents", "words"),
    [
        (Operations, {}, "Small documents no operation 'GET /nothing'; it documents GET /things, POST /things"),
        (Sockets, {}, "Small documents no socket 'GET /nothing'; it documents none"),
        (Sockets, {"sockets": SOCKETS}, "Small documents no socket 'GET /nothing'; it documents talk"),
    ],
)
def test_what_is_not_documented_cannot_be_answered(write, kind, documents, words):
    with pytest.raises(LookupError, match=words):
        kind(write(**documents))("GET /nothing")


@pytest.mark.parametrize(
    ("kind", "key", "words"),
    [
        (Operations, "GET /things", "Small: two functions answer 'GET /things'; keep one"),
        (Sockets, "talk", "Small: two functions open the socket 'talk'; keep one"),
    ],
)
def test_what_is_answered_already_cannot_be_answered_again(write, kind, key, words):
    register = kind(write(sockets=SOCKETS))
    register(key)(print)

    with pytest.raises(LookupError, match=words):
        register(key)


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        (
            {"openapi": OPENAPI.replace("{type: object}", "{$ref: '#/components/schemas/No'}", 1)},
            r"openapi.yaml#/paths/~1things/get/.*: \$ref '#/components/schemas/No' leads nowhere: there is no 'comp",
        ),
        (
            {"openapi": f"{OPENAPI}security: [{{key: []}}]\n"},
            "openapi.yaml#/security/0/key: no security scheme is called 'key'; there is none",
        ),
        (
            {"sockets": "sockets: {talk: {path: /talk, security: [{key: []}]}}"},
            "sockets.yaml#/sockets/talk/security/0/key",
        ),
        (
            {"webhooks": "webhooks: {went: {post: {requestBody: {}}}}"},
            "webhook 'went' documents no body; write its requestBody's content",
        ),
        (
            {"sockets": "sockets: {talk: {path: /talk, from_client: {a: {binary: true}, b: {binary: true}}}}"},
            "socket 'talk': a and b are both binary, and nothing tells them apart",
        ),
    ],
)
def test_a_document_that_leads_nowhere_is_refused_with_its_place(write, documents, words):
    with pytest.raises(LookupError, match=words):
        write(**documents)


def test_a_document_that_is_no_mapping_is_refused(write):
    with pytest.raises(LookupError, match=r"limits.yaml must be a YAML mapping; it is list"):
        write(limits="[1]")


def test_two_clouds_of_one_name_are_refused(monkeypatch, fill):
    twin = ModuleType("twin")
    twin.PROVIDER = fill()
    monkeypatch.setitem(sys.modules, "twin", twin)
    points = [EntryPoint(name=name, value="twin:PROVIDER", group=GROUP) for name in ("one", "two")]

    with pytest.raises(FormError, match="two clouds are called 'small'; uninstall the distribution of one"):
        discover(points)
