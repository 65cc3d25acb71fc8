import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offair.emulator.core import world as worlds
from offair.emulator.core.table import Table
from offair.emulator.core.world import World


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun of this test's own."""

    id: str
    tenant: str
    size: int = 0


THINGS = Table("things", Thing)


@pytest.fixture(name="world")
def _world():
    world = World()
    yield world
    world.close()


def test_a_noun_comes_back_as_it_was_put(world):
    world.put(THINGS, Thing("a", "t", 3))

    assert Thing("a", "t", 3) == world.get(THINGS, "a")


def test_putting_again_replaces_and_keeps_the_place(world):
    for name in ("a", "b"):
        world.put(THINGS, Thing(name, "t"))
    world.put(THINGS, Thing("a", "t", 9))

    assert [("a", 9), ("b", 0)] == [(thing.id, thing.size) for thing in world.find(THINGS)]


def test_a_failed_transaction_leaves_nothing(world):
    with pytest.raises(ZeroDivisionError), world.transaction():
        world.put(THINGS, Thing("a", "t"))
        1 / 0  # noqa: B018 - the failure

    assert 0 == world.count(THINGS)


def test_an_inner_transaction_falls_with_the_outer(world):
    with pytest.raises(ZeroDivisionError), world.transaction():
        with world.transaction():
            world.put(THINGS, Thing("a", "t"))
        1 / 0  # noqa: B018 - the failure

    assert 0 == world.count(THINGS)


def test_what_waits_for_the_commit_happens_once_it_is_kept(world):
    seen = []
    with world.transaction():
        world.put(THINGS, Thing("a", "t"))
        world.after_commit(lambda: seen.append(world.count(THINGS)))
        early = list(seen)

    assert ([], [1]) == (early, seen)


def test_what_waits_for_a_commit_that_fails_never_happens(world):
    seen = []
    with pytest.raises(ZeroDivisionError), world.transaction():
        world.after_commit(lambda: seen.append("happened"))
        1 / 0  # noqa: B018 - the failure
    with world.transaction():
        pass

    assert [] == seen


def test_a_snapshot_restores_everything_and_the_counter(world):
    world.put(THINGS, Thing("a", "t"))
    world.draw()
    snapshot = world.snapshot()
    world.put(THINGS, Thing("b", "t"))
    world.draw()
    world.restore(snapshot)

    assert (["a"], 2) == ([thing.id for thing in world.find(THINGS)], world.draw())


def test_a_world_examines_what_others_wrote_and_not_its_own_snapshots(world, monkeypatch):
    own, examined = world.snapshot(), []
    with closing(World()) as another:
        another.draw()
        others = another.snapshot()
    monkeypatch.setattr(worlds, "examine", lambda *_, **__: examined.append("examined"))
    world.restore(own)
    before = list(examined)
    world.restore(others)

    assert ([], ["examined"]) == (before, examined)


def test_a_restored_world_accepts_new_kinds_of_nouns(world):
    snapshot = world.snapshot()
    world.put(THINGS, Thing("a", "t"))
    world.restore(snapshot)
    world.put(THINGS, Thing("b", "t"))

    assert ["b"] == [thing.id for thing in world.find(THINGS)]


@pytest.mark.parametrize("rubbish", [b"", b"no database", b"SQLite format 3\x00" + bytes(200)])
def test_bytes_that_are_no_snapshot_are_refused_and_change_nothing(world, rubbish):
    world.put(THINGS, Thing("a", "t"))
    with pytest.raises(ValueError, match="no snapshot"):
        world.restore(rubbish)

    assert 1 == world.count(THINGS)


def test_two_worlds_never_see_each_other(world):
    other = World()
    world.put(THINGS, Thing("a", "t"))
    seen = other.count(THINGS)
    other.close()

    assert 0 == seen


def test_a_file_keeps_what_was_committed(tmp_path):
    first = World(tmp_path / "w.sqlite")
    first.put(THINGS, Thing("a", "t"))
    second = World(tmp_path / "w.sqlite")  # as after kill -9: nobody closed the first
    kept = second.find(THINGS)
    first.close()
    second.close()

    assert [Thing("a", "t")] == kept


def test_a_snapshot_restores_into_a_file(tmp_path):
    first = World(tmp_path / "w.sqlite")
    first.put(THINGS, Thing("a", "t"))
    snapshot = first.snapshot()
    first.delete(THINGS)
    first.restore(snapshot)
    first.close()
    second = World(tmp_path / "w.sqlite")
    kept = second.count(THINGS)
    second.close()

    assert 1 == kept


