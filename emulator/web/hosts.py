"""By which names the stand-in answers: its own and those of this machine, and no name that somebody else may give it.

A name without a dot is nobody's on the internet: containers have such names, and machines of a local network.

A page of ``evil.example`` may have its own name point at this machine a moment later (DNS rebinding), and is then no
other origin to the browser; but the browser still says by which name it calls (RFC 9110, section 7.2).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address

LOCAL = "localhost"
MISDIRECTED = 421  # RFC 9110, section 15.5.20
DOTLESS = re.compile(r"[a-z0-9_-]{1,63}")


class Hosts:
    """The names that are answered to: addresses, ``localhost`` and below, what has no dot, and these ``names``.

    One that begins with a dot stands for itself and every name below it. Ports and case make no difference.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        own = [name.lower().removesuffix(".") for name in (LOCAL, f".{LOCAL}", *names) if name]
        self._names = frozenset(name.removeprefix(".") for name in own)
        self._above = tuple(name for name in own if name.startswith("."))
        self.know = lru_cache(maxsize=256)(self._know)

    def _know(self, field: str) -> bool:
        """Say whether this is what may stand in a request's field Host; nothing at all may."""
        name = name_of(field)
        is_ours = name in self._names or name.endswith(self._above)
        return not field or is_ours or DOTLESS.fullmatch(name) is not None or _is_address(name)

    def refusal(self, field: str) -> str:
        """Say why nothing is answered, and what to do."""
        return (
            f"the stand-in does not answer to the name {name_of(field)!r}, which anybody could point at this machine; "
            f"call it by its address or as {LOCAL}, or add the name to the setting allowed_hosts"
        )


def name_of(field: str) -> str:
    """Give the name in a field Host, in small letters and without a port."""
    host = field.lower()
    bare = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return bare.removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
    except ValueError:
        return False
    return name.startswith("[") or ":" not in name
