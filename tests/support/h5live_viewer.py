"""A viewer of H5Live: what it may see and what not, without a socket, and one that talks over a real one."""

import json
from dataclasses import dataclass, field

from talk import Talk
from wsproto.events import BytesMessage, CloseConnection, TextMessage

from offair.contracts.checks.socket import check_socket
from offair.emulator.media.formats.boxes import boxes, need
from offair.emulator.media.formats.codecs import read_format
from offair.emulator.media.formats.samples import read_fragment
from offair.emulator.media.formats.tracks import Track, read_tracks

GREETING = ["onServerInfo", "onStreamStatus", "onStreamInfo", "init"]


@dataclass
class Judge:
    """Hears everything that comes over one socket, in order, and notes what a player would stumble over. Pure.

    ``pieces`` are (track, decode seconds, key frame or not) of each picture and piece of sound, of which a fragment
    has as many as came together; ``told`` the names of messages, ``init`` and ``media``.
    """

    contract: object
    key: str = "watch"
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    pieces: list[tuple[int, float, bool]] = field(default_factory=list)
    infos: list[dict] = field(default_factory=list)
    tracks: dict[int, Track] = field(default_factory=dict)
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
        if f'codecs="{", ".join(codecs)}"' not in self.infos[-1]["mimeType"]:
            self.faults.append(f"{self.infos[-1]['mimeType']} is told, and {codecs} come")
        self.tracks = {track.track_id: track for track in read_tracks(frame)}
        self.told.append("init")

    def _fragment(self, frame):
        kinds = [box.kind for box in boxes(frame)]
        if kinds != [b"moof", b"mdat"]:
            self.faults.append(f"a message has {kinds}")
        if "init" not in self.told:
            self.faults.append("a fragment comes before its init section")
        tfhd = need(frame, b"moof", b"traf", b"tfhd")
        track = int.from_bytes(frame[tfhd.body + 4 : tfhd.body + 8])
        known = self.tracks[track]
        samples = [(one.dts / known.timescale, one.is_sync) for one in read_fragment(known, frame).samples]
        time, is_key = samples[0]
        if track == 1 and self.told[-1] == "init" and not is_key:
            self.faults.append(f"the first picture after an init section, at {time:g} s, is no key frame")
        if track == 1 or self.told[-1] != "init":
            self.told.append("media")
        self.pieces += [(track, *sample) for sample in samples]

    def times(self, track=1):
        """When the pictures of a track, or its pieces of sound, are decoded, in seconds."""
        return [time for number, time, _ in self.pieces if number == track]


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
