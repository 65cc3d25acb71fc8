"""A viewer of H5Live: what it may see and what not, without a socket, and one that talks over a real one."""

import json
from dataclasses import dataclass, field

from talk import Talk
from wsproto.events import BytesMessage, CloseConnection, TextMessage

from offair.contracts.checks.socket import check_socket
from offair.emulator.media.formats.boxes import boxes, need
from offair.emulator.media.formats.codecs import read_format

NOT_SYNC = 0x10000
GREETING = ["onServerInfo", "onStreamStatus", "onStreamInfo", "init"]


@dataclass
class Judge:
    """Hears everything that comes over one socket, in order, and notes what a player would stumble over. Pure.

    ``pieces`` are (track, decode seconds, key frame or not), ``told`` the names of messages, ``init`` and ``media``.
    """

    contract: object
    key: str = "watch"
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    pieces: list[tuple[int, float, bool]] = field(default_factory=list)
    infos: list[dict] = field(default_factory=list)
    scales: dict[int, int] = field(default_factory=dict)
    transcript: list = field(default_factory=list)

    def hear(self, frame):
        """Hear a message of the server's."""
        if isinstance(frame, str) or frame[4:8] != b"moof":
            self.transcript.append(("from_server", frame))
        if isinstance(frame, str):
            self._message(json.loads(frame))
        elif frame[4:8] == b"ftyp":
            self._init(frame)
        else:
            self._fragment(frame)

    def say(self, frame):
        """Hear a message of our own."""
        self.transcript.append(("from_client", frame))

    def violations(self, closed=None):
        """Hold the transcript against the contract, too."""
        broken = check_socket(self.contract, self.key, self.transcript, closed=closed)
        return [*self.faults, *map(str, broken)]

    def _message(self, message):
        name = message["eventType"]
        if not self.told and name != "onServerInfo":
            self.faults.append(f"it begins with {name}")
        if name in {"onStreamInfo", "onStreamInfoUpdate"}:
            self.infos.append(message[name])
        self.told.append(name)

    def _init(self, frame):
        kinds = [box.kind for box in boxes(frame)]
        if kinds != [b"ftyp", b"moov"]:
            self.faults.append(f"an init section has {kinds}")
        if self.told[-1] not in {"onStreamInfo", "onStreamInfoUpdate"}:
            self.faults.append(f"an init section comes after {self.told[-1]}")
        codecs = []
        moov = need(frame, b"moov")
        for trak in boxes(frame, moov.body, moov.end):
            if trak.kind == b"trak":
                stsd = need(frame, b"mdia", b"minf", b"stbl", b"stsd", within=trak)
                codecs.append(read_format(frame, stsd).name)
                number = _number(frame, need(frame, b"tkhd", within=trak), 12)
                self.scales[number] = _number(frame, need(frame, b"mdia", b"mdhd", within=trak), 12)
        if f'codecs="{", ".join(codecs)}"' not in self.infos[-1]["mimeType"]:
            self.faults.append(f"{self.infos[-1]['mimeType']} is told, and {codecs} come")
        self.told.append("init")

    def _fragment(self, frame):
        kinds = [box.kind for box in boxes(frame)]
        if kinds != [b"moof", b"mdat"]:
            self.faults.append(f"a message has {kinds}")
        if "init" not in self.told:
            self.faults.append("a fragment comes before its init section")
        moof = need(frame, b"moof")
        traf = need(frame, b"traf", within=moof)
        track = _number(frame, need(frame, b"tfhd", within=traf), 4)
        tfdt = need(frame, b"tfdt", within=traf)
        time = int.from_bytes(frame[tfdt.body + 4 : tfdt.body + (12 if frame[tfdt.body] else 8)]) / self.scales[track]
        is_key = _is_key(frame, traf)
        if track == 1 and self.told[-1] == "init" and not is_key:
            self.faults.append(f"the first picture after an init section, at {time:g} s, is no key frame")
        if track == 1 or self.told[-1] != "init":
            self.told.append("media")
        self.pieces.append((track, time, is_key))

    def times(self, track=1):
        """When the fragments of a track begin, in seconds."""
        return [time for number, time, _ in self.pieces if number == track]


def _number(content, box, offset):
    return int.from_bytes(content[box.body + offset : box.body + offset + 4])


def _is_key(frame, traf):
    trun = need(frame, b"trun", within=traf)
    flags = int.from_bytes(frame[trun.body + 1 : trun.body + 4])
    at = trun.body + 8 + (4 if flags & 0x1 else 0)
    if flags & 0x4:
        marks = int.from_bytes(frame[at : at + 4])
    elif flags & 0x400:
        before = sum(4 for bit in (0x100, 0x200) if flags & bit)
        marks = int.from_bytes(frame[at + before : at + before + 4])
    else:
        tfhd = need(frame, b"tfhd", within=traf)
        given = int.from_bytes(frame[tfhd.body + 1 : tfhd.body + 4])
        skipped = 8 + (8 if given & 0x1 else 0) + sum(4 for bit in (0x2, 0x8, 0x10) if given & bit)
        marks = int.from_bytes(frame[tfhd.body + skipped : tfhd.body + skipped + 4]) if given & 0x20 else 0
    return not marks & NOT_SYNC


class Watching(Talk):
    """A viewer on a real socket; ``judge`` has heard all that it heard."""

    def __init__(self, url, judge, headers=()):
        super().__init__(url, headers)
        self.judge = judge

    def send(self, frame):
        self.judge.say(frame)
        super().send(frame)

    def hear(self):
        """Give the next whole message: JSON, or bytes; ConnectionError with the close code when there is none."""
        pieces = []
        while True:
            event = self._next()
            if isinstance(event, CloseConnection):
                raise ConnectionError(event.code)
            if isinstance(event, TextMessage | BytesMessage):
                pieces.append(event.data)
                if event.message_finished:
                    whole = ("" if isinstance(event, TextMessage) else b"").join(pieces)
                    self.judge.hear(whole if isinstance(whole, str) else bytes(whole))
                    return json.loads(whole) if isinstance(whole, str) else whole

    def until(self, name):
        """Hear on until a message of this name (or ``init``, ``media``) comes, and give it."""
        while True:
            heard = self.hear()
            if isinstance(heard, dict):
                if heard["eventType"] == name:
                    return heard[name]
            elif self.judge.told[-1] == name:
                return heard

    def pictures(self, count):
        """Hear on until so many more pictures came."""
        wanted = len(self.judge.times()) + count
        while len(self.judge.times()) < wanted:
            self.hear()
