"""A WHIP server alone, for ``whip_cost``: ``ours`` or ``aiortc``. It admits all, drops what comes, prints its URL.

When a first key frame came it prints how many seconds that was after the POST.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def ours():
    """Give what answers an offer, and what closes it."""
    from bare_ingest import Drain, OpenDoor

    from offair.emulator.core.streams import Ladder, Packaging, Source, Stream
    from offair.emulator.media.ingest.edge import Edge

    began: list[float] = []

    class Watching(Drain):
        """Says when the first key frame comes."""

        def feed(self, item) -> None:
            """Look, and drop it."""
            if began and item.is_keyframe:
                print(f"{time.time() - began.pop():.4f}", flush=True)

    OpenDoor.receive = lambda _self, _knock, connection: (connection.relax(), Watching())[1]
    edge = Edge("127.0.0.1", 0, OpenDoor(), random_bytes=os.urandom, on_problem=print, whip_port=0).start()
    source = Source(kind="push", protocols=("whip",))
    stream = Stream(id="1", cloud="x", tenant="x", app="live", key="key", name="x", created_at=0.0, updated_at=0.0,
                    source=source, ladder=Ladder(), packaging=Packaging())  # fmt: skip

    def answer(offer: str) -> str:
        began.append(time.time())
        return edge.whip.open(stream, offer).sdp

    return answer, edge.close


def aiortc():
    """The same by aiortc, whose tracks end in a black hole: it decodes what comes, as it always does."""
    import aiortc as rtc
    from aiortc.contrib.media import MediaBlackhole

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    kept = []

    async def take(offer: str) -> str:
        connection, hole = rtc.RTCPeerConnection(), MediaBlackhole()
        kept.append((connection, hole))
        connection.on("track", hole.addTrack)
        await connection.setRemoteDescription(rtc.RTCSessionDescription(sdp=offer, type="offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        await hole.start()
        return connection.localDescription.sdp

    return lambda offer: asyncio.run_coroutine_threadsafe(take(offer), loop).result(10), lambda: None


def main() -> None:
    """Serve until somebody ends it."""
    answer, close = {"ours": ours, "aiortc": aiortc}[sys.argv[1]]()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            told = answer(self.rfile.read(int(self.headers["Content-Length"])).decode()).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/sdp")
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/session")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def do_DELETE(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}/whip", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    close()


if __name__ == "__main__":
    main()
