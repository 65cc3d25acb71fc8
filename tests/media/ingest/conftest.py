"""A client and a server that talk in memory, a short publication, and an edge with a door behind it."""

import queue
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import pytest
from rtmp_caller import PATIENCE, Caller

from offair.emulator.core.clock import monotonic
from offair.emulator.core.ports import Knock, Reason, Refused
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.certificate import Certificate
from offair.emulator.media.ingest.edge import Edge
from offair.emulator.media.ingest.reception import Connection
from offair.emulator.media.ingest.rtmp.client import Client, Decision
from offair.emulator.media.ingest.rtmp.session import PublishRequested, Session, SessionEvent

AVC_HEADER = b"\x17\x00\x00\x00\x00" + b"avcC"
AAC_HEADER = b"\xaf\x00\x12\x10"


@dataclass
class Talk:
    """What both sides said and heard; ``said`` holds the client's bytes in order."""

    client: Client
    session: Session
    events: list[SessionEvent] = field(default_factory=list)
    verdicts: list[Decision] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)

    def go_on(self, answer: Callable[[Session], object] = Session.accept) -> None:
        """Carry bytes to and fro until both are silent; a publish is answered by ``answer``."""
        while True:
            there, back = self.client.outgoing(), self.session.outgoing()
            if not (there or back):
                return
            self.said.append(there)
            events = self.session.receive(there)
            self.events += events
            if any(isinstance(event, PublishRequested) for event in events):
                answer(self.session)
            self.verdicts += self.client.receive(back)


@pytest.fixture(scope="session")
def talk() -> Callable[..., Talk]:
    def make(app="live", name="key", *, fourccs=()) -> Talk:
        client = Client(app, name, random_bytes=bytes, fourccs=fourccs)
        return Talk(client, Session(bytes))

    return make


@pytest.fixture(scope="session")
def publication() -> tuple[Tag, ...]:
    """Sequence headers, and two seconds of 10 pictures a second, a key frame in each; audio beside it."""
    tags = [Tag(TagKind.VIDEO, 0, AVC_HEADER), Tag(TagKind.AUDIO, 0, AAC_HEADER)]
    for number in range(20):
        first = b"\x17\x01" if number % 10 == 0 else b"\x27\x01"
        tags.append(Tag(TagKind.VIDEO, number * 100, first + bytes((0, 0, 0, number)) * 30))
        tags.append(Tag(TagKind.AUDIO, number * 100 + 7, b"\xaf\x01" + bytes((number,)) * 20))
    return tuple(tags)


class Desk:
    """An intake that writes down what it hears: tags, and how it ended."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: queue.Queue[Tag | bool] = queue.Queue()
        self.on_tag: Callable[[], object] = bool

    def feed(self, tags: Sequence[Tag]) -> None:
        for tag in tags:
            self.heard.put(tag)
            self.on_tag()

    def end(self, *, is_clean: bool) -> None:
        self.heard.put(is_clean)

    def next(self) -> Tag | bool:
        return self.heard.get(timeout=PATIENCE)

    def rest(self) -> list[Tag | bool]:
        """Everything up to the end, and the end."""
        heard = [self.next()]
        while not isinstance(heard[-1], bool):
            heard.append(self.next())
        return heard

    def first(self, size: int) -> bytes:
        """So many bytes of the media, or some more, though whoever sends goes on."""
        content = b""
        while len(content) < size:
            tag = self.next()
            assert not isinstance(tag, bool), f"it ended after {len(content)} bytes"
            content += tag.content
        return content


class Door:
    """A reception that lets everybody in whose key is ``key``; ``problems`` are what the edge reported."""

    def __init__(self) -> None:
        self.knocks: queue.Queue[Knock] = queue.Queue()
        self.desks: queue.Queue[Desk] = queue.Queue()
        self.problems: queue.Queue[tuple[str, str]] = queue.Queue()
        self.judge: Callable[[], object] = bool
        self.furnish: Callable[[Desk], object] = id

    def receive(self, knock: Knock, connection: Connection) -> Desk | Refused:
        self.knocks.put(knock)
        self.judge()
        if knock.name != "key":
            return Refused(Reason.UNKNOWN_KEY, "invalid stream key")
        desk = Desk(connection)
        self.furnish(desk)
        self.desks.put(desk)
        return desk

    def report(self, peer: str, words: str) -> None:
        self.problems.put((peer, words))


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def open_edge(door) -> Iterator[Callable[..., Edge]]:
    with ExitStack() as opened:

        def make(**options) -> Edge:
            edge = Edge("127.0.0.1", 0, door, on_problem=door.report, **{"random_bytes": bytes, **options})
            return opened.enter_context(edge)

        yield make


@pytest.fixture
def edge(open_edge) -> Edge:
    return open_edge()


@pytest.fixture
def leap(monkeypatch) -> Callable[[float], None]:
    """Have every edge's clock leap ahead: what is said to last long is waited for by nobody, however busy it is."""
    ahead = [0.0]
    monkeypatch.setattr("offair.emulator.media.ingest.edge.monotonic", lambda: monotonic() + sum(ahead))
    return ahead.append


@pytest.fixture
def caller(edge) -> Iterator[Caller]:
    with Caller(edge.port) as caller:
        yield caller


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Iterator[Certificate]:
    """One for all: what is tested is how it is shown."""
    with closing(Certificate(tmp_path_factory.mktemp("tls"), ())) as made:
        made.begin().result()
        yield made


@pytest.fixture(scope="session")
def trust(certificate) -> ssl.SSLContext:
    """What a client needs that trusts us."""
    return ssl.create_default_context(cafile=certificate.ca_file)