def test_threads_do_not_lose_one_anothers_changes(world):
    world.put(THINGS, Thing("a", "t"))

    def count_up():
        for _ in range(50):
            with world.transaction():
                thing = world.get(THINGS, "a")
                world.put(THINGS, replace(thing, size=thing.size + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 200 == world.get(THINGS, "a").size


def test_a_closed_world_can_be_closed_again(world):
    world.close()
    world.close()

    with pytest.raises(sqlite3.ProgrammingError):
        world.count(THINGS)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"), st.integers(0, 9)), max_size=20))
def test_a_world_is_a_dictionary_that_keeps_its_order(puts):
    """Any sequence of puts leaves what a plain dict would have, for every tenant."""
    world, model = World(), {}
    for thing in (Thing(*put) for put in puts):
        world.put(THINGS, thing)
        model[thing.id] = thing
    found = {tenant: world.find(THINGS, tenant=tenant) for tenant in "xy"}
    world.close()

    assert {tenant: [t for t in model.values() if t.tenant == tenant] for tenant in "xy"} == found


def test_a_change_that_does_not_fit_leaves_a_world_that_can_be_used(tmp_path):
    world = World(tmp_path / "world")
    world.put(THINGS, Thing("a", "t"))
    (pages,) = world._database.execute("PRAGMA page_count").fetchone()
    world._database.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"), world.transaction():
        world.put(THINGS, Thing("b", "t" * (4 << 20)))
    world.put(THINGS, Thing("a", "t", 9))
    kept = world.find(THINGS)
    world.close()

    assert [Thing("a", "t", 9)] == kept


def test_a_world_in_a_file_has_room_for_changes_when_the_disk_is_full(tmp_path):
    """What a full disk must not prevent is to say that it is full: the file grows once, at the start."""
    world = World(tmp_path / "world")
    (pages,) = world._database.execute("PRAGMA page_count").fetchone()
    world._database.execute(f"PRAGMA max_page_count={pages}")
    for size in range(200):
        world.put(THINGS, Thing(f"thing {size}", "t", size))
    count = world.count(THINGS)
    world.close()

    assert 200 == count


THINGS_DONE = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.sampled_from("tu"), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.sampled_from("abc")),
        st.tuples(st.just("get"), st.sampled_from("abc")),
        st.tuples(st.just("count"), st.sampled_from("tu")),
        st.tuples(st.just("find"), st.sampled_from("tu")),
        st.tuples(st.just("page"), st.sampled_from("tu")),
        st.tuples(st.just("fail"), st.sampled_from("abc"), st.sampled_from("tu"), st.integers(0, 3)),
    ),
    max_size=30,
)


@given(THINGS_DONE)
def test_what_is_remembered_is_what_is_kept(steps):
    """Whatever was put, removed, undone, read, counted and listed before, all tell the present."""
    world, model = World(), {}
    for what, name, *rest in steps:
        if what == "put":
            model[name] = Thing(name, *rest)
            world.put(THINGS, model[name])
        elif what == "delete":
            world.delete(THINGS, id=name)
            model.pop(name, None)
        elif what == "fail":
            with pytest.raises(ZeroDivisionError), world.transaction():
                world.put(THINGS, Thing(name, *rest))
                world.get(THINGS, name)
                world.count(THINGS, tenant=rest[0])
                world.find(THINGS, tenant=rest[0], limit=2)
                1 / 0  # noqa: B018 - the failure
        elif what == "get":
            assert model.get(name) == world.get(THINGS, name)
        else:
            expected = [thing for thing in model.values() if thing.tenant == name]
            if what == "count":
                assert len(expected) == world.count(THINGS, tenant=name)
            elif what == "page":
                assert expected[:2] == world.find(THINGS, tenant=name, limit=2)
            else:
                assert sorted(expected, key=repr) == sorted(world.find(THINGS, tenant=name), key=repr)
    wrong = world.remembered_wrongly()
    world.close()

    assert [] == wrong


def test_who_reads_or_removes_makes_no_table(world):
    asked = world.get(THINGS, "a"), world.find(THINGS), world.count(THINGS), world.weigh(THINGS), world.delete(THINGS)
    made = world._database.execute("SELECT name FROM sqlite_master WHERE name = ?", [THINGS.name]).fetchall()

    assert ((None, [], 0, 0, 0), []) == (asked, made)


def test_a_noun_is_decoded_once(world):
    world.put(THINGS, Thing("a", "t"))

    assert world.get(THINGS, "a") is world.get(THINGS, "a")


def test_who_only_reads_begins_no_transaction(world):
    world.put(THINGS, Thing("a", "t"))
    with world.transaction():
        world.get(THINGS, "a")

        assert not world._database.in_transaction


@dataclass(frozen=True)
class Bag:
    """A noun that is not as frozen as it looks."""

    id: str
    tenant: str
    items: dict[str, int]


def test_a_noun_that_somebody_changed_in_place_is_told(world):
    bags = Table("bags", Bag)
    world.put(bags, Bag("a", "t", {}))
    world.get(bags, "a").items["more"] = 1

    assert [("bags", "a")] == world.remembered_wrongly()


@pytest.mark.parametrize("lost", ["w.sqlite", "w.sqlite-wal"])
def test_what_cannot_be_found_again_is_not_taken(tmp_path, lost):
    """A file that is deleted while it is open can be written on and on."""
    world = World(tmp_path / "w.sqlite")
    world.put(THINGS, Thing("a", "t"))
    (tmp_path / lost).unlink()
    with pytest.raises(FileNotFoundError, match="start it again"):
        world.put(THINGS, Thing("b", "t"))
    with pytest.raises(FileNotFoundError, match="start it again"), world.transaction():
        world.delete(THINGS)
    kept = world.find(THINGS)
    world.close()

    assert [Thing("a", "t")] == kept


def test_a_database_in_another_ones_place_is_not_taken_for_it(tmp_path):
    world, other = World(tmp_path / "w.sqlite"), World(tmp_path / "other.sqlite")
    other.close()
    (tmp_path / "other.sqlite").replace(tmp_path / "w.sqlite")
    with pytest.raises(FileNotFoundError, match="removed or replaced"):
        world.put(THINGS, Thing("b", "t"))
    world.close()
