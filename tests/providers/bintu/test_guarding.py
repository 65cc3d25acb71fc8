"""Who may watch: playback tokens, secure tokens, and Guardian."""

import httpx
import pytest

from offair.emulator.core.streams import STREAMS
from offair.emulator.core.viewing import Viewing
from offair.emulator.emulator import Emulator
from offair.emulator.providers.bintu.guarding import objection

OPEN = 404  # nothing is on air, and who may watch is told so
CLOSED = 403


@pytest.fixture(name="secure")
def _secure(create):
    """A stream with a transcode that wants a token."""
    return create(secure=True, transcodes=[{"profile": "vtrans2-640x360x400x25"}])


@pytest.fixture(name="paper")
def _paper(service):
    """Have a playback token signed."""

    def paper(**wish):
        answer = service("token", "/splay", wish)
        assert 200 == answer.status_code, answer.text
        return answer.json()["data"]["token"]

    return paper


def _name(stream, place=0):
    return stream["playout"]["h5live"][place]["rtmp"]["streamname"]


def _urls(stream, place=0):
    entry = stream["playout"]["h5live"][place]
    asked = f"?stream={_name(stream, place)}&cid=1&pid=2"
    return [stream["playout"]["hls"][place]["url"] + "?", entry["server"]["hls"] + asked]


def _statuses(stream, place=0, headers=None, **shown):
    return {httpx.get(f"{url}&{httpx.QueryParams(shown)}", headers=headers).status_code for url in _urls(stream, place)}


def test_an_open_stream_wants_nothing(stream):
    assert {OPEN} == _statuses(stream)


@pytest.mark.parametrize(
    "shown", [{}, {"jwtoken": "a.b.c"}, {"token": "0" * 32, "options": "0"}, {"token": "x", "options": "²"}]
)
def test_a_secure_stream_is_closed_to_who_proves_nothing(secure, shown):
    assert {CLOSED} == _statuses(secure, **shown)


@pytest.mark.parametrize(
    ("wish", "statuses"),
    [
        (lambda stream: {"groupid": stream["id"]}, [{OPEN}, {OPEN}]),
        (lambda stream: {"streams": [_name(stream)]}, [{OPEN}, {CLOSED}]),
        (lambda stream: {"streams": [_name(stream, 1)]}, [{CLOSED}, {OPEN}]),
        (lambda _stream: {"streams": ["other-names"]}, [{CLOSED}, {CLOSED}]),
        (lambda _stream: {"orgawide": True}, [{OPEN}, {OPEN}]),
        (lambda _stream: {"orgawide": True, "ip": "127.0.0.1"}, [{OPEN}, {OPEN}]),
        (lambda _stream: {"orgawide": True, "ip": "10.0.0.1"}, [{CLOSED}, {CLOSED}]),
        (lambda _stream: {"orgawide": True, "domain": "app.example"}, [{CLOSED}, {CLOSED}]),
        (lambda _stream: {"orgawide": True, "exp": 1686903652}, [{CLOSED}, {CLOSED}]),
    ],
)
def test_a_token_opens_what_it_is_for(secure, paper, wish, statuses):
    token = paper(**wish(secure))

    assert statuses == [_statuses(secure, place, jwtoken=token) for place in (0, 1)]


def test_a_token_for_a_page_is_good_there(secure, paper):
    token = paper(orgawide=True, domain="app.example")
    pages = ["https://app.example/watch", "https://www.app.example/", "https://myapp.example/"]

    assert [{OPEN}, {OPEN}, {CLOSED}] == [_statuses(secure, headers={"Referer": page}, jwtoken=token) for page in pages]


def test_a_token_of_another_organisation_opens_nothing(emulator, secure):
    other = emulator.tenancy.invite("bintu", "another")
    url = emulator.addresses("bintu").services["token"]
    made = httpx.post(f"{url}/splay", json={"groupid": secure["id"]}, headers=dict(other.headers)).json()

    assert {CLOSED} == _statuses(secure, jwtoken=made["data"]["token"])


def test_a_token_begins_and_ends_on_the_clouds_clock(emulator, secure, paper):
    now = int(emulator.clock.now())
    token, seen = paper(orgawide=True, nbf=now + 100, exp=now + 200), []
    for step in (0, 110, 100):
        emulator.clock.advance(step)
        seen.append(_statuses(secure, jwtoken=token))
    emulator.clock.reset()

    assert [{CLOSED}, {OPEN}, {CLOSED}] == seen


