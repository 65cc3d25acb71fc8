"""What both ends of a recorded WebSocket said is judged frame by frame, whoever recorded it."""

import base64
import json

import pytest
from recording import as_har

from offair.contracts.contract import promise
from offair.contracts.exchange import Exchange
from offair.contracts.traffic import check_traffic, read_traffic

ROOM = "https://api.ainative.studio/api/v1/streams/0000cf2e-ae90-46bc-b119-f5f626258434/chat/ws?token=abcdefgh"
PERSON = {"id": "1", "username": "zoe", "display_name": "Zoë", "avatar_url": None}
TOLD = {
    "type": "message",
    "data": {
        "id": "0000cf2e-ae90-46bc-b119-f5f626258435", "stream_id": "0000cf2e-ae90-46bc-b119-f5f626258434",
        "user": PERSON, "content": "Hello", "message_type": "message", "created_at": "2026-11-30T10:00:00Z",
    },
}  # fmt: skip
EVENING = (
    ("from_server", {"type": "history", "data": []}),
    ("from_client", {"type": "message", "content": "Hello"}),
    ("from_server", TOLD),
    ("from_client", {"type": "ping"}),
    ("from_server", {"type": "pong"}),
)
RULES = ["requests/documented-frames", "chat/frames"]


def opened(*said, path=ROOM, status=101):
    frames = tuple((side, frame if isinstance(frame, bytes) else json.dumps(frame)) for side, frame in said)
    return Exchange(method="GET", path=path, status=status, request_headers={"Upgrade": "websocket"}, frames=frames)


def judged(*exchanges, cloud="ainative", only=RULES):
    return check_traffic(promise(cloud), exchanges, only=only)


def test_what_is_said_as_documented_breaks_nothing():
    report = judged(opened(*EVENING), only=[])

    assert (set(), set(RULES)) == (
        {one.rule.name for one in report.broken},
        {one.rule.name for one in report.upheld} & {*RULES},
    )


@pytest.mark.parametrize(
    ("side", "frame", "rule", "told"),
    [
        ("from_client", {"type": "say", "content": "Hello"}, "requests/documented-frames", "must say with 'type'"),
        (
            "from_client",
            {"type": "message", "text": "Hello"},
            "requests/documented-frames",
            "from_client at 5.content",
        ),
        ("from_client", b"\x00", "requests/documented-frames", "must be text, not binary"),
        ("from_server", {"type": "welcome"}, "chat/frames", "must say with 'type'"),
        ("from_server", {**TOLD, "data": {**TOLD["data"], "id": 7}}, "chat/frames", "frame.from_server at 5.data.id"),
    ],
)
def test_whoever_says_what_is_not_documented_is_found_by_the_rule_of_that_side(side, frame, rule, told):
    report = judged(opened(*EVENING, (side, frame)))

    assert [rule] == [one.rule.name for one in report.errors]
    assert told in str(report.violations[0])
    assert "GET /streams/{stream_id}/chat/ws" == report.violations[0].operation


def test_a_socket_that_is_asked_for_with_another_parameter_is_a_warning():
    (found,) = judged(opened(*EVENING, path=ROOM.replace("?token", "?tokn"))).violations

    assert ("inferred", "is no documented parameter (did you mean token?), and is let pass") == (
        found.grade,
        found.message,
    )


def test_a_socket_that_is_refused_is_no_call_of_a_path_that_nobody_documents():
    refused = opened(path=ROOM.replace("https", "wss"), status=403)

    assert set() == {one.rule.name for one in judged(refused, only=[]).broken}


def test_media_over_a_socket_of_a_service_is_no_answer_of_what_is_at_the_same_path():
    path = "https://bintu-h5live.nanocosmos.de/h5live/stream.mp4?stream=abcde-fghij"
    report = judged(opened(("from_server", b"moof"), path=path), cloud="bintu", only=[])

    assert [] == [str(one) for one in report.violations]


