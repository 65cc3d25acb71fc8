"""Secure tokens as they were before: a keyed digest over what may be watched, from where, and until when. Pure."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import IntFlag

from offair.contracts.digits import is_number

DIGITS = 32  # hexadecimal


class Binds(IntFlag):
    """What a secure token binds; the sum of them is the mask that a player shows."""

    EXPIRES = 1
    IP = 2
    REFERER = 4
    TAG = 8
    ORGANISATION = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What a secure token binds: a stream's name or an organisation's hash, and what must be as it was."""

    subject: str
    is_organisation: bool = False
    expires: str = ""
    ip: str = ""
    referer: str = ""
    tag: str = ""

    @property
    def options(self) -> Binds:
        """The mask of what is bound."""
        bound = {
            Binds.EXPIRES: self.expires,
            Binds.IP: self.ip,
            Binds.REFERER: self.referer,
            Binds.TAG: self.tag,
            Binds.ORGANISATION: self.is_organisation,
        }
        return Binds(sum(part for part, is_bound in bound.items() if is_bound))


def digest(bond: Bond, secret: str) -> str:
    """Write a token: 32 hexadecimal digits."""
    said = (str(int(bond.options)), bond.subject, bond.expires, bond.ip, bond.referer, bond.tag)
    return hmac.new(secret.encode(), "\n".join(said).encode(), hashlib.sha256).hexdigest()[:DIGITS]


def is_good(bond: Bond, token: str, secret: str, *, now: float) -> bool:
    """Say whether a token is the one of this bond, and not over."""
    if bond.expires and not (is_number(bond.expires) and float(bond.expires) > now):
        return False
    return hmac.compare_digest(digest(bond, secret).encode(), token.encode())
