"""What a journey needs: clips, encoders that are real ffmpeg processes, customers with streams, and a player's eyes."""

import copy
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import av
import httpx
import m3u8
import pytest

from offair.contracts.contract import promise
from offair.emulator.core.clock import Deadline
from offair.emulator.emulator import Emulator
from offair.emulator.media.formats.flv import Tag
from offair.emulator.media.ingest.rtmp.client import Accepted, Client
from offair.emulator.media.transcoding import ffmpeg
from offair.emulator.settings import Settings

PATIENCE = 30.0
POLL = 0.02
CLIP_SECONDS = 10
PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:beep_factor=4:r=48000"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p",
        "-g", "12", "-sc_threshold", "0", "-b:v", "150k"]  # fmt: skip
AAC = ["-c:a", "aac", "-b:a", "64k", "-ac", "2"]
IRREGULAR = [*H264, "-g", "600", "-force_key_frames", "0,0.7,1.9,2.3,5,5.1,7.7"]
# pictures with a key frame every 1.48 seconds, which is no multiple of any ladder's interval
UNALIGNED = ["-f", "lavfi", "-i", "testsrc2=s=480x270:r=25"]
UNALIGNED_DEAR = ["-f", "lavfi", "-i", "testsrc2=s=240x136:r=25"]
LONG = ["-t", "60"]  # where a clip comes round a picture is missing
DEAR = ["-t", "40"]  # as long as it has to be, and small: HEVC is slow to encode
KEYS = ["-pix_fmt", "yuv420p", "-g", "37", "-keyint_min", "37", "-sc_threshold", "0", "-b:v", "400k"]
CLIPS = {
    "both": [*PICTURE, *TONE, *H264, *AAC],
    "video": [*PICTURE, *H264],
    "audio": [*TONE, *AAC],
    "a picture a second": ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=1", *TONE, *H264, "-g", "2", *AAC],
    "late sound": [*PICTURE, "-itsoffset", "2", *TONE, *H264, *AAC],
    "irregular": [*PICTURE, *TONE, *IRREGULAR, *AAC],
    "unaligned": [*UNALIGNED, *TONE, "-c:v", "libx264", "-preset", "superfast", "-bf", "2", *KEYS, *AAC, *LONG],
    "unaligned hevc": [
        *UNALIGNED_DEAR,
        *TONE,
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        *KEYS,
        "-x265-params",
        "log-level=none:keyint=37:min-keyint=37:scenecut=0:open-gop=0",
        *AAC,
        *DEAR,
    ],
}
SOUND = {"codec": "aac", "channels": 2, "sample_rate_hz": 48_000, "audio_bitrate_kbps": 64}
RUNG = {"name": "240p", "width": 426, "height": 240, "fps": 24, "gop": 12, "bitrate_kbps": 300, "codec": "h264",
        "preset": "ultrafast", "audio": SOUND}  # fmt: skip


def eventually(look: Callable[[], Any], *, within: float = PATIENCE) -> Any:
    """Look until there is something to see, and give it; fail when the deadline is over."""
    deadline = Deadline(within)
    pause = threading.Event()
    while not (seen := look()):
        assert not deadline.is_over, f"nothing within {within:g} s; the last look saw {seen!r}"
        pause.wait(POLL)
    return seen


@pytest.fixture(scope="session", name="eventually")
def _eventually():
    return eventually


@pytest.fixture(scope="session", name="ffmpeg")
def _ffmpeg() -> str:
    """The ffmpeg that the emulator would choose too."""
    return str(ffmpeg.choose(None))


class Clips(dict[str, Path]):
    """Ten seconds of each recipe: encoded once, when somebody asks for it, so that encoders cost nothing."""

    def __init__(self, ffmpeg: str, folder: Path) -> None:
        super().__init__()
        self._ffmpeg, self._folder = ffmpeg, folder

    def __missing__(self, name: str) -> Path:
        recipe, path = CLIPS[name], self._folder / f"{name}.flv"
        length = [] if "-t" in recipe else ["-t", str(CLIP_SECONDS)]
        argv = [self._ffmpeg, "-v", "error", "-nostdin", *recipe, *length, str(path)]
        subprocess.run(argv, check=True, timeout=100)
        self[name] = path
        return path


@pytest.fixture(scope="session", name="clips")
def _clips(ffmpeg, tmp_path_factory) -> Mapping[str, Path]:
    """Both, either alone, irregular key frames, and key frames that fit no ladder."""
    return Clips(ffmpeg, tmp_path_factory.mktemp("clips"))


