"""Whoever steers the stand-in is no web page of somebody else's (CWE-352), which a browser here may have open.

A page may send anybody a form, a text or a blob without asking; the stand-in needs no credentials, so that would do.
Browsers say which page asks, and they ask first (a preflight, which is not answered) for what no form can send.
"""

from offair.contracts.bodies import essence
from offair.emulator.core.problems import Forbidden, WrongMedia
from offair.emulator.provider.reply import Reply
from offair.emulator.web.mount import Passage, Proceed

MARK = "X-Offair"
JSON = "application/json"
HARMLESS = frozenset({"GET", "HEAD"})
OWN_SITES = frozenset({None, "same-origin", "none"})  # "none": a person typed the address (Fetch Metadata, 2.3)


def guarded(passage: Passage, proceed: Proceed) -> Reply:
    """Let no other origin's page in, and change nothing for what a page can send without asking."""
    headers, method = passage.request.headers, passage.request.method
    origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    host = headers.get("Host", "").lower()
    is_own = origin is None or origin.lower() in {f"http://{host}", f"https://{host}"}
    if not is_own or site not in OWN_SITES:
        words = f"a page of {origin or 'another site'} cannot steer the stand-in"
        raise Forbidden(f"{words}; call it from a program, or open its own address in the browser")
    if (
        method not in HARMLESS
        and _is_marked(passage)
        and essence(headers.get("Content-Type", "")) != JSON
        and MARK not in headers
    ):
        raise WrongMedia(
            f"{method} changes something, so it has to say what no form of a web page can: "
            f"'Content-Type: {JSON}', or '{MARK}: 1' where there is no body"
        )
    return proceed(passage)


def _is_marked(passage: Passage) -> bool:
    """What changes something documents the mark; the inbox, whose callers are told a URL and nothing more, does not."""
    return any(parameter.name == MARK for parameter in passage.operation.header_parameters)
