"""How to see it again: a request as a curl line."""

import shlex

from offair.contracts.exchange import Exchange, header
from offair.contracts.terminal import beginning

LONGEST = 2000  # characters of a body that a line has
# what curl says by itself, and what is about one connection (RFC 9110 section 7.6.1)
UNSAID = frozenset({"Host", "Connection", "Keep-Alive", "Content-Length", "Accept-Encoding", "User-Agent"})
OF_TESTS = "X-Schemathesis"  # the header in which a tool names its test begins so


def curl_line(exchange: Exchange, root: str = "") -> str:
    """Write a request as a curl line; ``root`` is what stands before its path. A body that is no text is left out."""
    parts = ["curl", "-i"]
    if {*"[]{}"} & {*exchange.path}:
        parts += ["--globoff"]
    if exchange.method == "HEAD":
        parts += ["-I"]  # with -X, curl would wait for a body
    elif exchange.method != "GET":
        parts += ["-X", exchange.method]
    said = {name: value for name, value in exchange.request_headers.items() if _is_said(name.title())}
    for name, value in said.items():
        if (name.lower(), value) != ("accept", "*/*"):
            # with a colon and nothing behind it curl leaves the header out
            parts += ["-H", f"{name}: {value}" if value else f"{name};"]
    body = exchange.request_body.decode("utf-8", "replace")
    if body:
        if header(said, "Content-Type") is None:
            parts += ["-H", "Content-Type:"]  # else curl says that it is a form
        parts += ["--data-raw", beginning(body, LONGEST)]
    return shlex.join([*parts, f"{root}{exchange.path}"])


def _is_said(name: str) -> bool:
    return name not in UNSAID and not name.startswith(OF_TESTS)
