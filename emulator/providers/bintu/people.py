"""Who there is at Bintu: organisations and their users, with roles that the contract knows as scopes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Need, Table
from offair.emulator.core.tenants import TENANTS, Tenant
from offair.emulator.core.world import World
from offair.emulator.providers.bintu import catalogue
from offair.emulator.providers.bintu.catalogue import Declined
from offair.emulator.providers.bintu.nouns import CLOUD

Role = Literal["nanoAdmin", "nanoUser", "nanoReadOnly"]
ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: Mapping[str, frozenset[str]] = {role: frozenset(ROLES[place:]) for place, role in enumerate(ROLES)}
LEAST: Role = "nanoReadOnly"
TOKEN_KEY = 8  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What an organisation has chosen; ``id`` is the tenant's, ``hash`` begins the names of its streams."""

    id: str
    tenant: str
    hash: str
    webhook: str | None = None
    is_vod_public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody of an organisation. A token is good while it holds this ``token_key``."""

    id: str
    tenant: str
    email: str
    password: str
    role: Role
    token_key: str
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who was invited; ``id`` is the token of the invitation."""

    id: str
    tenant: str
    email: str
    role: Role
    created_at: float


ORGANISATIONS = Table(
    f"{CLOUD}_organisations",
    Organisation,
    indexed=("tenant", "hash"),
    needed=(Need(table=TENANTS, cloud=CLOUD), Need(table=STREAMS, member="tenant", cloud=CLOUD)),
)
USERS = Table(
    f"{CLOUD}_users",
    User,
    indexed=("tenant", "email"),
    needed=(Need(table=TENANTS, key="tenant", cloud=CLOUD, words={"role": ROLES[0]}),),
)
GUESTS = Table(f"{CLOUD}_guests", Guest)


def organisation_of(world: World, tenant: str) -> Organisation:
    """Give what an organisation has chosen; LookupError where there is no such organisation."""
    found = world.get(ORGANISATIONS, tenant)
    if found is None:
        raise LookupError(f"there is no organisation {tenant}; it is made when its tenant is invited")
    return found


def found_organisation(world: World, tenant: Tenant) -> Organisation:
    """Make a tenant an organisation."""
    return world.put(ORGANISATIONS, Organisation(id=tenant.id, tenant=tenant.id, hash=world.ids.letters(5)))


def add_user(world: World, tenant: Tenant, *, email: str, password: str, role: Role) -> User:
    """Let somebody in; Declined when the address is known."""
    if world.find(USERS, email=email):
        raise Declined(catalogue.TAKEN, duplicated_parameter="email")
    now, ids = world.clock.now(), world.ids
    made = User(
        id=ids.uuid(), tenant=tenant.id, email=email, password=password, role=role,
        token_key=ids.letters(TOKEN_KEY), created_at=now,
    )  # fmt: skip
    return world.put(USERS, made)


def log_in(world: World, email: str, password: str) -> User:
    """Know somebody by address and password; Declined for anybody else."""
    for user in world.find(USERS, email=email):
        if user.password == password:
            return user
    raise Declined(catalogue.NO_LOGIN, user=email)


def find_user(world: World, tenant: Tenant, *, user_id: str | None = None, email: str | None = None) -> User:
    """Find a user of an organisation by id or address, the first administrator where neither is said."""
    users = world.find(USERS, tenant=tenant.id)
    if user_id is None and email is None:
        return next(user for user in users if user.role == ROLES[0])
    found = next((user for user in users if user_id == user.id or (user_id is None and user.email == email)), None)
    if found is None:
        raise Declined(catalogue.NO_USER, user=user_id or email)
    return found


def change_role(world: World, user: User, role: Role) -> User:
    """Give a user another role; tokens of the old one are good no more. The last administrator stays one."""
    _keep_an_administrator(world, user, role)
    return world.put(USERS, replace(user, role=role, token_key=world.ids.letters(TOKEN_KEY)))


def renew_token_key(world: World, user: User) -> User:
    """End a user's tokens."""
    return world.put(USERS, replace(user, token_key=world.ids.letters(TOKEN_KEY)))


def remove_user(world: World, user: User) -> None:
    """Let a user go; the last administrator stays."""
    _keep_an_administrator(world, user, None)
    world.delete(USERS, id=user.id)


def invite_guest(world: World, tenant: Tenant, *, email: str, role: Role) -> Guest:
    """Invite somebody; nobody is written to."""
    made = Guest(id=world.ids.letters(24), tenant=tenant.id, email=email, role=role, created_at=world.clock.now())
    return world.put(GUESTS, made)


def _keep_an_administrator(world: World, user: User, role: Role | None) -> None:
    others = [one for one in world.find(USERS, tenant=user.tenant) if one.id != user.id and one.role == ROLES[0]]
    if user.role == ROLES[0] and role != ROLES[0] and not others:
        raise Declined(catalogue.DENIED)
