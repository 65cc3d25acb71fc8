"""What others send in a cloud's name: calls whose signature is not that of their bytes, and bodies that are none."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from offair.contracts.receiver.delivery import Hook, Penman
from offair.contracts.webhook import SignatureTerm

LARGE = 2 << 20  # bytes
PADDING, NEVER = "padding", "never.documented"


def forged(penman: Penman) -> Iterator[Hook]:
    """Write the calls that nobody may take who knows the secret; none where nothing is signed."""
    term, good = penman.term, penman.valid()
    if term is None:
        return
    for body, what in _tampered(good.body, is_form=penman.is_form):
        yield replace(good, kind="tampered", body=body, what=what)
    for signature, what in _nearly(term, penman.secret, good.body):
        yield replace(good, kind="near-miss", headers={**good.headers, term.header: signature}, what=what)
    bare = {name: value for name, value in good.headers.items() if name != term.header}
    for body, what in ((good.body, ""), (b"", "is empty and "), (b"no JSON", "is no body and ")):
        yield replace(good, kind="unsigned", headers=bare, body=body, what=f"{what}is not signed")
    if not penman.is_form:
        spaced = json.dumps(penman.value, indent=1).encode()
        yield replace(good, kind="rewritten", body=spaced, what="is signed over the same JSON in another spelling")
        yield replace(good, kind="rewritten", body=good.body + b" ", what="has a space more than was signed")


def unreadable(penman: Penman) -> Iterator[Hook]:
    """Write what is no body of the event, signed all the same."""
    content = penman.valid().body
    for body, what in ((b"", "is empty"), (content[: len(content) // 2], "ends half-way"), (b"\xff\x00", "is no text")):
        yield penman.write("no-body", body, what)
    if penman.is_form:
        yield from (penman.write("no-body", body, what) for body, what in _other_fields(penman))
        return
    for body, what in ((b"[]", "is a list"), (b"null", "is null"), (b'"words"', "is a text")):
        yield penman.write("no-body", body, what)
    yield penman.write("no-body", b"{}", "has no members", grade="inferred")  # who would sign that?
    for other, what in ((1, "numbers"), (None, "null")):
        body = json.dumps(_filled(penman.value, other)).encode()
        yield penman.write("no-body", body, f"has {what} in the place of its texts", grade="inferred")


def unheard_of(penman: Penman) -> Iterator[Hook]:
    """Write what the contract does not have: an event that is new, and much more than it tells."""
    yield penman.write("unknown-event", penman.plain(penman.renamed(NEVER)), f"is called {NEVER}", event=NEVER)
    large = [*penman.value, (PADDING, "x" * LARGE)] if penman.is_form else {**penman.value, PADDING: "x" * LARGE}
    yield penman.write("oversized", penman.plain(large), f"has {LARGE >> 20} MB more than is documented")


def _tampered(content: bytes, *, is_form: bool) -> Iterator[tuple[bytes, str]]:
    changed = content.replace(b"1", b"2") if b"1" in content else content + b" "
    yield changed, "was changed after it was signed"
    more = b"&more=1" if is_form else b',"more":1}'
    yield (content if is_form else content[:-1]) + more, "got something more at its end after it was signed"


def _nearly(term: SignatureTerm, secret: str, content: bytes) -> Iterator[tuple[str, str]]:
    right, start = term.sign(secret, content), term.form.index("{hex}")
    yield right[:-1] + _another(right[-1]), "has a signature whose last digit is another"
    yield right[:start] + _another(right[start]) + right[start + 1 :], "has a signature whose first digit is another"
    yield right[: len(right) // 2], "has half a signature"
    yield "", "has an empty signature"
    yield term.form.replace("{hex}", ""), "has a signature without digits"
    yield term.form.replace("{hex}", "z" * 64), "has a signature of letters that are no digits"
    yield term.sign("", content), "is signed with no secret"


def _another(digit: str) -> str:
    return "0" if digit != "0" else "1"


def _other_fields(penman: Penman) -> Iterator[tuple[bytes, str]]:
    yield penman.plain([(name, "") for name, _ in penman.value]), "has nothing in its fields"
    about = penman.webhook.about
    if about in penman.named:
        yield penman.plain([pair for pair in penman.value if pair[0] != about]), f"has no {about}"


def _filled(value: Any, other: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(said, other) for name, said in value.items()}
    return other if isinstance(value, str) else value
