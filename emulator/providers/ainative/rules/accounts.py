"""Accounts: entering somebody, proving who they are, and second factors."""

import base64
import hashlib
import hmac
import string
from dataclasses import replace
from typing import Any

from offair.emulator.core.problems import Conflict, Missing, Unauthorized
from offair.emulator.core.tenants import Tenant, enrol
from offair.emulator.core.world import World
from offair.emulator.providers.ainative.nouns.people import CLOUD, PEOPLE, TICKETS, Errand, Person, Ticket

LETTERS = string.ascii_lowercase + string.digits
STEP, DIGITS = 30, 6  # RFC 6238, sections 4.1 and 5.3
WEEK, HOUR, AGES = 604_800.0, 3_600.0, 3.2e9  # seconds
SPARES, SPARE_LENGTH = 8, 10
WRONG = "Incorrect email or password"


def digest_of(person: str, password: str) -> str:
    """Give what is kept of a password."""
    return hashlib.sha256(f"{person}:{password}".encode()).hexdigest()


def make_name(world: World, name: str) -> str:
    """Make a username that nobody has, of somebody's name."""
    stem = "".join(letter for letter in name.lower() if letter in LETTERS)[:24] or "user"
    while True:
        made = f"{stem}-{world.ids.letters(6, LETTERS)}"
        if not world.count(PEOPLE, username=made):
            return made


def enter(
    world: World, tenant: str, *, username: str, email: str, password: str, full_name: str | None = None,
    display_name: str | None = None, **facts: Any,
) -> Person:  # fmt: skip
    """Enter somebody into a tenant; Conflict for a name or an address that is taken."""
    if world.count(PEOPLE, username=username):
        raise Conflict("Username already taken")
    if world.count(PEOPLE, email=email):
        raise Conflict("Email already registered")
    person = world.ids.uuid()
    shown = display_name or full_name or username
    return world.put(
        PEOPLE,
        Person(
            id=person, tenant=tenant, username=username, email=email, digest=digest_of(person, password),
            display_name=shown, full_name=full_name, created_at=world.clock.now(), **facts,
        ),
    )  # fmt: skip


def register(world: World, *, email: str, password: str, username: str | None, **facts: Any) -> Person:
    """Let somebody in who was not here: in a tenant of their own."""
    name = username or make_name(world, email.partition("@")[0])
    tenant = enrol(world, Tenant(id=world.ids.uuid(), cloud=CLOUD, name=name))
    return enter(world, tenant.id, username=name, email=email.lower(), password=password, **facts)


def log_in(world: World, email: str, password: str, code: str | None) -> Person:
    """Find who has this address and password; Unauthorized unless both fit, and the second factor if any."""
    person = by_email(world, email)
    if person is None or not hmac.compare_digest(person.digest, digest_of(person.id, password)):
        raise Unauthorized(WRONG)
    if person.has_factor and not (is_code(world, person, code or "") or _spends_spare(world, person, code)):
        raise Unauthorized("MFA code required" if not code else "Invalid MFA code")
    return person


def by_email(world: World, email: str) -> Person | None:
    """Find who has an address."""
    return next(iter(world.find(PEOPLE, email=email.lower())), None)


def by_name(world: World, username: str) -> Person:
    """Find who has a username; Missing when nobody has."""
    found = world.find(PEOPLE, username=username)
    if not found:
        raise Missing("User not found")
    return found[0]


def person_of(world: World, person: str | None) -> Person:
    """Find somebody by their id; Missing when they are gone."""
    found = world.get(PEOPLE, person) if person else None
    if found is None:
        raise Missing("User not found")
    return found


def issue(world: World, person: Person, errand: Errand, *, seconds: float = HOUR, secret: str | None = None) -> str:
    """Make a secret that is good for one errand."""
    secret = secret or world.ids.token(32)
    until = world.clock.now() + seconds
    world.put(TICKETS, Ticket(id=secret, tenant=person.tenant, person=person.id, errand=errand, until=until))
    return secret


def redeem(world: World, secret: str, errand: Errand) -> Person | None:
    """Take a secret for its errand, once; None for one that is not good, or no more."""
    ticket = world.get(TICKETS, secret)
    if ticket is None or ticket.errand != errand:
        return None
    world.delete(TICKETS, id=secret)
    return world.get(PEOPLE, ticket.person) if ticket.until > world.clock.now() else None


def choose_password(world: World, person: Person, password: str) -> None:
    """Let somebody have another password; whoever was logged in stays so only until their token is over."""
    world.put(PEOPLE, replace(person, digest=digest_of(person.id, password)))
    for ticket in world.find(TICKETS, person=person.id):
        if ticket.errand == "refresh":
            world.delete(TICKETS, id=ticket.id)


def confirm(world: World, person: Person) -> Person:
    """Believe that somebody's address is theirs."""
    return world.put(PEOPLE, replace(person, is_verified=True))


def begin_factor(world: World, person: Person) -> Person:
    """Give somebody the secret of a second factor, which is not asked for yet."""
    secret = base64.b32encode(world.ids.random_bytes(20)).decode()
    return world.put(PEOPLE, replace(person, factor=secret, has_factor=False))


def spare_codes(world: World, person: Person) -> list[str]:
    """Give somebody codes that do for the second factor, once each; those from before do no more."""
    for ticket in world.find(TICKETS, person=person.id):
        if ticket.errand == "spare":
            world.delete(TICKETS, id=ticket.id)
    codes = [world.ids.letters(SPARE_LENGTH, LETTERS) for _ in range(SPARES)]
    return [issue(world, person, "spare", seconds=AGES, secret=code) for code in codes]


def _spends_spare(world: World, person: Person, code: str | None) -> bool:
    ticket = world.get(TICKETS, code) if code else None
    return ticket is not None and ticket.person == person.id and redeem(world, ticket.id, "spare") is not None


def prove_factor(world: World, person: Person, code: str) -> Person:
    """Ask for a second factor from now on; Conflict for a wrong code."""
    if person.factor is None:
        raise Conflict("MFA is not set up")
    if not is_code(world, person, code):
        raise Conflict("Invalid MFA code")
    return world.put(PEOPLE, replace(person, has_factor=True))


def is_code(world: World, person: Person, code: str) -> bool:
    """Say whether a code is right now, or was a moment ago (RFC 6238, section 5.2), on the cloud's clock."""
    now = int(world.clock.now()) // STEP
    return person.factor is not None and any(
        hmac.compare_digest(code_at(person.factor, now + shift).encode(), code.encode()) for shift in (-1, 0, 1)
    )


def code_at(secret: str, step: int) -> str:
    """Make the code of a step of time (RFC 4226, section 5.3)."""
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1").digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
