"""The studio asks before it locks: who takes long to answer, or fails to, holds nobody else."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from streams import stream

from offair.emulator.core.ports import Knock, Reason, Refused
from offair.emulator.core.streams import STREAMS

PATIENCE = 30.0
DENIED = Refused(Reason.NOT_ACCEPTING, "the organisation has no minutes left")


class Encoder:
    """A connection that writes down why it was closed."""

    peer = "127.0.0.1:1"

    def __init__(self) -> None:
        self.words: list[str] = []

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def relax(self) -> None: ...

    def close(self, reason: str) -> None:
        self.words.append(reason)


def knock(key: str) -> Knock:
    return Knock(protocol="rtmp", app="live", name=key, peer=Encoder.peer)


@pytest.fixture(name="keys")
def _keys(emulator, tenant):
    """Two streams of a tenant, by their keys."""
    keys = [f"{tenant.id}-{number}" for number in range(2)]
    with emulator.world.transaction():
        for key in keys:
            emulator.world.put(STREAMS, stream(id=key, key=key, cloud=tenant.cloud, tenant=tenant.id))
    yield keys
    emulator.tenancy.reset(tenant.id)


@pytest.fixture(name="consult")
def _consult(emulator, monkeypatch):
    """Let the gatekeeper be consulted by a function of the key."""

    def consult(answer) -> None:
        monkeypatch.setattr(emulator.door, "consult", lambda knock: answer(knock.name))

    return consult


@pytest.fixture(name="hung")
def _hung(emulator, keys, consult):
    """An encoder whose question hangs: what it is told in the end. Gives the event that ends that, too."""
    asked, goes_on = threading.Event(), threading.Event()

    def answer(key: str) -> Refused | None:
        if key != keys[0]:
            return None
        asked.set()
        return DENIED if goes_on.wait(PATIENCE) else None

    consult(answer)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(emulator.media.studio.receive, knock(keys[0]), Encoder())
        assert asked.wait(PATIENCE)
        yield told, goes_on
        goes_on.set()


def test_others_are_admitted_while_a_question_hangs(emulator, keys, hung):
    seat = emulator.media.studio.receive(knock(keys[1]), Encoder())

    assert ("flv", False) == (seat.container, hung[0].done())


def test_looking_does_not_wait_for_a_question_that_hangs(emulator, keys, hung):
    emulator.media.studio.receive(knock(keys[1]), Encoder())
    found = emulator.media.studio.find(keys[1], "240p/a-1.ts", {})

    assert ([keys[1]], None) == ([e.stream.id for e in emulator.media.studio.on_air() if e.stream.id in keys], found)
    assert not hung[0].done()


def test_the_world_can_be_changed_while_a_question_hangs(emulator, tenant, hung):
    with emulator.world.transaction():
        emulator.world.put(STREAMS, stream(id="another", key="another", cloud=tenant.cloud, tenant=tenant.id))

    assert not hung[0].done()


def test_who_is_denied_in_the_end_is_refused_in_these_words(emulator, keys, hung, until):
    told, goes_on = hung
    goes_on.set()

    assert DENIED == told.result(PATIENCE)
    assert "idle" == emulator.world.get(STREAMS, keys[0]).state
    until(f"refused: {DENIED.text}", kind="publication")


def test_a_gatekeeper_that_fails_to_ask_hurts_nobody_else(emulator, keys, consult):
    consult(lambda key: 1 // 0 if key == keys[0] else None)
    with pytest.raises(ZeroDivisionError):
        emulator.media.studio.receive(knock(keys[0]), Encoder())

    assert "flv" == emulator.media.studio.receive(knock(keys[1]), Encoder()).container


@pytest.mark.parametrize("name", ["link/0.ts", "rendition/link.ts"])
def test_what_is_behind_a_link_is_not_played(emulator, keys, tmp_path, name):
    studio = emulator.media.studio
    folder = studio._folder / keys[0]
    (folder / "rendition").mkdir(parents=True)
    (tmp_path / "0.ts").write_bytes(b"private")
    (folder / "link").symlink_to(tmp_path)
    (folder / "rendition" / "link.ts").symlink_to(tmp_path / "0.ts")
    (folder / "rendition" / "own.ts").write_bytes(b"public")

    assert (None, True) == (studio.find(keys[0], name, {}), studio.find(keys[0], "rendition/own.ts", {}) is not None)
