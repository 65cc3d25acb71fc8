"""Publications: who may publish, and how what happens to the media moves the stream.

A publication is one broadcast: it outlives a lost
connection for the cloud's grace, and keeps its id when the encoder returns.

A stream that is pulled goes the same way but for its beginning: it starts when it was made, when it is restarted,
and with an emulator under which it was on air before. Its source never says goodbye: what ends is lost, and awaited.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from offair.emulator.core.events import (
    PublicationBegan,
    PublicationEnded,
    PublicationRevoked,
    PullWanted,
    RelaysChanged,
    StreamCreated,
    StreamDeleted,
    TranscoderRestarted,
)
from offair.emulator.core.moves import ended_now, move
from offair.emulator.core.ports import Admitted, Knock, Reason, Refused
from offair.emulator.core.publication import PUBLICATIONS, Policy, Publication, Totals
from offair.emulator.core.streams import MOVES, STREAMS, Endpoint, State, Stream
from offair.emulator.core.timers import Timers
from offair.emulator.core.world import World


class Publications:
    """Who may publish, and what becomes of a publication: the only place where media events become states.

    Fills the port ``Callboy``, and what the port ``Gatekeeper`` asks of the state. ``policies`` is by cloud.
    """

    def __init__(self, world: World, timers: Timers, policies: Mapping[str, Policy]) -> None:
        self._world = world
        self._timers = timers
        self._policies = policies
        self._waits: dict[str, Callable[[], None]] = {}  # what ends the wait for an encoder, by stream
        self._words: dict[str, str] = {}  # why the source that is waited for gives nothing, by stream
        world.events.subscribe(StreamCreated, self._on_created)

    def find(self, knock: Knock) -> Stream | Refused:
        """Find the stream that an encoder's key is made for; nothing changes by it."""
        found = self._world.find(STREAMS, key=knock.name)
        if not found:
            return Refused(Reason.UNKNOWN_KEY, "invalid stream key")
        # two clouds may make the same key
        stream = next((one for one in found if knock.app in (one.app, *one.also)), found[0])
        if knock.app not in (stream.app, *stream.also):
            return Refused(Reason.UNKNOWN_APP, f"no such application: {knock.app}; publish to {stream.app}")
        if stream.source.kind != "push":
            return Refused(Reason.NOT_ACCEPTING, "this stream pulls its source; nobody can publish to it")
        # RTMPS is RTMP within TLS: what a cloud's documents say of RTMP they mean of both.
        if ("rtmp" if knock.protocol == "rtmps" else knock.protocol) not in stream.source.protocols:
            allowed = " or ".join(stream.source.protocols)
            return Refused(Reason.WRONG_PROTOCOL, f"this stream takes {allowed}, not {knock.protocol}")
        if stream.closed is not None:
            return Refused(Reason.NOT_ACCEPTING, stream.closed)
        return stream

    def admit(self, knock: Knock) -> Admitted | Refused:
        """Let an encoder in when its key is known, free, and made for this protocol."""
        with self._world.transaction():
            found = self.find(knock)
            if isinstance(found, Refused):
                return found
            return self._let_in(found, protocol=knock.protocol, peer=knock.peer, app=knock.app, query=knock.query)

    def admit_source(self, stream: str, *, protocol: str, peer: str) -> Admitted | Refused:
        """Let in what was pulled for a stream that waits for it, whatever its key."""
        with self._world.transaction():
            found = self._world.get(STREAMS, stream)
            if found is None or not found.state.wants_input:
                return Refused(Reason.NOT_ACCEPTING, f"the stream is {found.state if found else 'deleted'}")
            return self._let_in(found, protocol=protocol, peer=peer)

    def unreadable(self, stream: str, *, words: str, is_final: bool) -> None:
        """Remember why a stream waits in vain; it is errored now when trying again is no use, else after its wait."""
        with self._world.transaction():
            found = self._world.get(STREAMS, stream)
            if found is None or not found.state.wants_input:
                return
            self._words[stream] = words  # of a live one, too: its end may come to be known a moment later
            if is_final and found.state is not State.LIVE:
                self._revoke(found, words)
                self._leave(found, State.ERRORED, reason="cannot_pull")

    def playable(self, publication: str) -> None:
        """The stream is live."""
        with self._world.transaction():
            stream = self._stream_of(publication)
            row = self._world.get(PUBLICATIONS, publication)
            if stream is None or row is None or not row.is_connected:
                return  # what a lost encoder left behind makes nothing live
            if stream.state is State.RECONNECTING:
                move(self._world, stream, State.LIVE, reason="encoder_returned")
            elif stream.state is State.STARTING:
                now = self._world.clock.now()
                move(self._world, stream, State.LIVE, reason="first_keyframe_received", last_live_at=now)

    def lost(self, publication: str) -> None:
        """The stream reconnects, and the cloud's grace begins."""
        with self._world.transaction():
            stream = self._stream_of(publication)
            row = self._world.get(PUBLICATIONS, publication)
            if stream is None or row is None:
                return
            self._world.put(PUBLICATIONS, replace(row, is_connected=False))
            if stream.state is State.LIVE:
                move(self._world, stream, State.RECONNECTING, reason="connection_lost")
            self._wait_for(stream, self._policies[stream.cloud].grace, lambda: self._give_up(publication))

    def ending(self, publication: str) -> None:
        """The encoder said goodbye: the stream stops while its playlists are closed."""
        with self._world.transaction():
            stream = self._stream_of(publication)
            if stream is not None and stream.state.wants_input:
                move(
                    self._world,
                    stream,
                    State.STOPPING,
                    reason="encoder_ended",
                    **ended_now(self._world, stream),
                )

    def ended(self, publication: str, totals: Totals) -> None:
        """Nothing of the publication runs any more; the stream comes to rest."""
        with self._world.transaction():
            stream = self._stream_of(publication)
            self._end(publication, totals)
            if stream is None:
                return
            if stream.source.kind == "pull" and stream.state.wants_input:
                return  # nobody asked for its end: the emulator is closing, and the next one starts it again
            if stream.state.is_on_air:
                self._come_to_rest(stream, reason="publication_ended")
            else:  # somebody else's word moved it meanwhile; only the claim on the key goes
                self._world.put(STREAMS, replace(stream, publication=None))

    def failed(self, publication: str, totals: Totals, *, reason: str, words: str) -> None:
        """The stream is where its cloud leaves one that failed, with the transcoder's words in the event."""
        with self._world.transaction():
            stream = self._stream_of(publication)
            self._end(publication, totals)
            if stream is not None and stream.state.is_on_air:
                self._leave(stream, self._policies[stream.cloud].fails, reason=reason, words=words)

    def stop(self, stream: Stream, *, reason: str) -> Stream:
        """Stop a stream and send its encoder away; at rest at once when nothing of it runs."""
        with self._world.transaction():
            over = ended_now(self._world, stream)
            stopping = move(self._world, stream, State.STOPPING, reason=reason, **over)
            if self._revoke(stream, reason):
                return stopping
            return self._rest(stopping)

    def restart(self, stream: Stream) -> Stream:
        """Have a stream start anew: a connected encoder gets a new transcoder, else the next encoder starts it.

        The source of a stream that is pulled is called at once.
        """
        with self._world.transaction():
            row = self._world.get(PUBLICATIONS, stream.publication) if stream.publication else None
            if row is not None and row.is_connected and stream.state is not State.STOPPING:
                self._world.events.publish(TranscoderRestarted(row.id))
                return move(self._world, stream, State.STARTING, reason="restart")
            self._revoke(stream, "the stream was restarted")
            started = move(self._world, stream, State.STARTING, reason="restart", publication=None)
            self._wait_for_input(started)
            return started

    def relay(self, stream: Stream, targets: tuple[Endpoint, ...]) -> Stream:
        """Send a stream's broadcasts to these places too, one that runs from now on."""
        with self._world.transaction():
            changed = replace(stream, relays=targets, updated_at=self._world.clock.now())
            self._world.put(STREAMS, changed)
            self._world.events.publish(RelaysChanged(changed))
            return changed

    def forget(self, *streams: Stream) -> None:
        """Remove streams for good: their encoders are all sent away before the end of any is waited for."""
        with self._world.transaction():
            for stream in streams:
                self._revoke(stream, "the stream was deleted")
                self._wait_no_more(stream)
                self._world.delete(STREAMS, id=stream.id)
            for stream in streams:
                self._world.events.publish(StreamDeleted(stream))

    def recover(self) -> None:
        """Bring streams to rest whose media ended with the process that ran them, and pull again what was pulled."""
        with self._world.transaction():
            self._world.delete(PUBLICATIONS)
            for stream in self._world.find(STREAMS):
                if stream.state.is_on_air:
                    rested = self._come_to_rest(stream, reason="emulator_restarted")
                    is_pulled = stream.source.kind == "pull" and stream.state.wants_input
                    if is_pulled and State.STARTING in MOVES[rested.state]:
                        self._pull(rested, reason="emulator_restarted")

    def _end(self, publication: str, totals: Totals) -> None:
        row = self._world.get(PUBLICATIONS, publication)
        self._world.delete(PUBLICATIONS, id=publication)
        stream = self._world.get(STREAMS, row.stream) if row else None
        if row is not None and stream is not None:
            seconds = self._world.clock.since(row.began_at)
            self._world.events.publish(PublicationEnded(publication=row, stream=stream, seconds=seconds, totals=totals))

    def _come_to_rest(self, stream: Stream, *, reason: str) -> Stream:
        if stream.state is not State.STOPPING:
            over = ended_now(self._world, stream)
            stream = move(self._world, stream, State.STOPPING, reason=reason, **over)
        return self._rest(stream)

    def _on_created(self, created: StreamCreated) -> None:
        if created.stream.source.kind == "pull":  # once it is kept, and the call that made it has its answer: idle
            self._world.after_commit(lambda: self._pull_created(created.stream.id))

    def _pull_created(self, stream: str) -> None:
        with self._world.transaction():
            found = self._world.get(STREAMS, stream)
            if found is not None and found.state is State.IDLE:
                self._pull(found, reason="pull_started")

    def _pull(self, stream: Stream, *, reason: str) -> None:
        self._wait_for_input(move(self._world, stream, State.STARTING, reason=reason, publication=None))

    def _let_in(
        self, stream: Stream, *, protocol: str, peer: str, app: str = "", query: str = ""
    ) -> Admitted | Refused:
        row = self._world.get(PUBLICATIONS, stream.publication) if stream.publication else None
        if row is not None and row.is_connected:
            return Refused(Reason.KEY_IN_USE, "stream key is already in use")
        self._wait_no_more(stream)
        if row is not None:
            came = replace(
                row, is_connected=True, is_expected=False, protocol=protocol, peer=peer, app=app, query=query
            )
            self._world.put(PUBLICATIONS, came)
            if row.is_expected:
                self._world.events.publish(PublicationBegan(publication=came, stream=stream))
            return Admitted(publication=row.id, stream=self._world.get(STREAMS, stream.id) or stream)
        if stream.state not in {State.IDLE, State.ERRORED, State.STARTING}:
            then = "it stays so, publish to another" if stream.state is State.ENDED else "publish again in a moment"
            return Refused(Reason.NOT_ACCEPTING, f"the stream is {stream.state}; {then}")
        publication = Publication(
            id=self._world.ids.uuid(),
            tenant=stream.tenant,
            stream=stream.id,
            protocol=protocol,
            peer=peer,
            began_at=self._world.clock.now(),
            app=app,
            query=query,
        )
        self._world.put(PUBLICATIONS, publication)
        started = move(self._world, stream, State.STARTING, reason="encoder_connected", publication=publication.id)
        self._world.events.publish(PublicationBegan(publication=publication, stream=started))
        # a cloud may have said, when it heard of the beginning, what is kept of this broadcast
        return Admitted(publication=publication.id, stream=self._world.get(STREAMS, stream.id) or started)

    def _stream_of(self, publication: str) -> Stream | None:
        row = self._world.get(PUBLICATIONS, publication)
        stream = self._world.get(STREAMS, row.stream) if row else None
        return stream if stream is not None and stream.publication == publication else None

    def _rest(self, stream: Stream) -> Stream:
        rest = self._policies[stream.cloud].rest
        return move(self._world, stream, rest, reason="stopped", publication=None)

    def _revoke(self, stream: Stream, reason: str) -> bool:
        if stream.publication is None or self._world.get(PUBLICATIONS, stream.publication) is None:
            return False
        self._world.events.publish(PublicationRevoked(stream.publication, reason))
        return True

    def _give_up(self, publication: str) -> None:
        with self._world.transaction():
            stream = self._stream_of(publication)
            row = self._world.get(PUBLICATIONS, publication)
            if stream is None or row is None or row.is_connected:
                return
            if stream.state is State.RECONNECTING:
                self._leave(stream, self._policies[stream.cloud].gives_up, reason="encoder_timeout")
            elif stream.state is State.STARTING:
                self._miss_input(stream)
            self._world.events.publish(PublicationRevoked(publication, "the encoder did not come back"))

    def _wait_for_input(self, stream: Stream) -> None:
        def fall_back() -> None:
            with self._world.transaction():
                now = self._world.get(STREAMS, stream.id)
                if now is not None and now.state is State.STARTING and now.publication is None:
                    self._miss_input(now)

        self._wait_no_more(stream)
        self._wait_for(stream, self._policies[stream.cloud].patience, fall_back)
        if stream.source.kind == "pull":
            self._world.events.publish(PullWanted(stream))

    def _miss_input(self, stream: Stream) -> None:
        if stream.source.kind == "pull":
            self._leave(stream, State.ERRORED, reason="no_input")
        else:
            move(self._world, stream, State.IDLE, reason="no_input", publication=None)

    def _leave(self, stream: Stream, target: State, *, reason: str, words: str | None = None) -> None:
        """Let a broadcast that went wrong end: in one step where it is errored, else the way that stopping goes."""
        words, over = words or self._words.get(stream.id), ended_now(self._world, stream)
        self._wait_no_more(stream)
        if target is not State.ERRORED and stream.state is not State.STOPPING:
            stream = move(self._world, stream, State.STOPPING, reason=reason, words=words, **over)
            over = {}
        move(self._world, stream, target, reason=reason, words=words, publication=None, **over)

    def _wait_for(self, stream: Stream, seconds: float, give_up: Callable[[], None]) -> None:
        self._cancel_wait(stream)
        self._waits[stream.id] = self._timers.after(seconds, give_up)

    def _wait_no_more(self, stream: Stream) -> None:
        self._words.pop(stream.id, None)
        self._cancel_wait(stream)

    def _cancel_wait(self, stream: Stream) -> None:
        cancel = self._waits.pop(stream.id, None)
        if cancel is not None:
            cancel()