def test_an_archive_has_what_was_said_and_shows_no_token_in_it(tmp_path):
    file = tmp_path / "chat.har"
    file.write_text(as_har(judged(opened(*EVENING, ("from_client", {"type": "ping", "token": "abcdefgh"}))).exchanges))
    (one,) = read_traffic(file)

    assert [side for side, _ in EVENING] == [side for side, _ in one.frames][:5]
    assert {"type": "ping", "token": "abcd…"} == json.loads(one.frames[-1][1])


def test_frames_of_a_browsers_archive_are_texts_and_bytes(tmp_path):
    said = [
        {"type": "send", "time": 1.5, "opcode": 1, "data": "{}"},
        {"type": "receive", "time": 1.6, "opcode": 2, "data": base64.b64encode(b"\x00\xff").decode()},
        {"type": "receive", "time": 1.7, "opcode": -1, "data": "the connection was lost"},
    ]
    entry = {
        "request": {"method": "GET", "url": ROOM.replace("https", "wss"), "headers": []},
        "response": {"status": 101, "headers": [], "content": {"size": 0, "mimeType": "x-unknown"}},
        "_resourceType": "websocket",
        "_webSocketMessages": said,
    }
    file = tmp_path / "chat.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    (one,) = read_traffic(file)

    assert ((("from_client", "{}"), ("from_server", b"\x00\xff")), False) == (one.frames, one.is_cut)


def entry(number, kind, **details):
    return {"number": number, "at": 5.0 + number, "kind": kind, "summary": "", "tenant": "t", "details": details}


def frame(number, said, *, sender="client", url=ROOM):
    return entry(number, "frame", socket="chat", url=url, sender=sender, body=said, violations=[])


def shaken(number, url=ROOM):
    asked = {"method": "GET", "url": url, "request_headers": {"Upgrade": "websocket"}}
    return entry(number, "request", **asked, request_body=None, status=101, response_body=None)


def from_journal(tmp_path, *entries):
    file = tmp_path / "journal.jsonl"
    file.write_text("\n".join(map(json.dumps, entries)))
    return read_traffic(file)


def test_a_journal_has_what_was_said_over_the_socket_that_was_opened_for_it(tmp_path):
    other = ROOM.replace("0000cf2e", "1111cf2e")
    said = {"type": "message", "content": "Zoë"}
    one, two = from_journal(
        tmp_path,
        shaken(1), shaken(2, other), frame(3, said), frame(4, "no JSON", url=other),
        frame(5, {"type": "pong"}, sender="server"), entry(6, "frame", sender="client", code=1000, reason=""),
    )  # fmt: skip

    assert [("from_client", said), ("from_server", {"type": "pong"})] == [
        (side, json.loads(text)) for side, text in one.frames
    ]
    assert (other, (("from_client", "no JSON"),)) == (two.path, two.frames)


def test_what_is_said_after_a_socket_was_opened_again_is_said_over_the_later_one(tmp_path):
    before, after = from_journal(tmp_path, shaken(1), frame(2, {"n": 1}), shaken(3), frame(4, {"n": 2}))

    assert [(("from_client", '{"n": 1}'),), (("from_client", '{"n": 2}'),)] == [before.frames, after.frames]


def test_what_a_journal_has_of_a_socket_is_judged_as_that_of_an_archive(tmp_path):
    report = judged(*from_journal(tmp_path, shaken(1), frame(2, {"type": "say"}), frame(3, {"type": "ping"})))

    assert ["requests/documented-frames"] == [one.rule.name for one in report.errors]


def test_frames_are_judged_where_a_journal_has_lost_who_opened_their_socket(tmp_path):
    report = judged(*from_journal(tmp_path, frame(700, {"type": "say"})), only=[])

    assert ["requests/documented-frames"] == [one.rule.name for one in report.broken]


def test_nobody_is_blamed_for_a_frame_of_which_a_journal_has_the_length_only(tmp_path):
    (one,) = from_journal(tmp_path, shaken(1), frame(2, "70000 bytes"))

    assert () == one.frames
