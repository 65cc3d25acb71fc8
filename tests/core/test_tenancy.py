"""Tenants as a whole: what a reset forgets, what goes with a tenant, and what is left alone."""

from dataclasses import dataclass

import pytest
from streams import stream

from offair.emulator.core.archive import Archive
from offair.emulator.core.events import StreamDeleted
from offair.emulator.core.journal import Journal
from offair.emulator.core.publication import Policy
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Table
from offair.emulator.core.tenancy import Belongings, Tenancy
from offair.emulator.core.tenants import TENANTS, Tenant, credential_of, disown, enrol, tenant_of, vouch
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World


@dataclass(frozen=True, kw_only=True)
class _Row:
    id: str
    tenant: str = ""


DEEDS, USERS, WORDS = Table("deeds", _Row), Table("users", _Row), Table("words", _Row, indexed=())


class _Street:
    def __init__(self, folder):
        self.world, self.furnished = World(seed=1), 0
        self.journal = Journal(self.world.clock, 100)
        timers = Timers(self.world.clock, print)
        self.tenancy = Tenancy(
            self.world, Publications(self.world, timers, {"toy": Policy()}), Archive(self.world), self.journal,
            inviters={"toy": self._invite}, belongings=Belongings(passing=(DEEDS, WORDS), lasting=(USERS,)),
            furnish=self._furnish, folder=folder,
        )  # fmt: skip

    def _invite(self, world, name):
        tenant = Tenant(id=world.ids.uuid(), cloud="toy", name=name, credentials={"key": world.ids.token(8)})
        return enrol(world, tenant)

    def _furnish(self):
        self.furnished += 1

    def settle(self, tenant):
        """Let a tenant do one of each thing."""
        self.world.put(STREAMS, stream(id=f"stream of {tenant.id}", tenant=tenant.id))
        for table in (DEEDS, USERS):
            self.world.put(table, _Row(id=f"{table.name} of {tenant.id}", tenant=tenant.id))
        self.world.put(WORDS, _Row(id="hello"))
        self.tenancy.folder(tenant.id).mkdir(parents=True)
        return tenant

    def left(self, tenant):
        """Name what is still there of a tenant."""
        rows = {table.name: self.world.count(table, tenant=tenant.id) for table in (STREAMS, DEEDS, USERS)}
        known = tenant_of(self.world, "toy", tenant.credentials["key"]) is not None
        files = self.tenancy.folder(tenant.id).is_dir()
        return {name for name, is_there in {**rows, "key": known, "files": files}.items() if is_there}


@pytest.fixture(name="street")
def _street(tmp_path):
    street = _Street(tmp_path / "files")
    yield street
    street.world.close()


def test_a_reset_of_one_forgets_what_it_did_alone(street):
    one, other = (street.settle(street.tenancy.invite("toy")) for _ in range(2))
    street.tenancy.reset(one.id)

    assert ({"users", "key"}, {"streams", "deeds", "users", "key", "files"}) == (street.left(one), street.left(other))


def test_a_table_without_a_tenant_is_left_alone_by_a_reset_of_one(street):
    one = street.settle(street.tenancy.invite("toy"))
    street.tenancy.reset(one.id)

    assert (1, 0) == (street.world.count(WORDS), street.furnished)


def test_a_reset_of_all_lets_guests_go_and_keeps_who_was_printed(street):
    guest, house = street.settle(street.tenancy.invite("toy")), street.settle(street.tenancy.house("toy"))
    street.tenancy.reset()

    assert (set(), {"users", "key"}, 0, 1) == (
        street.left(guest), street.left(house), street.world.count(WORDS), street.furnished,
    )  # fmt: skip


def test_who_is_dismissed_leaves_nothing(street):
    one = street.settle(street.tenancy.invite("toy"))
    street.tenancy.dismiss(one.id)

    assert (set(), None) == (street.left(one), street.world.get(TENANTS, one.id))


def test_a_dismissal_that_breaks_off_has_taken_nothing(street):
    """It is one change, so that nobody does anything between its beginning and its end."""
    one = street.settle(street.tenancy.invite("toy"))
    street.world.put(STREAMS, stream(id="another", tenant=one.id))

    def refuse(event):
        if event.stream.id == "another":
            raise LookupError("a reaction that fails")

    street.world.events.subscribe(StreamDeleted, refuse)
    with pytest.raises(LookupError):
        street.tenancy.dismiss(one.id)

    assert (2, {"streams", "deeds", "users", "key", "files"}) == (
        street.world.count(STREAMS, tenant=one.id), street.left(one),
    )  # fmt: skip


def test_the_house_is_the_same_every_time(street):
    assert street.tenancy.house("toy") == street.tenancy.house("toy")


@pytest.mark.parametrize("odd", ["..", ".", "", "/etc", "../other", "a/../.."])
def test_an_odd_id_removes_no_files_of_others(street, tmp_path, odd):
    one = street.settle(street.tenancy.invite("toy"))
    beside = tmp_path / "other"
    beside.mkdir()
    street.tenancy.dismiss(odd)

    assert (True, True) == (beside.is_dir(), street.tenancy.folder(one.id).is_dir())


def test_a_cloud_that_is_not_here_is_a_key_error(street):
    with pytest.raises(KeyError):
        street.tenancy.invite("nowhere")


def test_one_more_secret_stands_for_a_user_until_it_does_not(street):
    one = street.tenancy.invite("toy")
    vouch(street.world, one, "hush", kind="token", user="ann")
    known = credential_of(street.world, "toy", "hush")

    assert ("ann", "token", True, False, None) == (
        known.user, known.kind, disown(street.world, "toy", "hush"), disown(street.world, "toy", "hush"),
        tenant_of(street.world, "toy", "hush"),
    )  # fmt: skip


def test_a_secret_of_one_cloud_is_nobodys_at_another(street):
    one = street.tenancy.invite("toy")

    assert None is tenant_of(street.world, "elsewhere", one.credentials["key"])