@dataclass(frozen=True)
class Encoder:
    """A running ffmpeg that pushes, and what it said."""

    process: subprocess.Popen
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self) -> int:
        """Wait for its own end and give its exit code."""
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Let it say goodbye."""
        self.process.send_signal(signal.SIGINT)
        self.wait()

    def kill(self) -> None:
        self.process.kill()
        self.wait()


@pytest.fixture(scope="session", name="new_encoder")
def _new_encoder(ffmpeg, clips, tmp_path_factory):
    """Start an encoder that nobody looks after."""
    folder = tmp_path_factory.mktemp("encoders")
    number = iter(range(10_000))

    def new(url: str, clip: str = "both", *options: str) -> Encoder:
        log = folder / f"{next(number)}.log"
        container = ["-f", "mpegts"] if url.startswith("srt:") else ["-f", "flv", "-flvflags", "no_duration_filesize"]
        argv = [ffmpeg, "-nostdin", "-nostats", "-hide_banner", "-re", "-stream_loop", "-1", "-i", str(clips[clip]),
                "-c", "copy", *options, *container, url]  # fmt: skip
        with log.open("wb") as stderr:
            return Encoder(subprocess.Popen(argv, stderr=stderr), log)

    return new


def _look_after(new_encoder):
    running: list[Encoder] = []

    def encode(*arguments: str) -> Encoder:
        running.append(new_encoder(*arguments))
        return running[-1]

    yield encode
    for encoder in running:
        encoder.kill()


encode = pytest.fixture(_look_after, name="encode")
encode_for_all = pytest.fixture(_look_after, scope="module", name="encode_for_all")


@pytest.fixture(scope="session", name="push")
def _push():
    """Publish tags on one connection, as fast as they are taken, and say goodbye (or just go)."""

    def push(url: str, *series: list[Tag], says_goodbye: bool = True) -> None:
        parts = urlsplit(url)
        app, _, name = parts.path.strip("/").partition("/")
        client = Client(app, name, random_bytes=bytes, fourccs=["hvc1"])
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
            verdicts = []
            while Accepted() not in verdicts:
                connection.sendall(client.outgoing())
                verdicts += client.receive(connection.recv(65_536))
            for tag in (tag for tags in series for tag in tags):
                client.send(tag)
                connection.sendall(client.outgoing())
            if says_goodbye:
                client.finish()
            connection.sendall(client.outgoing())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass

    return push


@pytest.fixture(scope="session", name="body")
def _body() -> Callable[..., dict[str, Any]]:
    """Write the body of a create call: rungs as changes of a small one, HLS by segment format, members as they are.

    Playlists are short, as they are in life; ``listed`` makes them long, for who is to find something there later.
    """
    published = {example.name: example.request_body for example in promise("tenbyte").examples}

    def write(
        *rungs: dict[str, Any], hls: str | None = "mpegts", dash: bool = True, listed: int = 6, **members: Any
    ) -> dict[str, Any]:
        packaging = {
            "hls": {"segment_format": hls, "playlist_size": listed, "preserved_segments": 6} if hls else None,
            "dash": {"segment_format": "fmp4", "window_s": 60, "min_buffer_s": 2} if dash else None,
        }
        wanted = {name: block for name, block in packaging.items() if block}
        return {
            **copy.deepcopy(published["create-video-push"]),
            "ladder": {"video": [{**RUNG, **rung} for rung in rungs or ({},)]},
            "output_protocols": list(wanted),
            "packaging": wanted,
            **members,
        }

    return write


@dataclass(frozen=True)
class Customer:
    """A tenant at Tenbyte who makes calls, and watches the journal."""

    emulator: Emulator
    tenant: Any
    api: httpx.Client = field(repr=False)

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.api.post("/streams", json=body)
        assert 201 == answer.status_code, answer.text
        return answer.json()["data"]

    def show(self, stream: dict[str, Any]) -> dict[str, Any]:
        return self.api.get(f"/streams/{stream['id']}").json()["data"]

    def status(self, stream: dict[str, Any]) -> str:
        return self.show(stream)["status"]

    def order(self, verb: str, stream: dict[str, Any]) -> dict[str, Any]:
        """Post to one of a stream's actions; an answer that is no success fails."""
        answer = self.api.post(f"/streams/{stream['id']}/{verb}")
        assert 200 == answer.status_code, answer.text
        return answer.json()["data"]

    def delete(self, stream: dict[str, Any]) -> int:
        return self.api.delete(f"/streams/{stream['id']}").status_code

    def url(self, stream: dict[str, Any]) -> str:
        """Where the stream is pushed to."""
        return f"{stream['ingest']['rtmp']}/{stream['stream_key']}"

    def moves(self, stream: dict[str, Any]) -> list[tuple[str, str]]:
        """The states that the stream went to, with the reasons."""
        entries = self.emulator.journal.entries({"kind": "move", "stream": stream["id"]})
        return [(entry.details["state"], entry.details["reason"]) for entry in entries]

    def words(self, stream: dict[str, Any], state: str) -> str:
        """What was said when the stream last went to a state."""
        entries = self.emulator.journal.entries({"kind": "move", "stream": stream["id"]})
        return next(entry.details["words"] for entry in reversed(entries) if entry.details["state"] == state)

    def transcoder(self, stream: dict[str, Any]) -> int | None:
        """The process that works for the stream, as the control surface tells."""
        state = httpx.get(f"{self.emulator.ready()['control_url']}/state", timeout=PATIENCE).json()
        return next((row["pid"] for row in state["transcoders"] if row["stream"] == stream["id"]), None)

    def until(self, stream: dict[str, Any], state: str, *, times: int = 1) -> None:
        """Wait until the stream went to a state so many times."""
        journal, clock = self.emulator.journal, self.emulator.clock
        found = journal.wait_for(
            lambda _: [s for s, _ in self.moves(stream)].count(state) >= times, clock.deadline(PATIENCE)
        )
        assert found, f"not {state} {times} times within {PATIENCE:g} s: {self.moves(stream)}"


