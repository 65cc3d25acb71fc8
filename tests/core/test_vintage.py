"""A state has a version: older ones are brought up, newer and damaged ones are told apart, and refused in words."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from streams import stream

from offair.emulator.core.recordings import RECORDINGS
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import ID, TEXT, UUID, Need, Table
from offair.emulator.core.tenants import CREDENTIALS, TENANTS
from offair.emulator.core.vintage import STEPS, StateError
from offair.emulator.core.world import World
from offair.emulator.emulator import DATABASE, Emulator
from offair.emulator.settings import Settings

OLD = (Path(__file__).parent / "state_0_1.sql").read_text(encoding="utf-8")
HOUSE_KEY = "tkbe7364039b9b00eff55feb176164797e4ddaee669"


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun of this test's own."""

    id: str
    tenant: str
    made_at: float = 0.0
    word: str = "x"


THINGS = Table("things", Thing)
OWNERS = Table(
    "owners",
    Thing,
    needed=(
        Need(table=THINGS, member="tenant"),
        Need(table=THINGS, member="tenant", key="tenant", words={"word": "x"}),
    ),
)


def state_of(folder, script=OLD):
    """Put a database into a folder, and give its path."""
    path = folder / DATABASE
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def changed(path, *statements):
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


@pytest.fixture(name="kept")
def _kept(tmp_path):
    """A state of this version with one thing in it."""
    world = World(tmp_path / DATABASE)
    world.put(THINGS, Thing("a", "t"))
    world.close()
    return tmp_path / DATABASE


def opened(path):
    World(path, tables=[THINGS]).close()


def test_a_state_says_its_version(kept):
    with closing(sqlite3.connect(kept)) as database:
        assert (len(STEPS),) == database.execute("PRAGMA user_version").fetchone()


def test_a_state_of_0_1_is_brought_up(tmp_path):
    world = World(state_of(tmp_path), tables=[TENANTS, CREDENTIALS, STREAMS])
    found = world.find(STREAMS), world.get(CREDENTIALS, f"tenbyte:{HOUSE_KEY}")
    world.close()

    assert (["kept since 0.1"], "api_key") == ([stream.name for stream in found[0]], found[1].kind)


def test_it_is_brought_up_once(tmp_path):
    path = state_of(tmp_path)
    for _ in range(2):
        opened(path)
    with closing(sqlite3.connect(path)) as database:
        assert (len(STEPS),) == database.execute("PRAGMA user_version").fetchone()


def test_a_stand_in_goes_on_with_the_state_of_0_1(tmp_path):
    state_of(tmp_path)
    with Emulator(Settings(port=0, rtmp_port=0, state_dir=tmp_path)) as emulator:
        url, headers = f"{emulator.addresses('tenbyte').api}/streams", {"X-API-Key": HOUSE_KEY}
        answer = httpx.get(url, headers=headers)

    assert (200, ["kept since 0.1"]) == (answer.status_code, [one["name"] for one in answer.json()["data"]])


def test_a_state_of_a_newer_program_is_refused_with_the_next_step(kept):
    changed(kept, "PRAGMA user_version = 999")
    with pytest.raises(StateError, match=r"version 999.*newer.*another folder"):
        opened(kept)


DAMAGES = {
    "a version before the first": ("PRAGMA user_version = -5", "there is no version -5"),
    "no JSON": ("UPDATE things SET body = 'no json'", "'things' has a row 'a'.*JSON"),
    "no text at all": ("UPDATE things SET body = 5", "'things' has a row 'a'"),
    "another schema": ("""UPDATE things SET body = '{"id": "a"}'""", "'things' has a row 'a'.*tenant"),
    "another id": ("""UPDATE things SET body = '{"id": "b", "tenant": "t"}'""", "'id' says 'a'.*'b'"),
    "another tenant": ("UPDATE things SET tenant = 'x'", "'tenant' says 'x'"),
    "no UTF-8": ("UPDATE things SET tenant = CAST(x'ff' AS TEXT)", "damaged .*UTF-8"),
    "a path": ("""UPDATE things SET id = '/x', body = '{"id": "/x", "tenant": "t"}'""", "'/x'.*no id"),
    "no moment": ("""UPDATE things SET body = '{"id": "a", "tenant": "t", "made_at": 1e300}'""", "made_at"),
    "a column less": ("ALTER TABLE things RENAME COLUMN body TO other", "lacks the column 'body'"),
    "an index less": ("ALTER TABLE things RENAME COLUMN tenant TO other", "lacks the column 'tenant'"),
    "a column more": ("ALTER TABLE things ADD COLUMN x DEFAULT 5", "not made as it should be"),
    "no count": ("DELETE FROM counter", "'counter' has no count"),
    "two counts": ("INSERT INTO counter VALUES (5)", "'counter' has no count"),
    "a count that is none": ("UPDATE counter SET value = 'x'", "'counter' has no count"),
    "no counter": ("DROP TABLE counter", "'counter' lacks"),
    "a row that none can follow": ("UPDATE things SET seq = 9223372036854775807", "'things' counts to 922337"),
    "a last row": ("UPDATE sqlite_sequence SET seq = 9223372036854775807", "'sqlite_sequence' counts to 922337"),
    "a row before the first": ("UPDATE sqlite_sequence SET seq = 1e308", "'sqlite_sequence' counts to 1e"),
    "a trigger": ("CREATE TRIGGER t AFTER DELETE ON things BEGIN DELETE FROM counter; END", "trigger 't'"),
    "a view": ("CREATE VIEW v AS SELECT * FROM things", "view 'v'"),
}


