"""Sockets: what each side may say, frame by frame."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.contracts.asyncapi import asyncapi
from offair.contracts.checks.socket import check_socket
from offair.contracts.contract import Contract
from offair.contracts.pointer import check_references, resolve
from offair.contracts.sockets import read_sockets

OPENAPI = """
    openapi: 3.1.0
    info: {title: Toy, version: "3"}
    servers: [{url: https://toy.example/v1}, {url: http://toy.example:8080}]
    paths: {}
    components:
      securitySchemes:
        key: {type: apiKey, in: query, name: token}
        bearer: {type: http, scheme: bearer}
        unused: {type: http, scheme: basic}
"""
SOCKETS = """
    sockets:
      chat/room:
        path: /rooms/{room}/ws
        summary: Talk
        x-grade: inferred
        x-source: the book
        security: [{key: [guest]}, {bearer: []}]
        parameters:
          - {name: room, in: path, required: true, description: which, schema: {type: string, format: uuid}}
          - {name: token, in: query, required: true, schema: {type: string, minLength: 1}}
        member: kind
        from_client:
          say: {summary: Say something, schema: {$ref: "#/components/schemas/Said"}}
          ping: {schema: {type: object}}
        from_server:
          said:
            x-grade: documented
            x-source: the book, said
            schema: {allOf: [{$ref: "#/components/schemas/Said"}], required: [id]}
          picture: {$ref: "#/components/frames/Picture"}
        closes:
          4404: {meaning: there is no such room, x-source: the guide}
          "1008": {meaning: who are you}
      quiet: {path: /quiet}
    components:
      frames: {Picture: {binary: true}}
      schemas:
        Said: {type: object, required: [text], properties: {text: {type: string, minLength: 1}, id: {type: integer}}}
"""


@pytest.fixture
def toy(write):
    return Contract.load(write(openapi=OPENAPI, sockets=SOCKETS))


@pytest.fixture
def chat(toy):
    return toy.sockets["chat/room"]


def test_a_socket_says_where_it_is_and_who_may(chat):
    assert ("/rooms/{room}/ws", "Talk", "inferred", "the book") == (chat.path, chat.summary, chat.grade, chat.source)
    assert (("key", "bearer"), False, True) == (chat.schemes, chat.is_open, chat.permits("key", {"guest"}))
    assert ["token"] == [found.name for found in chat.query_parameters]
    assert ["required"] == [found.rule for found in chat.query_parameters.violations({})]
    assert ["format"] == [found.rule for found in chat.path_parameters.violations({"room": ["7"]})]


def test_a_close_code_has_a_meaning(chat):
    assert {4404: "there is no such room", 1008: "who are you"} == {c.code: c.meaning for c in chat.closes.values()}
    assert ("inferred", "the guide") == (chat.closes[4404].grade, chat.closes[4404].source)


@pytest.mark.parametrize(
    ("side", "frame", "name"),
    [
        ("from_client", '{"kind":"say"}', "say"),
        ("from_client", '{"kind":"said"}', None),
        ("from_server", '{"kind":"said"}', "said"),
        ("from_server", b"\0", "picture"),
        ("from_client", b"\0", None),
        ("from_client", "say", None),
        ("from_client", '{"kind":["say"]}', None),
        ("from_client", "[]", None),
    ],
)
def test_a_frame_says_its_name(chat, side, frame, name):
    assert name == chat.frame_name(side, frame)


@pytest.mark.parametrize(
    ("side", "frame", "path", "rule"),
    [
        ("from_client", '{"kind":"say"}', ("text",), "required"),
        ("from_client", '{"kind":"say","text":1}', ("text",), "type"),
        ("from_server", '{"kind":"said","text":"a"}', ("id",), "required"),
        ("from_server", '{"kind":"say","text":"a"}', (), "frame"),
        ("from_server", '{"kind":"picture"}', (), "frame"),
        ("from_client", "{}", (), "frame"),
        ("from_client", "[]", (), "frame"),
        ("from_client", "{", (), "json"),
        ("from_client", b"{}", (), "frame"),
    ],
)
def test_a_frame_is_judged_for_the_side_that_sends_it(chat, side, frame, path, rule):
    (found,) = chat.frame_violations(side, frame)

    assert (f"frame.{side}", path, rule) == (found.where, found.path, found.rule)


def test_a_documented_frame_is_let_pass(chat):
    said = [("from_client", '{"kind":"say","text":"a"}'), ("from_client", '{"kind":"ping"}'), ("from_server", b"")]

    assert [] == [found for side, frame in said for found in chat.frame_violations(side, frame)]


def test_a_violation_says_who_promised_the_frame(chat):
    (own,) = chat.frame_violations("from_server", '{"kind":"said","text":"a"}')
    (sockets,) = chat.frame_violations("from_client", '{"kind":"say"}')

    assert [("documented", "the book, said.id"), ("inferred", "the book, say.text")] == [
        (own.grade, own.source),
        (sockets.grade, sockets.source),
    ]


def test_a_transcript_is_judged_frame_by_frame(toy):
    transcript = [("from_client", '{"kind":"say","text":"a"}'), ("from_server", '{"kind":"said","id":1}')]

    assert [((1, "text"), "required")] == [
        (found.path, found.rule) for found in check_socket(toy, "chat/room", transcript)
    ]


@pytest.mark.parametrize(
    ("code", "rules"), [(None, []), (1000, []), (1008, []), (1011, []), (4404, []), (4001, ["close"])]
)
def test_an_end_that_is_the_clouds_own_is_documented(toy, code, rules):
    assert rules == [found.rule for found in check_socket(toy, "chat/room", [], closed=code)]


def test_a_socket_that_is_not_there_is_told_with_those_that_are(toy):
    with pytest.raises(LookupError, match="toy documents no socket 'chat'; it documents chat/room, quiet"):
        check_socket(toy, "chat", [])


def test_two_kinds_of_binary_frames_cannot_be_told_apart(write):
    with pytest.raises(LookupError, match="a and b are both binary"):
        Contract.load(write(sockets="sockets: {s: {path: /, from_server: {a: {binary: true}, b: {binary: true}}}}"))


def test_a_scheme_that_a_socket_asks_for_must_be_there(write):
    with pytest.raises(LookupError, match=r"sockets\.yaml#/sockets/chat~1room/security/0/key: "):
        Contract.load(write(sockets=SOCKETS))


VALUES = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
SAID = st.fixed_dictionaries(
    {"kind": st.sampled_from(["say", "said", "ping"])}, optional={"text": VALUES, "id": VALUES}
)
CHAT = next(read_sockets({"sockets": {"s": {"path": "/", "x-source": "the book", "member": "kind", "from_client": {
    "say": {"schema": {"properties": {"text": {"type": "string"}}}}, "ping": {}}}}}))  # fmt: skip


@given(st.text() | st.binary() | SAID.map(json.dumps))
def test_no_frame_raises_and_every_violation_says_who_promised_it(frame):
    found = CHAT.frame_violations("from_client", frame)

    assert all(violation.source.startswith(("the book", "RFC 8259")) for violation in found)
    assert CHAT.frame_name("from_client", frame) is not None or found


def test_an_asyncapi_document_is_well_formed(toy):
    """What the specification requires of the parts that are used."""
    document = asyncapi(toy)

    check_references(document)
    assert "3.0.0" == document["asyncapi"]
    assert {"title": "Toy", "version": "3"} == document["info"]
    for server in document["servers"].values():
        assert {"host", "protocol"} <= set(server)
    for channel in document["channels"].values():
        assert set(channel["parameters"]) == {part[1:-1] for part in channel["address"].split("/") if part[:1] == "{"}
    for operation in document["operations"].values():
        channel = resolve(document, operation["channel"]["$ref"])
        said = [resolve(document, message["$ref"]) for message in operation["messages"]]
        assert operation["action"] in {"send", "receive"}
        assert all(any(message is known for known in channel["messages"].values()) for message in said)
    assert document == json.loads(json.dumps(document))


def test_an_asyncapi_document_says_what_the_sockets_say(toy):
    document = asyncapi(toy)
    channel = document["channels"]["chat/room"]

    assert ["wss", "ws"] == [server["protocol"] for server in document["servers"].values()]
    assert ["key", "bearer"] == list(document["components"]["securitySchemes"])
    assert "httpApiKey" == document["components"]["securitySchemes"]["key"]["type"]
    assert {"chat/room.from_client": "receive", "chat/room.from_server": "send"} == {
        name: operation["action"] for name, operation in document["operations"].items()
    }
    assert ["from_client.say", "from_client.ping", "from_server.said", "from_server.picture"] == list(
        channel["messages"]
    )
    assert ["token"] == list(channel["bindings"]["ws"]["query"]["properties"])
    assert "payload" not in channel["messages"]["from_server.picture"]
