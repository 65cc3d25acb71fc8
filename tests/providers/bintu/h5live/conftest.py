"""H5Live over streams of a small cloud, which is not the one that it belongs to: all that it needs is a lookup."""

import subprocess
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from h5live_viewer import Judge, Watching
from playhouse import CLOUD, make_stream, playhouse, say_no

from offair.contracts.contract import Contract
from offair.emulator.core.streams import STREAMS
from offair.emulator.emulator import Emulator
from offair.emulator.media.transcoding.ffmpeg import choose
from offair.emulator.providers.bintu.h5live.surface import serve
from offair.emulator.providers.bintu.h5live.wish import Denied, Playable
from offair.emulator.settings import Settings

ROOT = Path(__file__).parents[4]
PROMISE = Contract.load(ROOT / "contracts/bintu/h5live", cloud=CLOUD, service="h5live")
PATIENCE = 30.0
PICTURES = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine=frequency=440:r=48000"]
CODED = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "25",
         "-b:v", "300k", "-c:a", "aac", "-b:a", "64k", "-f", "flv"]  # fmt: skip


def find(wish, rooms):
    """Know a stream by its name; ``<name>.<variant>`` is one of its variants."""
    name, _, variant = (wish.stream or "").partition(".")
    found = rooms.world.find(STREAMS, cloud=CLOUD, key=name) if name else []
    return Playable(stream=found[0].id, variant=variant or None) if found else Denied()


@pytest.fixture(scope="session", name="contract")
def _contract() -> Contract:
    return PROMISE


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    cloud = playhouse(Path(__file__).parent / "playhouse", lambda: serve(PROMISE, find, say_no))
    with Emulator(Settings(port=0, rtmp_port=0), [cloud]) as emulator:
        yield emulator


@pytest.fixture(scope="session", name="cloud")
def _cloud() -> str:
    return CLOUD


@pytest.fixture(scope="module", name="root")
def _root(emulator) -> str:
    """Where H5Live is."""
    return emulator.addresses(CLOUD).services["h5live"]


@pytest.fixture(scope="session", name="executable")
def _executable() -> Path:
    return choose(None)


@pytest.fixture(name="put_on")
def _put_on(emulator) -> Callable:
    """Make a stream of this test's own."""

    def put_on(**given):
        return make_stream(emulator, emulator.world.ids.letters(10), **given)

    return put_on


@contextmanager
def encoding(emulator, executable, stream, *options):
    """Publish to a stream with a real encoder."""
    url = f"{emulator.rtmp_url}/live/{stream.key}"
    argv = [str(executable), "-v", "error", "-nostdin", "-re", *PICTURES, *CODED, *options, url]
    with subprocess.Popen(argv) as encoder:
        try:
            yield encoder
        finally:
            encoder.kill()
            encoder.wait(30)


@pytest.fixture(scope="module", name="publish_for_all")
def _publish_for_all(emulator, executable):
    """Publish for as long as the module's tests last."""
    yield from _publishing(emulator, executable)


@pytest.fixture(name="publish")
def _publish(emulator, executable):
    """Publish for as long as the test lasts, or until the encoder that is given is killed."""
    yield from _publishing(emulator, executable)


def _publishing(emulator, executable):
    with ExitStack() as ending:

        def publish(stream, *options, is_live=True):
            encoder = ending.enter_context(encoding(emulator, executable, stream, *options))
            wanted = {"kind": "move", "text": "to live", "stream": stream.id}
            if is_live and emulator.journal.wait_for(wanted, emulator.clock.deadline(PATIENCE)) is None:
                raise AssertionError(f"{stream.key} is not live within {PATIENCE:g} s")
            return encoder

        yield publish


@pytest.fixture(name="watch")
def _watch(root, contract):
    """Watch by a query, as a viewer whose judge finds nothing to complain of."""
    with ExitStack() as closing:
        viewers = []

        def watch(query, path="/h5live/stream.mp4"):
            url = f"{root.replace('http', 'ws', 1)}{path}?{query}"
            viewers.append(closing.enter_context(Watching(url, Judge(contract))))
            return viewers[-1]

        yield watch
        for viewer in viewers:
            assert [] == viewer.judge.violations()
