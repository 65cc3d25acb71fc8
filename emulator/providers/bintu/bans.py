"""Guardian: from which addresses and on whose pages nothing of an organisation may be watched."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

from offair.emulator.core.table import TEXT, Table
from offair.emulator.core.world import World
from offair.emulator.providers.bintu.nouns import CLOUD

DAY = 24 * 3600.0
ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A rule of an organisation: of an address or network until a moment, or of a domain until the opposite is said."""

    id: str
    tenant: str
    kind: Literal["address", "domain"]
    subject: str
    allows: bool = False
    until: float | None = None
    words: str | None = None


BANS = Table(f"{CLOUD}_bans", Ban, indexed=("tenant", "kind"), ids=TEXT)


def ban_address(world: World, tenant: str, subject: str, words: str | None) -> Ban:
    """Deny an address or a network for a day; ValueError for what is none."""
    ip_network(subject, strict=False)
    until = world.clock.now() + DAY
    made = Ban(id=f"{tenant}:{subject}", tenant=tenant, kind="address", subject=subject, until=until, words=words)
    return world.put(BANS, made)


def rule_domain(world: World, tenant: str, domain: str, *, allows: bool, words: str | None) -> Ban:
    """Deny pages of a domain, or allow them."""
    subject = domain.lower()
    made = Ban(
        id=f"{tenant}:domain:{subject}", tenant=tenant, kind="domain", subject=subject, allows=allows, words=words
    )  # fmt: skip
    return world.put(BANS, made)


def is_banned(world: World, tenant: str, *, peer: str | None, page: str | None) -> bool:
    """Say whether somebody at an address, on a page of a domain (None is on no page), may watch nothing."""
    now = world.clock.now()
    networks = (ban.subject for ban in world.find(BANS, tenant=tenant, kind="address") if (ban.until or now) > now)
    if peer is not None and any(_is_in(peer, network) for network in networks):
        return True
    rules = {ban.subject: ban.allows for ban in world.find(BANS, tenant=tenant, kind="domain")}
    return bool(rules) and page is not None and not _allows(page, rules)


def page_of(referer: str | None, origin: str | None) -> str | None:
    """Tell on whose page somebody watches, from what the browser says of it."""
    for said in (referer, origin):
        host = urlsplit(said).hostname if said else None
        if host:
            return host
    return None


def _is_in(peer: str, network: str) -> bool:
    try:
        return ip_address(peer) in ip_network(network, strict=False)
    except (ValueError, TypeError):  # an address of another family, or none at all
        return False


def _allows(page: str, rules: dict[str, bool]) -> bool:
    """The nearest rule holds: the domain's own, then those of the domains above it, then the one for all."""
    parts = page.split(".")
    above = [page, *(f"*.{'.'.join(parts[place:])}" for place in range(1, len(parts))), ANY]
    return next((rules[name] for name in above if name in rules), True)
