"""What a receiver has to do with what it is sent: pure rules over what was sent and answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from offair.contracts.claim import Claim
from offair.contracts.exchange import Exchange
from offair.contracts.receiver.answers import FAILED, Answers, Receipt, says_no, shows_insides
from offair.contracts.receiver.delivery import Kind
from offair.contracts.reproducing import curl_line
from offair.contracts.violation import Violation

HOOKS = "the cloud's webhooks"
RESENT = "a cloud repeats what it is not sure of, and nothing keeps order between two connections"
JSON_TEXT = "RFC 8259: what a JSON text means does not depend on its spelling; RFC 9110 sections 5.1 and 8.3.1"
SIGNED = "the cloud's webhooks, x-signature"
SCHEMA = "the schema of the event"
CLOSED = frozenset({401, 403})
SEALED = "its signature is right: of the secret that both know, over the bytes of the body as they came"

Wrong = Callable[[Answers, Receipt], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRule(Claim):
    """A claim about answers to calls of some kinds; ``wrong`` finishes a sentence about the call."""

    kinds: frozenset[Kind] | None
    wrong: Wrong


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
                grade=one.hook.grade,
                source=webhook.source,
                operation=f"webhook {one.hook.event}",
                reproduce=curl_line(_asked(one)) if one.hook.way == "at once" else None,
            )


def _asked(one: Receipt) -> Exchange:
    hook = one.hook
    return Exchange(method="POST", path=one.url, status=0, request_headers=hook.headers, request_body=hook.body)


def _unanswered(one: Receipt) -> str:
    return "is not answered" if one.seconds else "is not answered: its connection ends"


def _not_taken(answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return _unanswered(one)
    event = one.hook.event
    if answers.is_documented(event, one.exchange):
        return None
    is_locked = one.exchange.status in CLOSED and answers.is_sealed(event)
    return f"{answers.meaning(event, one.exchange)}{f'; {SEALED}' if is_locked else ''}"


def _other_than_plain(answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return _unanswered(one)
    event, first = one.hook.event, answers.plain(one.hook.event)
    meaning, plain = answers.meaning(event, one.exchange), first and answers.meaning(event, first)
    again = answers.again(event)
    if one.hook.kind != "again" and again is not None and meaning == answers.meaning(event, again):
        return None  # it has come before, in whatever spelling: that is told once
    return None if plain in {None, meaning} else f"{meaning}, and {plain} in its plainest form"


def _counts_twice(_answers: Answers, one: Receipt) -> str | None:
    return "changes what it keeps: it is known by what it says, and done once" if one.has_effect else None


def _not_refused(_answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return _unanswered(one)
    status = one.exchange.status
    return "makes it fail" if status >= FAILED else "is taken" if 200 <= status < 300 else None


def _fails(_answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return _unanswered(one)
    return "makes it fail" if one.exchange.status >= FAILED else None


def _fails_or_opens(answers: Answers, one: Receipt) -> str | None:
    """Nobody is let in by half a question who would be denied by a whole one."""
    event, now, first = one.hook.event, one.exchange, answers.plain(one.hook.event)
    is_denied = first is not None and answers.allows(event, first) is False
    if is_denied and now is not None and now.status < 300 and answers.allows(event, now):
        return "is allowed, and denied in its plainest form: it lets in who says nothing"
    return _fails(answers, one)


def _fails_at_length(answers: Answers, one: Receipt) -> str | None:
    """Who reads no further may end the connection, and its answer may get lost (RFC 9112 section 9.6)."""
    return None if one.exchange is None and not one.seconds else _fails(answers, one)


def _redirects(_answers: Answers, one: Receipt) -> str | None:
    is_moved = one.exchange is not None and 300 <= one.exchange.status < 400
    return "is sent elsewhere, where no cloud goes" if is_moved else None


def _is_late(answers: Answers, one: Receipt) -> str | None:
    patience = answers.patience[one.hook.event]
    return f"is not answered within {patience:g} s" if one.seconds > patience and one.hook.way == "at once" else None


def _gives_away(answers: Answers, one: Receipt) -> str | None:
    told = answers.given_away(one)
    return told and f"is told {told}"


def _shows_insides(_answers: Answers, one: Receipt) -> str | None:
    return "is shown a stack trace" if one.exchange is not None and shows_insides(one.exchange) else None


def _says_otherwise(answers: Answers, one: Receipt) -> str | None:
    if one.exchange is None:
        return None
    allows, status = answers.allows(one.hook.event, one.exchange), one.exchange.status
    if allows is False and status < 300:
        return f"is denied by a success: to the cloud {status} says no"
    if allows and status >= 400:
        return f"is allowed by an error: to the cloud {status} says yes"
    return "is allowed, and its body says no: the cloud reads the status" if allows and says_no(one.exchange) else None


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
    _rule("values", "Whatever else an event may tell is taken too.", {"value"}, _not_taken, SCHEMA),
    _rule("again", "What is sent twice is taken twice.", {"again"}, _other_than_plain, RESENT),
    _rule("once", "What is sent twice is done once.", {"again"}, _counts_twice, RESENT),
    _rule("reordered", "What comes out of turn is taken all the same.", {"reordered"}, _not_taken, RESENT),
    _rule("late", "What comes late is taken all the same.", {"late"}, _other_than_plain, RESENT, should=True),
    _rule("slow", "What comes in pieces is taken all the same.", {"slow"}, _other_than_plain, "RFC 9112 section 6"),
    _rule("chunked", "What comes without a length makes no receiver fail.", {"chunked"}, _fails_at_length,
          "RFC 9112 section 7.1; RFC 9110 section 15.5.12", should=True),
    _rule("tampered", "What was changed after it was signed is refused.", {"tampered"}, _not_refused, SIGNED),
    _rule("near-miss", "A signature that is nearly right is refused.", {"near-miss"}, _not_refused, SIGNED),
    _rule("unsigned", "What is not signed is refused.", {"unsigned"}, _not_refused, SIGNED),
    _rule("rewritten", "A signature holds for the bytes that travel, and for no other spelling of them.",
          {"rewritten"}, _not_refused, SIGNED),
    _rule("other-type", "A body of another type makes no receiver fail.", {"other-type"}, _fails, HOOKS),
    _rule("no-body", "What is no body of the cloud's makes no receiver fail, and lets nobody in.",
          {"no-body"}, _fails_or_opens, HOOKS),
    _rule("unknown-event", "An event that is new makes no receiver fail.", {"unknown-event"}, _fails, HOOKS),
    _rule("oversized", "A large body makes no receiver fail.", {"oversized"}, _fails_at_length, HOOKS),
    _rule("no-redirect", "A receiver answers itself, and sends nobody elsewhere.", None, _redirects, HOOKS),
    _rule("in-time", "A receiver answers before the cloud gives up.", None, _is_late, HOOKS),
    _rule("keeps-secrets", "No answer tells the secret, or what a call should have been signed with.",
          None, _gives_away, SIGNED),
    _rule("no-insides", "No answer shows a stack trace.", None, _shows_insides, "CWE-209", should=True),
    _rule("meant", "The status of an answer says what its receiver means.", {"valid"}, _says_otherwise, should=True),
)  # fmt: skip
"""By what a receiver is judged, in the order of a report."""

RECEIVER: Mapping[str, str] = {"receiver": "What a receiver does"}
"""What the subject is about."""
