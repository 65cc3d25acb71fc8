"""What many players fetch at once is answered once, for as long as it is the same."""

import pytest

from offair.emulator.core.audience import Audience
from offair.emulator.core.faults.players import PLAYBACK_FAULTS, PlaybackFault
from offair.emulator.core.problems import Missing
from offair.emulator.core.world import World
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Spot
from offair.emulator.web import hot as module
from offair.emulator.web.hot import Hot
from offair.emulator.web.playback import by_id

PATH = "/toy/cdn/a-stream/720p/1.ts"


class _Origin:
    """Knows by which stamp a name goes now."""

    def __init__(self):
        self.stamps = {"720p/1.ts": (1, 4), "master.m3u8": "#EXTM3U"}

    def stamp(self, _stream, name):
        return self.stamps.get(name)


class _Usher:
    """Lets in who does not say that it is a stranger."""

    def lets(self, _cloud, viewing):
        return viewing.query.get("who") != ("stranger",)


class _Stage:
    """A hot application before one that counts how often it is asked."""

    def __init__(self):
        self.world, self.origin, self.asked = World(), _Origin(), 0
        self.audience = Audience(self.world.clock.monotonic)
        self.audience.begin("a-stream", 1.0)
        self.body = b"abcd"
        self.clouds = {"toy": by_id}
        self.hot = Hot(
            self._answer, self.clouds, origin=self.origin, usher=_Usher(), audience=self.audience, world=self.world
        )

    def _answer(self, environ, start):
        self.asked += 1
        self.audience.saw("a-stream", (environ["REMOTE_ADDR"], environ.get("HTTP_USER_AGENT")))
        start("200 OK", [("Content-Type", "video/mp2t"), ("Content-Length", str(len(self.body)))])
        return [self.body]

    def get(self, path=PATH, method="GET", query="", **header):
        said = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "127.0.0.1"}
        content = self.hot(environ | header, lambda status, headers: said.append((status, headers)))
        return said[0][0], dict(said[0][1]), b"".join(content)


@pytest.fixture(name="stage")
def _stage():
    stage = _Stage()
    yield stage
    stage.world.close()


def test_the_second_answer_is_the_first_one_again(stage):
    first, second = stage.get(), stage.get()

    assert (first, 1) == (second, stage.asked)


def test_what_was_written_anew_is_answered_anew(stage):
    stage.get()
    stage.body, stage.origin.stamps["720p/1.ts"] = b"efgh", (2, 4)

    assert (b"efgh", 2) == (stage.get()[2], stage.asked)


def test_what_is_gone_is_asked_for(stage):
    stage.get()
    del stage.origin.stamps["720p/1.ts"]
    stage.get()

    assert 2 == stage.asked


