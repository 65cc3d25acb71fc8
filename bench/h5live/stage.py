"""The stand-in with nothing but H5Live, as a process of its own: says where it is, and ends with its stdin."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "tests/providers/bintu/h5live"
sys.path += [str(ROOT / "tests/support"), str(HOUSE)]

import conftest  # noqa: E402 - what the tests serve
from playhouse import CLOUD, make_stream, playhouse, say_no  # noqa: E402

from offair.emulator.emulator import Emulator  # noqa: E402
from offair.emulator.providers.bintu.h5live.surface import serve  # noqa: E402
from offair.emulator.settings import Settings  # noqa: E402


def main() -> None:
    """Serve streams by the names that are given, the encoder's own pictures alone, until stdin ends."""
    cloud = playhouse(HOUSE / "playhouse", lambda: serve(conftest.PROMISE, conftest.find, say_no))
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough"), [cloud]) as emulator:
        streams = {name: make_stream(emulator, name).id for name in sys.argv[1:]}
        where = emulator.addresses(CLOUD)
        print(json.dumps({
            "pid": os.getpid(), "rtmp": f"{emulator.rtmp_url}/live", "h5live": where.services["h5live"],
            "cdn": where.cdn, "streams": streams,
        }), flush=True)  # fmt: skip
        sys.stdin.read()


if __name__ == "__main__":
    main()
