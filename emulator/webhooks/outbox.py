"""The outbox: hooks are kept with the change that causes them, then sent, and sent again, on the cloud's clock."""

import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from offair.emulator.core.events import StreamMoved
from offair.emulator.core.journal import Journal
from offair.emulator.core.table import Table
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World
from offair.emulator.provider import Delivery, Provider
from offair.emulator.webhooks.sender import Outcome, Sender
from offair.emulator.webhooks.signing import sign

LANES = 8
TIMEOUT = 10.0
KEPT = 1000  # settled deliveries that stay listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, at a moment of the cloud's time."""

    at: float
    status: int | None = None
    answer: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery in the outbox, with every attempt so far; ``body`` is the exact text that travels."""

    id: str
    tenant: str
    cloud: str
    stream: str
    event: str
    url: str
    body: str
    headers: Mapping[str, str]
    due_at: float
    state: Literal["waiting", "delivered", "given_up"] = "waiting"
    attempts: tuple[Attempt, ...] = ()


OUTBOX = Table("outbox", Parcel, indexed=("tenant", "stream", "state"))


class Outbox:
    """Turns moved streams into parcels and parcels into HTTP calls; those of one stream travel in order."""

    def __init__(
        self,
        world: World,
        timers: Timers,
        journal: Journal,
        providers: Mapping[str, Provider],
        switches: Mapping[str, Any],
    ) -> None:
        self._world = world
        self._timers = timers
        self._journal = journal
        self._providers = providers
        self._switches = switches
        self._sender = Sender(TIMEOUT)
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="offair-hooks")
        self._lanes: dict[str, deque[str]] = {}
        self._lanes_lock = threading.Lock()
        world.events.subscribe(StreamMoved, self._on_moved)

    def start(self) -> None:
        """Take up the parcels that an earlier run left."""
        for parcel in self._world.find(OUTBOX, state="waiting"):
            self._schedule(parcel)

    def close(self) -> None:
        """Break off what is under way; what was not delivered stays in the outbox."""
        self._sender.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _on_moved(self, moved: StreamMoved) -> None:
        provider = self._providers[moved.stream.cloud]
        for delivery in provider.deliveries(moved, self._switches[provider.name]):
            parcel = self._pack(provider, delivery, moved)
            self._world.put(OUTBOX, parcel)
            self._world.after_commit(lambda parcel=parcel: self._schedule(parcel))  # type: ignore[misc] # mypy cannot infer a lambda with a default

    def _pack(self, provider: Provider, delivery: Delivery, moved: StreamMoved) -> Parcel:
        body = msgspec.json.encode(delivery.body)
        headers = {"Content-Type": "application/json"}
        for violation in provider.promise.webhooks[delivery.event].violations(headers["Content-Type"], body):
            self._journal.write("trouble", f"our own {delivery.event} hook breaks its contract: {violation}")
        if delivery.signature is not None:
            headers |= sign(delivery.signature, body)
        return Parcel(
            id=self._world.ids.uuid(),
            tenant=moved.stream.tenant,
            cloud=provider.name,
            stream=moved.stream.id,
            event=delivery.event,
            url=delivery.url,
            body=body.decode(),
            headers=headers,
            due_at=self._world.clock.now(),
        )

    def _schedule(self, parcel: Parcel) -> None:
        self._timers.at(parcel.due_at, lambda: self._enter_lane(parcel))

    def _enter_lane(self, parcel: Parcel) -> None:
        with self._lanes_lock:
            lane = self._lanes.setdefault(parcel.stream, deque())
            lane.append(parcel.id)
            is_first = len(lane) == 1
        if is_first:
            self._pool.submit(self._run_lane, parcel.stream)

    def _run_lane(self, stream: str) -> None:
        while True:
            self._attempt(self._lanes[stream][0])
            with self._lanes_lock:
                self._lanes[stream].popleft()
                if not self._lanes[stream]:
                    del self._lanes[stream]
                    return

    def _attempt(self, parcel_id: str) -> None:
        parcel = self._world.get(OUTBOX, parcel_id)
        if parcel is None or parcel.state != "waiting":
            return  # a reset emptied the outbox
        outcome = self._sender.post(parcel.url, parcel.body.encode(), parcel.headers)
        with self._world.transaction():
            settled = self._settle(parcel, outcome)
            if self._world.get(OUTBOX, parcel_id) is not None:
                self._world.put(OUTBOX, settled)
                self._trim(settled)
        self._journal.write(
            "hook",
            f"{parcel.event} to {parcel.url}: {outcome.error or outcome.status} ({settled.state})",
            cloud=parcel.cloud,
            tenant=parcel.tenant,
            stream=parcel.stream,
            event=parcel.event,
            url=parcel.url,
            body=msgspec.json.decode(parcel.body),
            attempt=len(settled.attempts),
            status=outcome.status,
            error=outcome.error,
            state=settled.state,
        )
        if settled.state == "waiting":
            self._schedule(settled)

    def _settle(self, parcel: Parcel, outcome: Outcome) -> Parcel:
        now = self._world.clock.now()
        attempt = Attempt(at=now, status=outcome.status, answer=outcome.answer, error=outcome.error)
        tried = replace(parcel, attempts=(*parcel.attempts, attempt))
        if outcome.is_success:
            return replace(tried, state="delivered")
        pauses = self._providers[parcel.cloud].retries
        if len(tried.attempts) > len(pauses):
            return replace(tried, state="given_up")
        return replace(tried, due_at=now + pauses[len(tried.attempts) - 1])

    def _trim(self, settled: Parcel) -> None:
        for state in ("delivered", "given_up"):
            excess = self._world.count(OUTBOX, tenant=settled.tenant, state=state) - KEPT
            if excess > 0:
                for old in self._world.find(OUTBOX, tenant=settled.tenant, state=state, limit=excess):
                    self._world.delete(OUTBOX, id=old.id)
