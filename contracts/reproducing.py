"""How to see it again: a request as a curl line."""

import shlex

from offair.contracts.exchange import Exchange

LONGEST = 2000  # characters of a body that a line has


def curl_line(exchange: Exchange, root: str = "") -> str:
    """Write a request as a curl line; ``root`` is what stands before its path. A body that is no text is left out."""
    parts = ["curl", "-i"]
    if exchange.method != "GET":
        parts += ["-X", exchange.method]
    for name, value in exchange.request_headers.items():
        parts += ["-H", f"{name}: {value}"]
    body = exchange.request_body.decode("utf-8", "replace")
    if body:
        parts += ["--data-raw", body if len(body) <= LONGEST else f"{body[:LONGEST]}…"]
    return shlex.join([*parts, f"{root}{exchange.path}"])
