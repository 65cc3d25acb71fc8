"""A broadcast without media: the same moves, events and hooks as a real one makes, in milliseconds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, get_args

from offair.emulator.core.events import TranscoderRestarted
from offair.emulator.core.ports import Admitted, Gatekeeper, Knock, Refused
from offair.emulator.core.problems import Conflict, Missing
from offair.emulator.core.publication import PUBLICATIONS, Publication, Totals
from offair.emulator.core.publications import Publications
from offair.emulator.core.streams import STREAMS, State, Stream
from offair.emulator.core.world import World

Target = Literal["live", "lost", "back", "ended", "error"]
TARGETS: tuple[str, ...] = get_args(Target)
PEER = "a simulation"
RUNNING = frozenset({State.STARTING, State.LIVE, State.RECONNECTING})
# from which states a simulated broadcast can go there; the first one needs no broadcast yet
POSSIBLE: Mapping[str, frozenset[State]] = {
    "live": frozenset({State.IDLE, State.STARTING, State.ERRORED}),
    "lost": frozenset({State.LIVE}),
    "back": frozenset({State.RECONNECTING}),
    "ended": RUNNING,
    "error": RUNNING,
}


class Simulation:
    """Moves streams as a real encoder would: it knocks at the ``gatekeeper``, and ``publications`` hear of the rest."""

    def __init__(self, world: World, gatekeeper: Gatekeeper, publications: Publications) -> None:
        self._world = world
        self._gatekeeper = gatekeeper
        self._publications = publications
        self._moves: Mapping[str, Callable[[Stream], None]] = {
            "live": self._go_live, "lost": self._lose, "back": self._come_back, "ended": self._end, "error": self._fail,
        }  # fmt: skip
        world.events.subscribe(TranscoderRestarted, self._on_restarted)

    def go(self, stream_id: str, target: Target) -> Stream:
        """Move a stream there and give it as it is then; Conflict says what is possible, Missing that there is none."""
        stream = self._stream(stream_id)
        row = self._world.get(PUBLICATIONS, stream.publication) if stream.publication else None
        possible = [name for name in TARGETS if self._can_go(name, stream, row)]
        if row is not None and not row.is_simulated:
            raise Conflict(f"a real encoder publishes to {stream.name}; stop it, and simulate then")
        if target not in possible:
            instead = " or ".join(possible) or "nothing"
            raise Conflict(f"a stream that is {stream.state} cannot go to {target}; it can go to {instead}")
        self._moves[target](stream)
        return self._stream(stream_id)

    def _can_go(self, target: str, stream: Stream, row: Publication | None) -> bool:
        return stream.state in POSSIBLE[target] and (row is None) == (target == "live")

    def _stream(self, stream_id: str) -> Stream:
        found = self._world.get(STREAMS, stream_id)
        if found is None:
            raise Missing(f"there is no stream {stream_id}")
        return found

    def _go_live(self, stream: Stream) -> None:
        self._publications.playable(self._let_in(stream))

    def _come_back(self, stream: Stream) -> None:
        self._publications.playable(self._let_in(stream))

    def _let_in(self, stream: Stream) -> str:
        if stream.source.kind == "pull":
            admission = self._pull_in(stream)
        else:
            protocol = next(iter(stream.source.protocols), "rtmp")
            knock = Knock(protocol=protocol, app=stream.app, name=stream.key, peer=PEER)
            admission = self._gatekeeper.consult(knock) or self._gatekeeper.admit(knock)
        if isinstance(admission, Refused):
            raise Conflict(f"the encoder would be refused: {admission.text}")
        with self._world.transaction():
            row = self._world.get(PUBLICATIONS, admission.publication)
            if row is not None:
                self._world.put(PUBLICATIONS, replace(row, is_simulated=True))
        return admission.publication

    def _pull_in(self, stream: Stream) -> Admitted | Refused:
        with self._world.transaction():
            if not stream.state.wants_input:
                stream = self._publications.restart(stream)
            return self._publications.admit_source(stream.id, protocol="simulated", peer=PEER)

    def _lose(self, stream: Stream) -> None:
        self._publications.lost(_publication(stream))

    def _end(self, stream: Stream) -> None:
        self._publications.ending(_publication(stream))
        self._publications.ended(_publication(stream), Totals())

    def _fail(self, stream: Stream) -> None:
        publication = _publication(stream)
        self._publications.failed(publication, Totals(), reason="simulated", words="a failure that was asked for")

    def _on_restarted(self, restarted: TranscoderRestarted) -> None:
        row = self._world.get(PUBLICATIONS, restarted.publication)
        if row is not None and row.is_simulated:
            self._world.after_commit(lambda: self._publications.playable(restarted.publication))


def _publication(stream: Stream) -> str:
    if stream.publication is None:
        raise Conflict(f"{stream.name} has no broadcast")
    return stream.publication
