"""What a receiver answered: what that means to the cloud, and what it shows that nobody should see."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.receiver.delivery import Hook

FAILED = 500
# how the traces of Python, Node and Java, Go, Ruby and PHP begin or look
INSIDES = re.compile(
    rb"Traceback \(most recent call last\)|^\s+at [^\n]+:\d+(?::\d+)?\)?\s*$|^goroutine \d+ \["
    rb"|\.rb:\d+:in |in <b>[^<]+\.php</b>|Stack trace:",
    re.MULTILINE,
)
NO = re.compile(
    rb"\b(?:den(?:y|ied)|forbidden|rejected|refused|not allowed|unauthori[sz]ed)\b"
    rb'|"(?:allow|allowed|ok|success|accepted)"\s*:\s*false',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A call, what it was answered, and after how many ``seconds``; no ``exchange`` where no answer came in time.

    Whose connection ended without an answer has waited no second. ``has_effect`` says whether the receiver keeps
    something else since then; None where nobody looked.
    """

    hook: Hook
    exchange: Exchange | None
    seconds: float
    url: str
    has_effect: bool | None = None


class Answers:
    """What the plainest call of each event was answered, which others are compared with.

    ``patience`` says for how many real seconds the cloud waits, by event.
    """

    def __init__(
        self, contract: Contract, receipts: Iterable[Receipt], patience: Mapping[str, float], secret: str = ""
    ) -> None:
        self.contract, self.patience, self._secret = contract, patience, secret
        receipts = tuple(receipts)
        self._plain = {one.hook.event: one.exchange for one in receipts if one.hook.kind == "valid"}
        self._again = {one.hook.event: one.exchange for one in receipts if one.hook.kind == "again"}

    def meaning(self, event: str, exchange: Exchange) -> str:
        """Say what an answer is to the cloud: yes, no, or nothing that it documents."""
        if not self.is_documented(event, exchange):
            return f"is answered {exchange.status}, which is no documented answer"
        return {True: "is allowed", False: "is denied", None: "is taken"}[self.allows(event, exchange)]

    def is_documented(self, event: str, exchange: Exchange) -> bool:
        """The cloud documents what the answer is to it."""
        return exchange.status < FAILED and self.contract.webhooks[event].answer(exchange.status) is not None

    def allows(self, event: str, exchange: Exchange) -> bool | None:
        """Whether the answer lets the cloud go on; None where it asks nothing."""
        answer = self.contract.webhooks[event].answer(exchange.status)
        return None if answer is None or exchange.status >= FAILED else answer.allows

    def plain(self, event: str) -> Exchange | None:
        """The answer to the plainest call; None where none came."""
        return self._plain.get(event)

    def is_sealed(self, event: str) -> bool:
        """What is sent of the event is signed, by a secret that both sides know."""
        return bool(self._secret) and self.contract.webhooks[event].signature is not None

    def again(self, event: str) -> Exchange | None:
        """The answer to the same call once more; None where none came."""
        return self._again.get(event)

    def given_away(self, one: Receipt) -> str | None:
        """Name what an answer tells of the secret: itself, or what the call should have been signed with."""
        term = self.contract.webhooks[one.hook.event].signature
        if one.exchange is None or term is None or not self._secret:
            return None
        told, right = one.exchange.response_body, term.sign(self._secret, one.hook.body)
        digits = right[term.form.index("{hex}") :][:64] if "{hex}" in term.form else right
        if self._secret.encode() in told:
            return "the secret"
        return "the right signature" if digits.encode() in told and right not in one.hook.headers.values() else None


def shows_insides(exchange: Exchange) -> bool:
    """Say whether an answer has a stack trace in it."""
    return INSIDES.search(exchange.response_body) is not None


def says_no(exchange: Exchange) -> bool:
    """Say whether the words of an answer say no."""
    return NO.search(exchange.response_body[:1000]) is not None
