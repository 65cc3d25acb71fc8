"""Questions to a customer's server that somebody waits for: at the door, and while something goes on."""

import queue
import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

from offair.emulator.core.clock import Clock
from offair.emulator.core.journal import Journal
from offair.emulator.core.ports import Reason, Refused
from offair.emulator.provider.hooks import Outcome, Question
from offair.emulator.provider.provider import Provider, Say
from offair.emulator.webhooks.packing import pack
from offair.emulator.webhooks.sender import Sender

T = TypeVar("T")
PATIENCE = 30.0  # real seconds for a cloud's own code and its question together, whatever time-out it names
MOST = 64  # of one tenant's questions at once: a receiver that hangs must not use up everybody's threads
MOST_OF_PLAYERS = 48  # of them: who watches may be anybody, and keeps no encoder of this tenant from being let in
CLOSING = Refused(Reason.NOT_ACCEPTING, "the stand-in is closing")


class Asking:
    """Asks, each question in a thread of its own, and gives up at a deadline."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock = clock
        self._journal = journal
        self._sender = Sender()
        self._lock = threading.Lock()
        self._pending: dict[str, int] = {}
        self._waiting: set[queue.SimpleQueue[Refused | None]] = set()
        self._is_closed = False

    def close(self) -> None:
        """Break off what is asked, and ask no more; whoever waits hears at once that it was refused. Twice is fine."""
        with self._lock:
            self._is_closed = True
            for answer in self._waiting:
                answer.put(CLOSING)
        self._sender.close()

    def hear(self, provider: Provider, say: Callable[[], T]) -> T | Refused:
        """Hear what a cloud has to say; code that fails is trouble, and a no: nobody is left without an answer."""
        try:
            return say()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            return self._give_up(provider, error)

    def settle(
        self, provider: Provider, tenant: str, stream: str, say: Callable[[], Say], *, most: int = MOST
    ) -> Refused | None:
        """Hear what a cloud has to say, and ask whom it names; no answer in time, and anything that breaks, is a no."""
        answer: queue.SimpleQueue[Refused | None] = queue.SimpleQueue()
        with self._lock:
            self._waiting.add(answer)
        is_asked = threading.Event()
        self.begin(provider, tenant, stream, say, answer.put, most=most, on_question=is_asked.set)
        try:
            return answer.get(timeout=PATIENCE)
        except queue.Empty:
            words = f"{provider.name} did not say within {PATIENCE:g} s whether this is allowed"
            whose = "hook" if is_asked.is_set() else "trouble"  # the receiver's silence, or our own
            self._journal.write(whose, words, cloud=provider.name, tenant=tenant, stream=stream)
            return Refused(Reason.NOT_ACCEPTING, words)
        finally:
            with self._lock:
                self._waiting.discard(answer)

    def begin(
        self,
        provider: Provider,
        tenant: str,
        stream: str,
        say: Callable[[], Say],
        then: Callable[[Refused | None], None],
        *,
        most: int = MOST,
        on_question: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask, and go on; ``then`` hears what came of it, in a thread of its own.

        Where the tenant has ``most`` questions open already, nobody is asked, and it is a no.
        ``on_question`` hears when the cloud has spoken, and somebody else's answer is what is waited for.
        """
        refused = self._enter(tenant, most)
        if refused is not None:
            then(refused)
            return

        def ask() -> None:
            try:
                asked = self._ask(provider, tenant, stream, say, on_question)
            except Exception as error:  # noqa: BLE001 - a cloud's code that fails must not leave anybody without an answer
                asked = self._give_up(provider, error)
            finally:
                self._leave(tenant)
            try:
                then(asked)
            except Exception as error:  # noqa: BLE001 - nobody else would hear of it
                words = f"what {provider.name}'s hook said ({asked or 'yes'}) could not be acted upon: {error!r}"
                self._trouble(provider, words, error)

        threading.Thread(target=ask, name="offair-asking", daemon=True).start()

    def _ask(
        self, provider: Provider, tenant: str, stream: str, say: Callable[[], Say], on_question: Callable[[], None]
    ) -> Refused | None:
        said = say()
        if not isinstance(said, Question):
            return said
        on_question()
        delivery = said.delivery
        letter = pack(provider, delivery, self._journal)
        timeout = min(said.timeout, PATIENCE)
        outcome: Outcome = self._sender.post(delivery.url, letter.content, letter.headers, timeout=timeout)
        objection = said.objection(outcome)
        self._journal.write(
            "hook",
            f"{delivery.event} to {delivery.url}: {outcome.error or outcome.status} ({objection or 'allowed'})",
            cloud=provider.name,
            tenant=tenant,
            stream=stream or None,
            event=delivery.event,
            url=delivery.url,
            request_headers=dict(letter.headers),
            body=letter.shown,
            attempt=1,
            status=outcome.status,
            error=outcome.error,
            state="refused" if objection else "allowed",
        )
        return Refused(Reason.FORBIDDEN, objection) if objection else None

    def _give_up(self, provider: Provider, error: Exception) -> Refused:
        self._trouble(provider, f"{provider.name} could not be asked: {error!r}", error)
        return Refused(Reason.NOT_ACCEPTING, "the hook could not be asked")

    def _trouble(self, provider: Provider, words: str, error: Exception) -> None:
        told = "".join(traceback.format_exception(error))
        self._journal.write("trouble", words, cloud=provider.name, traceback=told)

    def _enter(self, tenant: str, most: int) -> Refused | None:
        with self._lock:
            if self._is_closed:
                return CLOSING
            pending = self._pending.get(tenant, 0)
            if pending >= most:
                words = f"{most} questions to this organization's hooks have no answer yet"
                return Refused(Reason.NOT_ACCEPTING, words)
            self._pending[tenant] = pending + 1
            return None

    def _leave(self, tenant: str) -> None:
        with self._lock:
            self._pending[tenant] -= 1
            if not self._pending[tenant]:
                del self._pending[tenant]
