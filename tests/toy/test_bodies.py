"""What comes and goes that is not JSON called JSON."""

import re

import httpx
import pytest

PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 8
JSON_TEXT = {"Content-Type": "text/plain;charset=UTF-8"}
OFFER = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\na=sendonly\r\n"
NOTHING = "5f0f2e8e-0d8e-4d0c-9c39-6a3c1d9a4f11"


def _hang(api, room, picture=PNG, name="door.png", **fields):
    return api.put(f"/rooms/{room['room']}/poster", files={"picture": (name, picture, "image/png")}, data=fields)


def test_json_may_come_as_text(api):
    answer = api.post("/rooms/", content=b'{"title": "by a browser"}', headers=JSON_TEXT)

    assert (201, "by a browser") == (answer.status_code, answer.json()["title"])


def test_json_may_come_without_a_type(api):
    request = api.build_request("POST", "/rooms/", content=b'{"title": "plain"}')

    assert ("Content-Type" not in request.headers, 201) == (True, api.send(request).status_code)


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"nonsense", "text/plain", 400),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"\xff", "application/json", 400),
        (b'{"title":"' + b"x" * 300_000 + b'"}', "application/json", 413),
        (b"[" * 200 + b"]" * 200, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"x"', "text/plain", 422),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_toys_own_words(api, content, media_type, status):
    answer = api.post("/rooms/", content=content, headers={"Content-Type": media_type})

    assert (status, ["oops"] if status != 422 else ["detail"]) == (answer.status_code, list(answer.json()))


def test_a_form_is_read_as_its_schema_has_it(api, make_room):
    answer = api.put(
        f"/rooms/{make_room()['room']}/door", data={"open": "false", "why": "cleaning", "tags[]": ["a", "b"]}
    )

    assert (200, "locked") == (answer.status_code, answer.json()["state"])


def test_a_part_of_a_form_without_a_name_is_malformed(api, make_room):
    part = b'--x\r\nContent-Disposition: form-data; name="\r"\r\n\r\nz\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = api.put(f"/rooms/{make_room()['room']}/poster", content=part, headers=headers)

    assert (400, "The body has a part without a name") == (answer.status_code, answer.json()["oops"])


def test_a_form_is_judged(api, make_room):
    answer = api.put(f"/rooms/{make_room()['room']}/door", data={"open": "perhaps"})

    assert [{"loc": ["body", "open"], "msg": "must be true or false, not a string", "input": "perhaps"}] == (
        answer.json()["detail"]
    )


def test_a_picture_is_kept_and_given_back(api, anybody, make_room):
    room = make_room()
    hung = _hang(api, room, caption="a door")
    given = anybody.get(f"/rooms/{room['room']}/poster")

    assert (201, {"size": len(PNG), "caption": "a door"}) == (hung.status_code, hung.json())
    assert (200, "image/png", PNG) == (given.status_code, given.headers["Content-Type"], given.content)


def test_a_picture_that_is_gone_is_a_404(anybody):
    assert 404 == anybody.get(f"/rooms/{NOTHING}/poster").status_code


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, PNG[:4]),
        ("bytes=-4", 206, PNG[-4:]),
        ("bytes=9000-", 416, b""),
        ("lines=1", 200, PNG),
    ],
)
def test_a_part_of_a_picture_may_be_asked_for(api, make_room, asked, status, content):
    room = make_room()
    _hang(api, room)
    answer = api.get(f"/rooms/{room['room']}/poster", headers={"Range": asked})

    assert (status, content) == (answer.status_code, answer.content)


