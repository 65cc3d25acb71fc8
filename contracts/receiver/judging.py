"""Judging a receiver: every event's calls are sent, and the rules look at what was answered."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from offair.contracts.choosing import choose_rules, nearest_of
from offair.contracts.contract import Contract
from offair.contracts.exchange import Exchange
from offair.contracts.masking import Masked
from offair.contracts.receiver.answers import Answers, Receipt
from offair.contracts.receiver.delivery import KINDS, Hook, Kind, Penman
from offair.contracts.receiver.posting import LONGEST, Messenger, UnheardError
from offair.contracts.receiver.rounds import every_other
from offair.contracts.receiver.rules import CLOSED, RECEIVER, RECEIVER_RULES, ReceiverRule, judge
from offair.contracts.receiver.values import out_of_turn
from offair.contracts.report import Report
from offair.contracts.verdict import Verdict
from offair.contracts.webhook import Webhook

PATIENCE = {True: 3.0, False: 10.0}  # real seconds for the answer to a question, and to news: no cloud says how many
LONGER = 1.5  # times that patience are waited for, to tell who is late from who never answers
FORGED: frozenset[Kind] = frozenset({"tampered", "near-miss", "unsigned", "rewritten"})
UNTAKEN = "what the cloud sends is not taken, or not in time: nothing further was sent"
UNSIGNABLE = "no secret is given (--secret)"
NO_SIGNATURE = "the cloud signs nothing"
ONCE = "receiver/once"
UNSEEN = "what it keeps is not seen (kept=, in Python)"
LOCKED = "it asks for a signature: give the secret that was agreed on (--secret)"


class Promising(Protocol):
    """A cloud that runs somewhere, or its handle in a test: what it documents is at hand."""

    @property
    def promise(self) -> Contract:
        """What the cloud documents."""
        ...


def check_receiver(
    url: str,
    cloud: Contract | Promising,
    *,
    secret: str = "",
    events: Collection[str] = (),
    only: Collection[str] = (),
    ignore: Collection[str] = (),
    within: float | None = None,
    kept: Callable[[], Any] | None = None,
) -> Report:
    """Judge the receiver at a URL by what a cloud calls: each event in every way in which it may arrive, and may not.

    ``cloud`` is what it documents, or whoever has that: the cloud's fixture, or any other that runs.
    With the ``secret`` that both know, calls are signed, and forged ones have to be refused. ``within`` is how many
    seconds an answer may take, and ``kept`` gives what the receiver keeps by now: whoever shows it is told what is done
    twice. UnheardError where nobody listens, and for an event that the cloud does not have;
    ValueError for the name of no rule.
    """
    contract = cloud if isinstance(cloud, Contract) else cloud.promise
    rules = choose_rules(RECEIVER_RULES, only=only, ignore=ignore)
    webhooks = _chosen(contract, events)
    patience = {one.event: PATIENCE[one.is_question] if within is None else within for one in webhooks}
    messenger = Messenger(url, max(LONGEST, LONGER * max(patience.values())))
    penmen = [Penman(contract, webhook, secret) for webhook in webhooks]
    receipts, is_whole = list[Receipt](), True

    def post(hook: Hook) -> Receipt:
        if hook.kind != "again" or kept is None:
            return messenger.post(hook)
        before = deepcopy(kept())
        return replace(messenger.post(hook), has_effect=kept() != before)

    try:
        receipts.extend(_sent(post, penmen, patience, _meant(rules)))  # what came before Ctrl-C stays
    except KeyboardInterrupt:
        is_whole = False
    finally:
        messenger.close()
    answers = Answers(contract, receipts, patience, secret)
    masked = Masked(filter(None, (secret, urlsplit(url).password)))
    verdicts = tuple(_verdict(rule, answers, receipts, is_open=bool(secret)) for rule in rules)
    return Report(
        kind="receiver",
        target=masked.text(url),
        verdicts=tuple(replace(one, violations=tuple(map(masked.violation, one.violations))) for one in verdicts),
        seen=_seen(answers, receipts, webhooks) + ("" if is_whole else ", broken off"),
        titles=RECEIVER,
        is_broken_off=not is_whole,
        exchanges=tuple(masked.exchange(one) for one in _exchanges(receipts)),
    )


def _chosen(contract: Contract, events: Collection[str]) -> list[Webhook]:
    known = contract.webhooks
    if not known:
        raise UnheardError(f"{contract.title} documents no webhooks")
    for event in events:
        if event not in known:
            raise UnheardError(f"there is no event {event}{nearest_of(event, known)}; there is {', '.join(known)}")
    return [webhook for name, webhook in known.items() if not events or name in events]


def _sent(
    post: Callable[[Hook], Receipt], penmen: Iterable[Penman], patience: Mapping[str, float], meant: Container[Kind]
) -> Iterator[Receipt]:
    """Send what is ``meant``; of an event whose plainest call is not taken in time, nothing else."""
    heard: list[Penman] = []
    for penman in penmen:
        first = post(penman.valid())
        yield first
        event = penman.webhook.event
        if first.exchange is None or first.seconds > patience[event]:
            continue
        if Answers(penman.contract, [first], patience).is_documented(event, first.exchange):
            heard.append(penman)
            yield from (post(hook) for hook in every_other(penman) if hook.kind in meant)
    if len(heard) > 1 and "reordered" in meant:
        yield from map(post, out_of_turn(heard))


def _meant(rules: Iterable[ReceiverRule]) -> Container[Kind]:
    """What has to be sent for these rules: everything, where one looks at every answer."""
    kinds = [KINDS if rule.kinds is None else rule.kinds for rule in rules]
    return frozenset().union(*kinds)


def _verdict(rule: ReceiverRule, answers: Answers, receipts: Sequence[Receipt], *, is_open: bool) -> Verdict:
    found = judge(rule, answers, receipts)
    if rule.name == ONCE and all(one.has_effect is None for one in receipts):
        return Verdict(rule, "not judged", why=UNSEEN)
    signed = [webhook for webhook in answers.contract.webhooks.values() if webhook.signature]
    locked = [one for one in receipts if one.exchange is not None and one.exchange.status in CLOSED]
    plain = [one for one in receipts if one.hook.kind == "valid"]
    if signed and not is_open and plain and all(one in locked for one in plain):
        return Verdict(rule, "not judged", why=LOCKED)
    if found is None:
        is_forged = bool(rule.kinds and rule.kinds <= FORGED)
        if is_forged and not (signed and is_open):
            return Verdict(rule, "not judged", why=UNSIGNABLE if signed else NO_SIGNATURE)
        is_alone = all(one.hook.kind == "valid" for one in receipts)
        return Verdict(rule, "not judged", why=UNTAKEN if is_alone else "nothing of the kind could be sent")
    return Verdict.of(rule, found)


def _seen(answers: Answers, receipts: Sequence[Receipt], webhooks: Sequence[Webhook]) -> str:
    """Say how much was sent, and what was answered to each question."""
    told = []
    for webhook in webhooks:
        first = answers.plain(webhook.event)
        if first is not None and webhook.is_question:
            told.append(f"{webhook.event} {answers.meaning(webhook.event, first)} ({first.status})")
    return "; ".join([f"{len(receipts)} calls of {len(webhooks)} events", *told])


def _exchanges(receipts: Iterable[Receipt]) -> Iterator[Exchange]:
    return (one.exchange for one in receipts if one.exchange is not None)