def test_a_token_is_verified_and_revoked_for_good(service, secure, paper):
    token = paper(groupid=secure["id"], revocable=True)
    before = service("token", "/splay/verify", {"token": token}, headers={}).json()
    revoked = service("token", "/splay/revoke", {"token": token})
    after = service("token", "/splay/verify", {"token": token}, headers={})

    assert (token, 204, b"", 403, {CLOSED}) == (
        before["data"]["token"],
        revoked.status_code,
        revoked.content,
        after.status_code,
        _statuses(secure, jwtoken=token),
    )


def test_an_expired_token_is_said_to_be(emulator, service, paper, examples):
    token = paper(orgawide=True, exp=int(emulator.clock.now()) + 5)
    emulator.clock.advance(6)
    answer = service("token", "/splay/verify", {"token": token}, headers={})
    emulator.clock.reset()
    published = examples["token", "verify-expired"]

    assert (published.status, published.response_body) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("make", "code"), [(lambda paper: paper(orgawide=True), 2011), (lambda _paper: "no token", 2004)]
)
def test_what_cannot_be_revoked_is_said_in_the_services_words(service, paper, make, code):
    answer = service("token", "/splay/revoke", {"token": make(paper)})

    assert (400, code) == (answer.status_code, answer.json()["errorCode"])


def test_another_organisations_token_is_not_revoked(emulator, service, paper):
    token = paper(orgawide=True, revocable=True)
    other = emulator.tenancy.invite("bintu", "another")
    answer = service("token", "/splay/revoke", {"token": token}, headers=dict(other.headers))

    assert (400, 2012) == (answer.status_code, answer.json()["errorCode"])


@pytest.mark.parametrize(("disconnects", "is_sent_away"), [(False, False), (True, True)])
def test_who_watches_when_a_token_ends_may_stay_unless_it_says_otherwise(
    emulator, secure, paper, disconnects, is_sent_away
):
    token = paper(orgawide=True, exp=int(emulator.clock.now()) + 5, forceDisconnect=disconnects)
    stream, rooms = emulator.world.get(STREAMS, secure["id"]), emulator.rooms["bintu"]
    emulator.clock.advance(6)
    seen = [
        objection(
            Viewing(stream=stream.id, name="source/stream.mp4", protocol="mp4", peer="127.0.0.1",
                    query={"jwtoken": (token,)}, is_seated=is_seated), stream, rooms,
        ) for is_seated in (False, True)
    ]  # fmt: skip
    emulator.clock.reset()

    assert (True, is_sent_away) == (seen[0] is not None, seen[1] is not None)


def _security(service, **wish):
    shown = service("splay", "/secure/token", wish).json()["h5live"]["security"]
    return {name: value for name, value in shown.items() if value}


def test_a_secure_token_opens_its_stream_alone(service, secure):
    shown = _security(service, streamname=_name(secure), tag="x")

    assert [{OPEN}, {CLOSED}] == [_statuses(secure, place, **shown) for place in (0, 1)]


def test_a_secure_token_of_an_organisation_opens_all_of_it(service, secure):
    shown = _security(service, orga=_name(secure).partition("-")[0])

    assert [{OPEN}, {OPEN}] == [_statuses(secure, place, **shown) for place in (0, 1)]


@pytest.mark.parametrize("change", [{"tag": "y"}, {"options": "0"}, {"expires": "99999999999"}, {"token": "0" * 32}])
def test_a_secure_token_that_was_tampered_with_opens_nothing(emulator, service, secure, change):
    until = str(int(emulator.clock.now()) + 60)
    shown = _security(service, streamname=_name(secure), tag="x", expires=until)

    assert [{OPEN}, {CLOSED}] == [_statuses(secure, **shown), _statuses(secure, **{**shown, **change})]


def test_a_secure_token_may_bind_an_address_and_a_page(service, secure):
    here = _security(service, streamname=_name(secure), ip="127.0.0.1", referer="demo.example")
    there = _security(service, streamname=_name(secure), ip="10.0.0.1")
    page = {"Referer": "https://demo.example/x"}

    assert [{OPEN}, {CLOSED}, {CLOSED}] == [
        _statuses(secure, headers=page, **here),
        _statuses(secure, **here),
        _statuses(secure, **there),
    ]