def test_a_picture_that_has_not_changed_is_not_sent_again(api, make_room):
    room = make_room()
    _hang(api, room)
    tag = api.get(f"/rooms/{room['room']}/poster").headers["ETag"]

    assert 304 == api.get(f"/rooms/{room['room']}/poster", headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize("size", [2000, 4_500_000])
def test_head_of_a_picture_tells_its_size(api, make_room, size):
    room = make_room()
    _hang(api, room, bytes(size))
    answer = api.head(f"/rooms/{room['room']}/poster")

    assert (200, b"", str(size)) == (answer.status_code, answer.content, answer.headers["Content-Length"])


def test_a_large_picture_comes_back_whole(api, make_room):
    room, large = make_room(), bytes(range(250)) * 18_000
    _hang(api, room, large)

    assert large == api.get(f"/rooms/{room['room']}/poster").content


@pytest.mark.parametrize("size", [2000, 4_500_000])
def test_half_of_a_picture_arrives_where_a_fault_was_asked_for(api, make_room, size):
    room = make_room()
    _hang(api, room, bytes(size))

    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|closed"):
        api.get(f"/rooms/{room['room']}/poster", headers={"X-Offair-Fault": "truncate"})


def test_a_body_has_its_operations_own_limit(api, make_room):
    answer = _hang(api, make_room(), bytes(5_100_000))

    assert (413, {"oops": "The body is too large: it may have 5000000 bytes"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("parts", "loc"),
    [
        ({"files": {"other": ("x.png", b"x")}}, ["body", "picture"]),
        ({"files": {"picture": ("x.exe", b"x")}}, ["body", "picture"]),
        ({"files": {"picture": ("x.png", b"x")}, "data": {"caption": "x" * 41}}, ["body", "caption"]),
    ],
)
def test_a_form_with_files_is_judged(api, make_room, parts, loc):
    answer = api.put(f"/rooms/{make_room()['room']}/poster", **parts)

    assert (422, [loc]) == (answer.status_code, [item["loc"] for item in answer.json()["detail"]])


def test_a_form_with_files_that_is_none_is_refused(api, make_room):
    headers = {"Content-Type": "multipart/form-data"}
    answer = api.put(f"/rooms/{make_room()['room']}/poster", content=b"nothing like it", headers=headers)

    assert answer.status_code in {400, 422}, answer.text


def test_a_field_in_a_files_place_is_refused(api, make_room):
    """No file, but a text where one should be: the schema cannot tell, and the cloud must not stumble."""
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}
    content = b'--b\r\nContent-Disposition: form-data; name="picture"\r\n\r\nx.png\r\n--b--\r\n'
    answer = api.put(f"/rooms/{make_room()['room']}/poster", content=content, headers=boundary)

    assert 422 == answer.status_code, answer.text


def test_an_offer_is_answered_in_its_own_words(api, make_room):
    room = make_room()["room"]
    answer = api.post(f"/rooms/{room}/offer", content=OFFER, headers={"Content-Type": "application/sdp"})

    assert (201, "application/sdp", OFFER.replace("sendonly", "recvonly"), True) == (
        answer.status_code,
        answer.headers["Content-Type"],
        answer.text,
        answer.headers["Location"].endswith(room),
    )


def test_an_offer_that_is_none_is_judged(api, make_room):
    answer = api.post(
        f"/rooms/{make_room()['room']}/offer", content="hello", headers={"Content-Type": "application/sdp"}
    )

    assert (422, [{"loc": ["body"], "msg": "must match ^v=0", "input": "hello"}]) == (
        answer.status_code,
        answer.json()["detail"],
    )


def test_a_page_is_html(anybody, make_room):
    answer = anybody.get(f"/rooms/{make_room('<b>')['room']}/page")

    assert ("text/html; charset=utf-8", "<h1>&lt;b&gt;</h1>") == (answer.headers["Content-Type"], answer.text)


def test_a_table_is_csv(api):
    answer = api.get("/shows.csv")

    assert ("text/csv; charset=utf-8", "room,began,seconds\n") == (answer.headers["Content-Type"], answer.text)


def test_a_picture_may_be_made_on_the_way(anybody, make_room):
    answer = anybody.get(f"/rooms/{make_room()['room']}/stamp")

    assert ("image/png", "max-age=60", b"\x89PNG") == (
        answer.headers["Content-Type"],
        answer.headers["Cache-Control"],
        answer.content[:4],
    )


def test_a_watcher_is_led_to_where_it_plays(emulator, anybody, make_room):
    room = make_room()
    answer = anybody.get(f"/rooms/{room['room']}/watch")

    assert (302, room["watch"], b"") == (answer.status_code, answer.headers["Location"], answer.content)


def test_an_answer_may_be_nothing_at_all(api, make_room):
    answer = api.delete(f"/rooms/{make_room()['room']}")

    assert (200, b"", False, "0") == (
        answer.status_code,
        answer.content,
        "Content-Type" in answer.headers,
        answer.headers["Content-Length"],
    )


def test_nothing_may_have_a_type(api, make_room):
    answer = api.put(f"/rooms/{make_room()['room']}/end")

    assert (200, b"", "text/plain") == (answer.status_code, answer.content, answer.headers["Content-Type"])


def test_times_have_milliseconds_and_names_their_own_shape(make_room):
    room = make_room()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", room["made"])
    assert re.fullmatch(r"[a-z0-9]{5}-[a-z0-9]{5}", room["stage"])