def _serve_customers(emulator):
    served: list[Customer] = []

    def serve(other: Emulator = emulator) -> Customer:
        tenant = other.tenancy.invite("tenbyte", "a journey")
        api = httpx.Client(base_url=other.addresses("tenbyte").api, headers=dict(tenant.headers), timeout=PATIENCE)
        served.append(Customer(other, tenant, api))
        return served[-1]

    yield serve
    for customer in served:
        if customer.emulator.ready()["ready"]:
            customer.emulator.tenancy.reset(customer.tenant.id)
        customer.api.close()


customers = pytest.fixture(_serve_customers, name="customers")
customers_of_all = pytest.fixture(_serve_customers, scope="module", name="customers_of_all")


@pytest.fixture(name="customer")
def _customer(customers) -> Customer:
    return customers()


@pytest.fixture(scope="module", name="live")
def _live(customers_of_all, body, encode_for_all):
    """A stream that is live for as long as the module's tests need it."""
    customer = customers_of_all()
    stream = customer.create(body())
    encode_for_all(customer.url(stream))
    customer.until(stream, "live")
    return stream


@pytest.fixture(name="stand_in")
def _stand_in() -> Iterator[Callable[..., Emulator]]:
    """Start an emulator with settings of its own."""
    running: list[Emulator] = []

    def start(**settings: Any) -> Emulator:
        running.append(Emulator(Settings(**{"port": 0, "rtmp_port": 0, "media_profile": "light", **settings})).start())
        return running[-1]

    yield start
    for emulator in running:
        emulator.close()


class Player:
    """Fetches what a player would, over HTTP alone."""

    def __init__(self) -> None:
        self._http = httpx.Client(timeout=PATIENCE)

    def close(self) -> None:
        self._http.close()

    def fetch(self, url: str, method: str = "GET", **headers: str) -> httpx.Response:
        return self._http.request(method, url, headers=headers)

    def text(self, url: str) -> str:
        answer = self.fetch(url)
        assert 200 == answer.status_code, f"{url}: {answer.status_code} {answer.text}"
        return answer.text

    def playlist(self, url: str) -> m3u8.M3U8:
        return m3u8.loads(self.text(url), uri=url)

    def variants(self, master: str) -> list[str]:
        """The media playlists' URLs, by rung."""
        return [urljoin(master, entry.uri) for entry in self.playlist(master).playlists]

    def seconds(self, master: str) -> float:
        """How much the first variant lists; nothing while there is none."""
        if self.fetch(master).status_code != 200:
            return 0.0
        return sum(segment.duration for segment in self.playlist(self.variants(master)[0]).segments)

    def frames(self, url: str, kind: str, *, most: int = 24) -> list[Any]:
        """Decode the first frames of a kind, of any URL or file that libav opens."""
        frames = []
        with av.open(url, timeout=PATIENCE) as container:
            stream = next(stream for stream in container.streams if stream.type == kind)
            for frame in container.decode(stream):
                frames.append(frame)
                if len(frames) == most:
                    break
        return frames


@pytest.fixture(scope="module", name="player")
def _player() -> Iterator[Player]:
    player = Player()
    yield player
    player.close()