@pytest.mark.parametrize(
    "other",
    [
        {"method": "HEAD"},
        {"query": "_HLS_msn=7"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_IF_NONE_MATCH": '"a"'},
        {"path": "/other/cdn/a-stream/720p/1.ts"},
        {"path": "/toy/v0/a-stream/720p/1.ts"},
        {"path": "/toy/cdn/a-stream"},
    ],
    ids=repr,
)
def test_a_request_of_its_own_kind_is_the_applications(stage, other):
    stage.get()
    stage.get(**other)

    assert 2 == stage.asked


def test_what_is_kept_is_bounded_by_what_it_costs(stage, monkeypatch):
    """A player that varies its query to get past caches keeps a long key for every short answer."""
    monkeypatch.setattr(module, "MOST", 100_000)
    for number in range(200):
        stage.get(query=f"{number}={'x' * 3000}")

    assert 0 < len(stage.hot._answers) <= 100_000 // (3000 + module.HEAD)


def test_a_path_of_a_clouds_own_form_is_answered_again(stage):
    stage.clouds["toy"] = lambda path, _query: Spot("a-stream", path.removeprefix("video/"))
    first, second = stage.get("/toy/cdn/video/master.m3u8"), stage.get("/toy/cdn/video/master.m3u8")

    assert (first, 1) == (second, stage.asked)


def test_a_path_that_means_something_else_by_now_is_answered_anew(stage):
    stage.clouds["toy"] = lambda *_: Spot("a-stream", "720p/1.ts")
    stage.get()
    stage.clouds["toy"] = lambda *_: Spot("a-stream", "720p/2.ts")
    stage.origin.stamps["720p/2.ts"] = stage.origin.stamps["720p/1.ts"]
    stage.get()

    assert 2 == stage.asked


def _refuse(*_):
    raise Missing("it is not for you")


@pytest.mark.parametrize(
    "locate",
    [_refuse, lambda *_: None, lambda *_: Reply(404)],
    ids=["a problem", "nothing", "an answer"],
)
def test_what_only_the_application_can_answer_is_asked_for(stage, locate):
    stage.clouds["toy"] = locate
    stage.get()
    stage.get()

    assert 2 == stage.asked


def test_each_query_has_an_answer_of_its_own_since_links_may_carry_it(stage):
    stage.clouds["toy"] = lambda _path, query: Spot("a-stream", "720p/1.ts", f"token={query.get('token')}")
    for query in ("token=a", "token=b", "token=a", "token=b"):
        stage.get(query=query)

    assert 2 == stage.asked


def test_who_may_see_it_is_asked_every_time(stage):
    for _ in range(2):
        stage.get(query="who=stranger")

    assert 2 == stage.asked


def test_a_service_that_plays_at_a_root_of_its_own_is_hot_too(stage):
    stages = {"/toy-stage": ("toy", lambda path, _query: Spot("a-stream", path.removeprefix("h/")))}
    stage.hot = Hot(
        stage._answer, {}, origin=stage.origin, usher=_Usher(), audience=stage.audience, world=stage.world,
        stages=stages,
    )  # fmt: skip
    for path in ("/toy-stage/h/720p/1.ts", "/toy-stage/h/720p/1.ts", "/toy-stage/other"):
        stage.get(path)

    assert 2 == stage.asked


def test_each_compression_is_kept_apart(stage):
    stage.get(HTTP_ACCEPT_ENCODING="gzip")
    stage.get()

    assert 2 == stage.asked


def test_nothing_is_kept_while_a_fault_spoils_answers(stage):
    stage.get()
    stage.world.put(PLAYBACK_FAULTS, PlaybackFault(id="f", tenant="t", kind="status"))
    stage.get()

    assert 2 == stage.asked


def test_a_new_player_is_introduced_by_the_application_and_counted(stage):
    stage.get()
    stage.get(HTTP_USER_AGENT="another")
    stage.get(HTTP_USER_AGENT="another")

    assert (2, 2) == (stage.asked, stage.audience.numbers("a-stream").total)


def test_a_picture_is_given_again_to_who_watches_nothing(stage):
    stage.origin.stamps["thumbnail.jpg"] = (1, 4)
    for _ in range(2):
        stage.get("/toy/cdn/a-stream/thumbnail.jpg", HTTP_USER_AGENT="a list of streams")

    assert 1 == stage.asked


def test_what_is_kept_is_bounded(stage, monkeypatch):
    monkeypatch.setattr(module, "MOST", module.HEAD + 1000)  # room for one
    stage.get()
    stage.get("/toy/cdn/a-stream/master.m3u8")
    stage.get("/toy/cdn/a-stream/master.m3u8")
    stage.get()

    assert 3 == stage.asked


def test_what_says_no_length_is_passed_on_as_it_comes(stage):
    stage.hot = Hot(
        lambda _environ, start: (start("200 OK", []), iter([b"a", b"b"]))[1],
        stage.clouds, origin=stage.origin, usher=_Usher(), audience=stage.audience, world=stage.world,
    )  # fmt: skip

    assert b"ab" == stage.get()[2]