@pytest.mark.parametrize(("statement", "words"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_state_is_refused_with_table_row_and_reason(kept, statement, words):
    changed(kept, statement)
    with pytest.raises(StateError, match=f"{words}.*another folder") as refusal:
        opened(kept)

    assert str(kept) in str(refusal.value)


@pytest.mark.parametrize(("statement", "words"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_snapshot_is_refused_and_changes_nothing(kept, statement, words):
    changed(kept, "PRAGMA journal_mode = DELETE", statement)
    world = World(tables=[THINGS])
    world.put(THINGS, Thing("mine", "t"))
    calls = []
    with pytest.raises(ValueError, match=words):
        world.restore(kept.read_bytes(), before=lambda: calls.append("ended"))
    left = world.find(THINGS)
    world.close()

    assert ([Thing("mine", "t")], []) == (left, calls)


LONELY = {
    "none at all": ((), "the id 't'"),
    "another": ((Thing("u", "t"),), "the id 't'"),
    "one of another tenant's": ((Thing("t", "u"),), "the tenant 't' and the word 'x'"),
    "one that says another word": ((Thing("t", "t", word="y"),), "the tenant 't' and the word 'x'"),
}


@pytest.mark.parametrize(("owners", "words"), LONELY.values(), ids=LONELY)
def test_a_row_without_one_that_it_needs_is_refused_by_name(kept, owners, words):
    with closing(World(kept)) as world:
        for owner in owners:
            world.put(OWNERS, owner)
    with pytest.raises(
        StateError, match=f"'things' has a row 'a' that cannot be: it needs one of 'owners' with {words}"
    ):
        World(kept, tables=[OWNERS, THINGS])


def test_rows_that_have_what_they_need_are_taken_and_so_is_a_state_without_any(kept, tmp_path):
    with closing(World(kept)) as world:
        world.put(OWNERS, Thing("t", "t"))
    for path in (kept, tmp_path / "empty.sqlite"):
        World(path, tables=[OWNERS, THINGS]).close()


def test_only_one_clouds_rows_may_need_something(tmp_path):
    beings = Table("beings", Thing, needed=(Need(table=STREAMS, cloud="elsewhere"),))
    with closing(World(tmp_path / DATABASE)) as world:
        world.put(STREAMS, stream(cloud="toy"))
    World(tmp_path / DATABASE, tables=[STREAMS, beings]).close()
    with closing(World(tmp_path / DATABASE)) as world:
        world.put(STREAMS, stream(id="b", cloud="elsewhere"))

    with pytest.raises(StateError, match="'streams' has a row 'b'"):
        World(tmp_path / DATABASE, tables=[STREAMS, beings])


@pytest.mark.parametrize("content", [b"no database, honestly" * 100, b"SQLite format 3\0" + bytes(4000)])
def test_what_is_no_database_is_damaged(tmp_path, content):
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(StateError, match=r"damaged.*another folder"):
        opened(tmp_path / DATABASE)


def test_a_state_that_was_cut_off_is_damaged(kept):
    changed(kept, "PRAGMA journal_mode = DELETE")
    kept.write_bytes(kept.read_bytes()[:9000])
    with pytest.raises(StateError, match="damaged"):
        opened(kept)


def test_tables_that_nobody_knows_are_kept(kept):
    changed(kept, "CREATE TABLE elsewhere_things (x)", "INSERT INTO elsewhere_things VALUES ('no json')")
    opened(kept)
    world = World()
    world.restore(changed(kept, "PRAGMA journal_mode = DELETE").read_bytes())
    snapshot = world.snapshot()
    world.close()

    assert b"elsewhere_things" in snapshot


def test_the_name_of_an_earlier_release_is_told(tmp_path):
    state_of(tmp_path).rename(tmp_path / "earlier.sqlite")
    with pytest.raises(StateError, match=rf"earlier\.sqlite.*rename it to {re.escape(DATABASE)}"):
        Emulator(Settings(port=0, rtmp_port=0, state_dir=tmp_path)).start()

    assert not (tmp_path / DATABASE).exists()


def test_a_state_of_this_name_is_taken_whatever_lies_beside_it(kept):
    (kept.parent / "another.sqlite").touch()
    with Emulator(Settings(port=0, rtmp_port=0, state_dir=kept.parent)) as emulator:
        assert emulator.ready()["ready"]


def test_the_database_is_its_owners_alone(kept):
    kept.chmod(0o644)
    opened(kept)

    assert 0o600 == kept.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("pattern", "text", "is_one"),
    [
        (ID, "a", True), (ID, "tenbyte:x y", True), (ID, "a.b", True), (ID, "..a", True), (ID, "é", True),
        (ID, "", False), (ID, ".", False), (ID, "..", False), (ID, "a/b", False), (ID, "a\\b", False),
        (ID, "a\0", False), (ID, "a\n", False), (ID, "x" * 201, False), (TEXT, "a/b\n", True),
        (UUID, "0b9d3c1e-0000-4000-8000-00000000000f", True), (UUID, "0B9D3C1E-0000-4000-8000-00000000000F", False),
        (UUID, "holiday", False),
    ],
)  # fmt: skip
def test_an_id_is_an_id(pattern, text, is_one):
    assert is_one is Table("t", Thing, ids=pattern).is_id(text)


def test_recordings_have_folders_so_their_ids_are_ours():
    assert UUID == RECORDINGS.ids
