"""A source that speaks RTSP: one H.264 track, RTP interleaved on the control connection (RFC 2326, 10.12).

ffmpeg can only be called by an RTSP server's clients, never by ours, so the least of a server is here. It hands out
the RTP packets that a real ffmpeg makes.
"""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 30.0
ANSWERS = {
    "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
    "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
    "PLAY": "Session: 1\r\n",
}


@contextmanager
def rtsp_source(ffmpeg: str, clip: Path) -> Iterator[str]:
    """Serve a clip's video over and over; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener, _bound() as packets:
        port = packets.getsockname()[1]
        argv = [ffmpeg, "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip), "-map", "0:v",
                "-c", "copy", "-f", "rtp", f"rtp://127.0.0.1:{port}?pkt_size=1200"]  # fmt: skip
        encoder = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        sdp = _read_sdp(encoder)
        server = threading.Thread(target=_serve, args=(listener, packets, sdp))
        server.start()
        try:
            yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/hall"
        finally:
            encoder.kill()
            encoder.communicate()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            packets.sendto(b"", packets.getsockname())
            server.join()


def _bound() -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind(("127.0.0.1", 0))
    return bound


def _read_sdp(encoder: subprocess.Popen) -> str:
    lines = []
    for line in encoder.stdout:
        if not line.startswith("SDP:"):
            lines.append(line.strip())
        if line.startswith("a=fmtp"):
            break
    lines = ["m=video 0 RTP/AVP 96" if line.startswith("m=") else line for line in lines]
    return "\r\n".join([*filter(None, lines), "a=control:track", ""])


def _serve(listener: socket.socket, packets: socket.socket, sdp: str) -> None:
    """Serve one client, until it hangs up or the listener is shut down."""
    with suppress(OSError):
        client, _ = listener.accept()
        with client:
            client.settimeout(PATIENCE)
            _greet(client, sdp)
            while packet := packets.recv(2048):
                client.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)


def _greet(client: socket.socket, sdp: str) -> None:
    """Answer until the client wants to see it."""
    verb = ""
    while verb != "PLAY":
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            more = client.recv(4096)
            if not more:
                raise ConnectionResetError
            request += more
        lines = request.decode().splitlines()
        verb = lines[0].partition(" ")[0]
        number = next(line.partition(":")[2] for line in lines if line.lower().startswith("cseq"))
        body = sdp if verb == "DESCRIBE" else ""
        typed = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n" if body else ""
        client.sendall(f"RTSP/1.0 200 OK\r\nCSeq:{number}\r\n{typed}{ANSWERS.get(verb, '')}\r\n{body}".encode())