@pytest.mark.parametrize(
    ("subject", "is_denied"), [("127.0.0.1", True), ("127.0.0.0/8", True), ("10.0.0.0/8", False), ("::1", False)]
)
def test_guardian_denies_an_address_for_a_day(emulator, service, stream, subject, is_denied):
    service("guardian", "/ip", {"ip": subject, "type": "deny"}).raise_for_status()
    today = _statuses(stream)
    emulator.clock.advance(24 * 3600 + 1)
    tomorrow = _statuses(stream)
    emulator.clock.reset()

    assert ({CLOSED if is_denied else OPEN}, {OPEN}) == (today, tomorrow)


@pytest.mark.parametrize("path", ["/referrer", "/referer"])
def test_guardian_denies_pages_and_the_nearest_rule_holds(service, stream, path):
    for domain, kind in (("*", "deny"), ("*.good.example", "allow"), ("bad.good.example", "deny")):
        service("guardian", path, {"domain": domain, "type": kind}).raise_for_status()
    pages = ["https://other.example/", "https://a.good.example/", "https://bad.good.example/", None]
    seen = [_statuses(stream, headers={"Referer": page} if page else None) for page in pages]

    assert [{CLOSED}, {OPEN}, {CLOSED}, {OPEN}] == seen


def test_guardian_takes_no_address_that_is_none(service):
    assert 400 == service("guardian", "/ip", {"ip": "::/999", "type": "deny"}).status_code


@pytest.mark.parametrize(
    ("name", "path", "body", "words"),
    [
        ("token", "/splay/verify", {}, "token"),
        ("token", "/splay", {}, "exactly one of groupid, streams, orgawide"),
        ("token", "/splay", {"orgawide": True, "ip": "999"}, "ip must be a valid ipv4"),
        ("webcaster", "/webcaster", {"ingesturl": "rtmp://a/live"}, "streamname"),
    ],
    ids=["missing", "one-of-three", "wrong", "another-service"],
)
def test_the_services_say_which_parameter_they_want(service, name, path, body, words):
    assert f"Parameter required: {words}" == service(name, path, body).json()["message"]


def test_a_webcaster_token_is_good_for_its_own_purpose_alone(service, secure):
    wish = {"streamname": _name(secure), "ingesturl": "rtmp://a/live"}
    token = service("webcaster", "/webcaster", wish).json()["data"]["token"]
    verified = service("webcaster", "/webcaster/verify", {"token": token}, headers={}).status_code
    elsewhere = service("token", "/splay/verify", {"token": token}, headers={}).status_code

    assert (200, 400, {CLOSED}) == (verified, elsewhere, _statuses(secure, jwtoken=token))


def test_a_token_of_the_api_is_made_for_a_user(anybody, service, user):
    token = service("token", "/bintu/token", {"email": user.email}).json()["data"]["token"]

    assert 200 == anybody.get("/user", headers={"X-BINTU-TOKEN": token}).status_code


@pytest.fixture(scope="module", name="guarded")
def _guarded():
    """A stand-in where nothing plays without a token, and tokens are signed with RSA."""
    chosen = {"bintu.secure_playback": True, "bintu.secure_reads": True, "bintu.token_algorithm": "RS256"}
    with Emulator({"port": 0, "rtmp_port": 0, **chosen}) as emulator:
        yield emulator


def test_everything_may_be_guarded_and_tokens_signed_with_rsa(guarded):
    tenant, addresses = guarded.tenancy.invite("bintu", "a test"), guarded.addresses("bintu")
    headers = dict(tenant.headers)
    stream = httpx.post(f"{addresses.api}/stream", headers=headers).json()
    splay = f"{addresses.services['token']}/splay"
    token = httpx.post(splay, headers=headers, json={"orgawide": True}).json()["data"]["token"]
    read = httpx.get(f"{addresses.api}/stream/{stream['id']}").status_code

    assert (True, {CLOSED}, {OPEN}, 403) == (
        stream["secure"],
        _statuses(stream),
        _statuses(stream, jwtoken=token),
        read,
    )
