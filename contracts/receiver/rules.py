"""What a receiver has to do with what it is sent: pure rules over what was sent and answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from offair.contracts.claim import Claim
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.receiver.delivery import Hook, Kind
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Violation

FAILED = 500
HOOKS = "the cloud's webhooks"
RESENT = "a cloud repeats what it is not sure of, and nothing keeps order between two connections"
JSON_TEXT = "RFC 8259: what a JSON text means does not depend on its spelling"
SIGNED = "the cloud's webhooks, x-signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A call, what it was answered, and after how many ``seconds``; no ``exchange`` where no answer came in time."""

    hook: Hook
    exchange: Exchange | None
    seconds: float
    url: str


Wrong = Callable[["Answers", Receipt], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRule(Claim):
    """A claim about answers to calls of some kinds; ``wrong`` finishes a sentence about the call."""

    kinds: frozenset[Kind] | None
    wrong: Wrong


class Answers:
    """What the plainest call of each event was answered, which others are compared with."""

    def __init__(self, contract: Contract, receipts: Iterable[Receipt], patience: float) -> None:
        self.contract, self.patience = contract, patience
        self._plain = {one.hook.event: one.exchange for one in receipts if one.hook.kind == "valid"}

    def meaning(self, event: str, exchange: Exchange) -> str:
        """Say what an answer is to the cloud: yes, no, or nothing that it documents."""
        answer = self.contract.webhooks[event].answer(exchange.status)
        if exchange.status >= FAILED or answer is None:
            return f"is answered {exchange.status}, which is no documented answer"
        return {True: "is allowed", False: "is denied", None: "is taken"}[answer.allows]

    def plain(self, event: str) -> str | None:
        """The meaning of the answer to the plainest call; None where none came."""
        exchange = self._plain.get(event)
        return None if exchange is None else self.meaning(event, exchange)


def judge(rule: ReceiverRule, answers: Answers, receipts: Sequence[Receipt]) -> list[Violation] | None:
    """Judge by one rule; None where nothing of the kind was sent."""
    meant = [one for one in receipts if rule.kinds is None or one.hook.kind in rule.kinds]
    return list(_violations(rule, answers, meant)) if meant else None


def _violations(rule: ReceiverRule, answers: Answers, meant: Iterable[Receipt]) -> Iterator[Violation]:
    for one in meant:
        wrong = rule.wrong(answers, one)
        if wrong is not None:
            what = f"that {one.hook.what} " if one.hook.what else ""
            webhook = answers.contract.webhooks[one.hook.event]
            yield Violation(
                rule=rule.name.partition("/")[2],
                where="the call",
                message=f"{what}{wrong}",
                got=None if one.exchange is None else one.exchange.status,
                source=webhook.source,
                operation=f"webhook {one.hook.event}",
                reproduce=None if one.hook.is_slow else curl_line(_asked(one)),
            )


def _asked(one: Receipt) -> Exchange:
    hook = one.hook
    return Exchange(method="POST", path=one.url, status=0, request_headers=hook.headers, request_body=hook.body)


def _not_taken(answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return "is not answered"
    meaning = answers.meaning(one.hook.event, one.exchange)
    return meaning if "no documented" in meaning else None


def _other_than_plain(answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return "is not answered"
    plain, meaning = answers.plain(one.hook.event), answers.meaning(one.hook.event, one.exchange)
    return None if plain in {None, meaning} else f"{meaning}, and {plain} in its plainest form"


def _not_refused(_answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return "is not answered"
    status = one.exchange.status
    return None if 400 <= status < FAILED else "makes it fail" if status >= FAILED else "is taken"


def _fails(_answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return "is not answered"
    return "makes it fail" if one.exchange.status >= FAILED else None


def _redirects(_answers: Answers, one: Receipt) -> str | None:
    is_moved = one.exchange is not None and 300 <= one.exchange.status < 400
    return "is sent elsewhere, where no cloud goes" if is_moved else None


def _is_late(answers: Answers, one: Receipt) -> str | None:
    is_late = one.exchange is None or one.seconds > answers.patience
    return f"is not answered within {answers.patience:g} s" if is_late and not one.hook.is_slow else None


def _rule(
    name: str, claim: str, kinds: set[Kind] | None, wrong: Wrong, source: str = HOOKS, *, should: bool = False
) -> ReceiverRule:
    return ReceiverRule(
        name=f"receiver/{name}",
        claim=claim,
        source=source,
        strength="should" if should else "must",
        kinds=None if kinds is None else frozenset(kinds),
        wrong=wrong,
    )


RECEIVER_RULES: tuple[ReceiverRule, ...] = (
    _rule("valid", "What the cloud sends is answered as the cloud documents.", {"valid"}, _not_taken),
    _rule("spellings", "The same body in another spelling means the same.", {"spelling"}, _other_than_plain, JSON_TEXT),
    _rule("again", "What is sent twice is taken twice.", {"again"}, _other_than_plain, RESENT),
    _rule("reordered", "What comes out of turn is taken all the same.", {"reordered"}, _other_than_plain, RESENT),
    _rule("late", "What comes late is taken all the same.", {"late"}, _other_than_plain, RESENT, should=True),
    _rule("slow", "What comes in pieces is taken all the same.", {"slow"}, _other_than_plain, "RFC 9112 section 6"),
    _rule("tampered", "What was changed after it was signed is refused.", {"tampered"}, _not_refused, SIGNED),
    _rule("near-miss", "A signature that is nearly right is refused.", {"near-miss"}, _not_refused, SIGNED),
    _rule("unsigned", "What is not signed is refused.", {"unsigned"}, _not_refused, SIGNED),
    _rule("rewritten", "A signature holds for the bytes that travel, and for no other spelling of them.",
          {"rewritten"}, _not_refused, SIGNED),
    _rule("other-type", "A body of another type makes no receiver fail.", {"other-type"}, _fails, HOOKS),
    _rule("no-body", "What is no body of the cloud's makes no receiver fail.", {"no-body"}, _fails, HOOKS),
    _rule("unknown-event", "An event that is new makes no receiver fail.", {"unknown-event"}, _fails, HOOKS),
    _rule("oversized", "A large body makes no receiver fail.", {"oversized"}, _fails, HOOKS),
    _rule("no-redirect", "A receiver answers itself, and sends nobody elsewhere.", None, _redirects, HOOKS),
    _rule("in-time", "A receiver answers before the cloud gives up.", None, _is_late, HOOKS),
)  # fmt: skip
"""By what a receiver is judged, in the order of a report."""

RECEIVER: Mapping[str, str] = {"receiver": "What a receiver does"}
"""What the subject is about."""
