"""Which API of a cloud a recorded request was for: by its production address, the stand-in's, or one that is told."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urldefrag, urlsplit

from offair.contracts.checks.webhook import event_of
from offair.contracts.contract import Contract
from offair.contracts.exchange import BROWSERS_OWN, SWITCHED, Exchange
from offair.contracts.traffic.unread import UnreadError

OVER_HTTP = re.compile(r"^ws(?=s?:)")  # RFC 6455 section 3: a socket begins as a request for http:// or https://
UNCHANGED = 304  # RFC 9110 section 15.4.5: what was asked for is what the client has already


@dataclass
class Share:
    """What a recording has of one API: exchanges whose ``path`` is as the contract has it, and the ``root`` before."""

    contract: Contract
    exchanges: list[Exchange] = field(default_factory=list)
    root: str = ""


def sort_out(contract: Contract, exchanges: Iterable[Exchange], url: str | None = None) -> list[Share]:
    """Give each API of a cloud its exchanges, and the cloud its hooks; those of other hosts are left out.

    ``url`` is what the API's base URL was, if neither in production nor at a stand-in. UnreadError names the hosts
    that were called, where none is the cloud's.
    """
    shares = [Share(one) for one in (contract, *contract.services.values())]
    hosts: set[str] = set()
    for one in exchanges:
        if one.is_hook:  # whoever was called, it is known by what it tells
            shares[0].exchanges += [one] if event_of(contract, one) in contract.webhooks else []
            continue
        asked = urldefrag(one.path).url  # nobody sends a fragment, and some write it down
        hosts.add(urlsplit(asked).netloc)
        asked = OVER_HTTP.sub("http", asked)
        if urlsplit(asked).path in BROWSERS_OWN:
            continue
        for share in shares:
            root = _root(share.contract, asked, url if share.contract is contract else None)
            if root is not None:
                path = asked[len(root) :] or "/"
                if one.status == SWITCHED and share.contract.socket_at(path) is None:
                    continue  # of frames that nobody documents there is nothing to say
                share.root = share.root or root
                is_cut = one.is_cut or _is_between(share.contract, one)
                share.exchanges.append(replace(one, path=path, is_cut=is_cut))
                break
    if not any(share.exchanges for share in shares):
        raise UnreadError(_nobody(contract, hosts))
    return [share for share in shares if share.exchanges]


def _root(contract: Contract, asked: str, url: str | None) -> str | None:
    """Say what stands before the contract's path in a URL; None where it is not this API's."""
    if url is not None:
        root = url.rstrip("/").removesuffix(contract.base_path)
        return root if asked.startswith(f"{root}/") else None
    parts = urlsplit(asked)
    origin = f"{parts.scheme}://{parts.netloc}"
    if parts.hostname in {urlsplit(server).hostname for server in contract.servers}:
        return origin
    place = f"/{contract.name}-{contract.service}" if contract.service else f"/{contract.name}"
    if _is_loopback(parts.hostname or "") and any(parts.path.startswith(f"{place}{b}/") for b in contract.base_paths):
        return origin + place
    return None


def _is_between(contract: Contract, one: Exchange) -> bool:
    """Say whether a browser's cache answered, or whoever sends plain HTTP on to TLS: the cloud did not."""
    is_sent_on = one.status in range(300, 400) and one.path.startswith("http://")
    return one.status == UNCHANGED or (is_sent_on and all(url.startswith("https:") for url in contract.servers))


def _nobody(contract: Contract, hosts: set[str]) -> str:
    known = sorted({urlsplit(url).netloc for one in (contract, *contract.services.values()) for url in one.servers})
    seen = ", ".join(sorted(hosts)[:5]) + (", …" if len(hosts) > 5 else "")
    return (
        f"has nothing of {contract.title}: it calls {seen}, and the cloud is at {', '.join(known)}; "
        "where the API was elsewhere, say so with --url"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tell_callers(exchanges: Sequence[Exchange], names: Mapping[str, None]) -> list[Exchange]:
    """Tell callers apart by their credentials, which stand in headers of these names (in lower case)."""
    known: dict[tuple[str, ...], str] = {}
    told = []
    for one in exchanges:
        held = tuple(sorted(value for name, value in one.request_headers.items() if name.lower() in names))
        who = one.who or (known.setdefault(held, f"caller {len(known) + 1}") if held else None)
        told.append(replace(one, who=who))
    return told
