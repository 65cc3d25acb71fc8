"""The outbox: hooks are kept with the change that causes them, then sent, and sent again, on the cloud's clock."""

import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from offair.emulator.core.journal import Journal
from offair.emulator.core.problems import Missing
from offair.emulator.core.streams import STREAMS
from offair.emulator.core.table import Table
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.provider.call import Rooms
from offair.emulator.provider.hooks import Delivery, Outcome, Signature
from offair.emulator.provider.provider import Provider
from offair.emulator.webhooks.lanes import Lanes
from offair.emulator.webhooks.packing import Letter, pack
from offair.emulator.webhooks.recipient import receiving_host
from offair.emulator.webhooks.sender import Sender
from offair.emulator.webhooks.signing import sign

TIMEOUT = 10.0
KEPT = 1000  # settled deliveries that stay listed, of a tenant
KEPT_BYTES = 8 << 20  # that these take at most
WAITING = 10_000  # deliveries of a tenant that wait: behind a clock that stands still, or a receiver that hangs
WAITING_BYTES = 32 << 20  # that these take at most, and now and then some more:
WEIGHED = 64  # they are weighed at every so many, since each of them has to be read for it
LATER = 60.0  # cloud seconds after which a parcel is taken up again whose attempt could not be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, at a moment of the cloud's time."""

    at: float
    status: int | None = None
    answer: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery in the outbox, with every attempt so far; ``body`` is the exact text that travels.

    ``retries`` are the cloud seconds between attempts, and ``signature`` is how it was signed, None where it was not.
    """

    id: str
    tenant: str
    cloud: str
    stream: str
    event: str
    url: str
    body: str
    headers: Mapping[str, str]
    due_at: float
    retries: tuple[float, ...] = ()
    state: Literal["waiting", "delivered", "given_up"] = "waiting"
    attempts: tuple[Attempt, ...] = ()
    signature: Signature | None = None


OUTBOX = Table("outbox", Parcel, indexed=("tenant", "stream", "state"))


class Outbox:
    """Turns what clouds react to into parcels and parcels into HTTP calls; those of one stream travel in order."""

    def __init__(
        self,
        world: World,
        timers: Timers,
        journal: Journal,
        providers: Mapping[str, Provider],
        rooms: Callable[[str], Rooms],
    ) -> None:
        self._world = world
        self._timers = timers
        self._journal = journal
        self._providers = providers
        self._rooms = rooms
        self._sender = Sender()
        self._lanes = Lanes(self._drive, self._trouble)
        self._lock = threading.Lock()
        self._scheduled: dict[str, Callable[[], None]] = {}  # how to call off what each waiting parcel waits for
        self._is_closing = False
        for kind in {kind for provider in providers.values() for kind in provider.reactions}:
            world.events.subscribe(kind, self._react)

    def start(self) -> None:
        """Take up the parcels that an earlier run left, or a snapshot brought back; twice is fine."""
        with self._lock:
            while self._scheduled:
                _, call_off = self._scheduled.popitem()
                call_off()
        for parcel in self._world.find(OUTBOX, state="waiting"):
            self._schedule(parcel)

    def close(self) -> None:
        """Break off what is under way, in half a second; what was not delivered stays in the outbox. Twice is fine."""
        self._is_closing = True
        self._sender.close()
        self._lanes.close()

    def keep(self, provider: Provider, delivery: Delivery, *, tenant: str, stream: str) -> Parcel:
        """Keep a hook with the change that causes it, and send it then; ``tenant`` and ``stream`` are whom it is about.

        Within the transaction of that change.
        """
        parcel = self._pack(provider, delivery, tenant, stream)
        self._put(parcel)
        return parcel

    def resend(self, parcel_id: str, *, body: str | None = None, url: str | None = None) -> Parcel:
        """Try a hook once more now, with the same bytes, whatever came of it before; Missing when there is none.

        One that waits for its next attempt waits no longer. Afterwards it is tried as often as the cloud's schedule
        still has attempts, and given up after the last. With another ``body`` or ``url`` it is a delivery of its own,
        signed anew.
        """
        with self._world.transaction():
            parcel = self._world.get(OUTBOX, parcel_id)
            if parcel is None:
                raise Missing(f"there is no delivery {parcel_id} (any more); GET /deliveries lists those that are kept")
            now = self._world.clock.now()
            if body is not None or url is not None:
                edited = replace(parcel, body=parcel.body if body is None else body, url=url or parcel.url)
                again = replace(_anew(edited), id=self._world.ids.uuid(), due_at=now)
                self._put(again)
                return again
            if parcel.state == "waiting" and parcel.due_at <= now:
                return parcel  # it is on its way
            again = replace(parcel, state="waiting", due_at=now)
            self._put(again)
        return again

    def _put(self, parcel: Parcel) -> None:
        self._world.put(OUTBOX, parcel)
        self._world.after_commit(partial(self._schedule, parcel))
        self._make_room(parcel.tenant)

    def _react(self, event: Any) -> None:
        about = _about(event, self._world)
        provider = self._providers.get(about.cloud)
        reaction = provider.reactions.get(type(event)) if provider else None
        if provider is None or reaction is None:
            return
        for delivery in reaction(event, self._rooms(provider.name)):
            self.keep(provider, delivery, tenant=about.tenant, stream=about.stream)

    def _pack(self, provider: Provider, delivery: Delivery, tenant: str, stream: str) -> Parcel:
        letter: Letter = pack(provider, delivery, self._journal)
        return Parcel(
            id=self._world.ids.uuid(),
            tenant=delivery.tenant or tenant,
            cloud=provider.name,
            stream=delivery.stream or stream,
            event=delivery.event,
            url=delivery.url,
            body=letter.content.decode("utf-8", "replace"),
            headers=letter.headers,
            due_at=self._world.clock.now(),
            retries=provider.retries if delivery.retries is None else delivery.retries,
            signature=delivery.signature,
        )

    def _make_room(self, tenant: str) -> None:
        """Give up the hooks that have waited longest, where more of a tenant wait than can be kept."""
        waiting: dict[str, Any] = {"tenant": tenant, "state": "waiting"}
        most_bytes = None if self._world.count(OUTBOX, **waiting) % WEIGHED else WAITING_BYTES
        while self._are_too_many(waiting, WAITING, most_bytes):
            for old in self._world.find(OUTBOX, limit=1, **waiting):
                outcome = Outcome(error=f"more than {WAITING} hooks, or {WAITING_BYTES >> 20} MiB of them, waited")
                given_up = replace(self._attempted(old, outcome), state="given_up")
                self._world.put(OUTBOX, given_up)
                self._trim(given_up)
                self._world.after_commit(partial(self._let_go, given_up, outcome))

    def _let_go(self, parcel: Parcel, outcome: Outcome) -> None:
        self._call_off(parcel.id)
        self._tell(parcel, outcome)

    def _call_off(self, parcel_id: str) -> None:
        with self._lock:
            call_off = self._scheduled.pop(parcel_id, None)
            if call_off is not None:
                call_off()

    def is_busy(self, tenant: str | None = None) -> bool:
        """Say whether something that is due by now is not told yet: a tenant's, or anybody's."""
        whose: dict[str, Any] = {} if tenant is None else {"tenant": tenant}
        waiting = self._world.find(OUTBOX, state="waiting", **whose)
        return any(parcel.due_at <= self._world.clock.now() for parcel in waiting) or self._lanes.is_busy(tenant)

    def _schedule(self, parcel: Parcel) -> None:
        """Send a parcel when it is due; it waits for that once, however often it is scheduled."""
        with self._lock:
            call_off = self._scheduled.pop(parcel.id, None)
            if call_off is not None:
                call_off()
            self._scheduled[parcel.id] = self._timers.at(parcel.due_at, partial(self._enter, parcel))

    def _enter(self, parcel: Parcel) -> None:
        with self._lock:
            self._scheduled.pop(parcel.id, None)
        lane = parcel.stream or parcel.tenant
        self._lanes.enter(lane, parcel.id, tenant=parcel.tenant, host=receiving_host(parcel.url))

    def _drive(self, parcel_id: str) -> None:
        parcel = self._world.get(OUTBOX, parcel_id)
        if parcel is None or parcel.state != "waiting":
            return  # a reset emptied the outbox, or the parcel was scheduled twice
        if parcel.due_at > self._world.clock.now():
            self._schedule(parcel)  # it was scheduled twice, and failed in between; or the clock was put back
            return
        outcome = self._post(parcel)
        if self._is_closing and outcome.status is None:
            return  # the receiver has no part in that: the next run tries it again
        try:
            settled = self._keep(parcel, outcome)
        except Exception:
            self._schedule(replace(parcel, due_at=self._world.clock.now() + LATER))
            raise
        self._tell(settled, outcome)

    def _post(self, parcel: Parcel) -> Outcome:
        """Send it; what should never happen is told, and is an attempt that failed like any other."""
        try:
            return self._sender.post(parcel.url, parcel.body.encode(), parcel.headers, timeout=TIMEOUT)
        except Exception as error:  # noqa: BLE001 - a parcel must not wait for ever for an attempt that broke
            self._trouble(error)
            return Outcome(error=f"the stand-in could not make this attempt: {error!r}")

    def _keep(self, parcel: Parcel, outcome: Outcome) -> Parcel:
        settled = self._settle(parcel, outcome)
        with self._world.transaction():
            is_here = self._world.get(OUTBOX, parcel.id) == parcel  # no reset, and no snapshot, came between
            if is_here:
                self._world.put(OUTBOX, settled)
                self._trim(settled)
        if is_here and settled.state == "waiting":
            self._follow(settled)
        return settled

    def _follow(self, kept: Parcel) -> None:
        """Schedule what was kept; who changed it since, before there was anything to call off, has the last word."""
        self._schedule(kept)
        there = self._world.get(OUTBOX, kept.id)
        if there is None or there.state != "waiting":
            self._call_off(kept.id)
        elif there != kept:
            self._schedule(there)

    def _tell(self, parcel: Parcel, outcome: Outcome) -> None:
        self._journal.write(
            "hook",
            f"{parcel.event} to {parcel.url}: {outcome.error or outcome.status} ({parcel.state})",
            cloud=parcel.cloud,
            tenant=parcel.tenant,
            stream=parcel.stream or None,
            delivery=parcel.id,
            event=parcel.event,
            url=parcel.url,
            request_headers=dict(parcel.headers),
            body=Letter(parcel.body.encode(), parcel.headers).shown,
            attempt=len(parcel.attempts),
            status=outcome.status,
            error=outcome.error,
            state=parcel.state,
        )

    def _trouble(self, error: Exception) -> None:
        words = "".join(traceback.format_exception(error))
        self._journal.write("trouble", f"a hook could not be attempted: {error!r}", cause=error, traceback=words)

    def _settle(self, parcel: Parcel, outcome: Outcome) -> Parcel:
        tried = self._attempted(parcel, outcome)
        if outcome.is_success:
            return replace(tried, state="delivered")
        if len(tried.attempts) > len(parcel.retries):
            return replace(tried, state="given_up")
        return replace(tried, due_at=tried.attempts[-1].at + parcel.retries[len(tried.attempts) - 1])

    def _attempted(self, parcel: Parcel, outcome: Outcome) -> Parcel:
        now = self._world.clock.now()
        attempt = Attempt(at=now, status=outcome.status, answer=outcome.answer, error=outcome.error)
        return replace(parcel, attempts=(*parcel.attempts, attempt))

    def _trim(self, settled: Parcel) -> None:
        for state in ("delivered", "given_up"):
            whose: dict[str, Any] = {"tenant": settled.tenant, "state": state}
            while self._are_too_many(whose, KEPT, KEPT_BYTES):
                for old in self._world.find(OUTBOX, limit=1, **whose):
                    self._world.delete(OUTBOX, id=old.id)

    def _are_too_many(self, whose: Mapping[str, Any], most: int, most_bytes: int | None) -> bool:
        count = self._world.count(OUTBOX, **whose)
        return count > most or (
            most_bytes is not None and count > 1 and self._world.weigh(OUTBOX, **whose) > most_bytes
        )


def _anew(parcel: Parcel) -> Parcel:
    """Give a delivery as if it had never been tried, signed for the body that it has."""
    signed = sign(parcel.signature, parcel.body.encode()) if parcel.signature else {}
    return replace(parcel, headers={**parcel.headers, **signed}, state="waiting", attempts=())


@dataclass(frozen=True, slots=True)
class _About:
    """Whom an event is about; empty where it says nothing."""

    cloud: str = ""
    tenant: str = ""
    stream: str = ""


def _about(event: Any, world: World) -> _About:
    """Find the stream that an event is about: its own, its recording's, or the one that is watched."""
    recording = getattr(event, "recording", None)
    if recording is not None:
        return _About(recording.cloud, recording.tenant, recording.stream)
    viewing = getattr(event, "viewing", None)
    stream = world.get(STREAMS, viewing.stream) if viewing else getattr(event, "stream", None)
    return _About(stream.cloud, stream.tenant, stream.id) if stream else _About()
