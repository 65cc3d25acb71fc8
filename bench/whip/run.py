"""Measure WHIP from glass to glass: ``python bench/whip/run.py``, some half a minute.

One page of Chromium draws the time as a row of black and white fields, publishes that over WHIP, watches it over an
H5Live socket, and reads the fields back. All stays on loopback, and ends with the run.
"""

import os
import statistics
import sys
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
sys.path += [str(HERE.parent / "media"), str(HERE.parents[1] / "tests/support")]

import httpx  # noqa: E402
from browsing import CAMERA, PLAYS_BY_ITSELF, chromium  # noqa: E402
from table import HEADER, Row  # noqa: E402

from offair.emulator.emulator import Emulator  # noqa: E402

LOOKS = 200
GOAL = 0.5  # seconds, in the median
LIVE = "rtmp://127.0.0.1/live"
PUBLISH = """async (url) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext("2d");
  setInterval(() => {
    const now = Date.now();
    for (let bit = 0; bit < 16; bit += 1) {
      pen.fillStyle = now >> bit & 1 ? "white" : "black";
      pen.fillRect(bit * 40, 0, 40, 360);
    }
  }, 40);
  window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  const [track] = canvas.captureStream(25).getTracks(), one = pc.addTransceiver(track, {direction: "sendonly"});
  const {codecs} = RTCRtpSender.getCapabilities("video");
  one.setCodecPreferences(codecs.filter(({mimeType}) => ["video/H264", "video/rtx"].includes(mimeType)));
  await pc.setLocalDescription();
  const headers = {"Content-Type": "application/sdp"};
  const answer = await fetch(url, {method: "POST", headers, body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: "answer", sdp: await answer.text()});
}"""
WATCH = """(url) => {
  window.fatal = [];
  window.video = document.body.appendChild(document.createElement("video"));
  video.muted = video.autoplay = true;
  playSocket(video, url, fatal);
}"""
LOOK = """() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  pen.drawImage(video, 0, 0, 640, 360);
  let shown = 0;
  for (let bit = 0; bit < 16; bit += 1) shown |= (pen.getImageData(bit * 40 + 20, 180, 1, 1).data[0] > 127) << bit;
  return (Date.now() - shown) & 0xffff;
}"""


def lags(emulator: Emulator, browser) -> list[float]:
    """Publish, watch, and look again and again: seconds from glass to glass."""
    house = emulator.tenancy.house("bintu")
    headers = {"X-BINTU-APIKEY": house.credentials["api_key"]}
    stream = httpx.post(f"{emulator.addresses('bintu').api}/stream", headers=headers).raise_for_status().json()
    name, entry = stream["ingest"]["rtmp"]["streamname"], stream["playout"]["h5live"][0]
    page = browser.new_page()
    page.goto(stream["playout"]["web"][0]["url"])  # a page of the stand-in's own may reach its sockets
    page.evaluate("document.body.replaceChildren()")
    page.evaluate((HERE.parent / "h5live/player.js").read_text() + "\nwindow.playSocket = playSocket; 0")
    wish = urlencode({"stream_name": name, "stream_url": LIVE})
    page.evaluate(PUBLISH, f"{emulator.addresses('bintu').services['whip']}/p/webrtc?{wish}")
    emulator.journal.wait_for({"kind": "move", "text": "to live"}, emulator.clock.deadline(30))
    page.evaluate(WATCH, f"{entry['server']['websocket']}?stream={name}&flags=faststart")
    page.wait_for_function("video.currentTime > 3")
    seen = []
    for _ in range(LOOKS):
        page.wait_for_timeout(50)
        seen.append(page.evaluate(LOOK) / 1000)
    return seen


def main() -> None:
    """Print a table."""
    print(f"\n{lags.__doc__} Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs.")
    print(HEADER)
    with Emulator({"media_profile": "passthrough"}) as emulator, chromium(*CAMERA, PLAYS_BY_ITSELF) as browser:
        ours = statistics.median(lags(emulator, browser))
    print(Row(what="WHIP to an H5Live socket, glass to glass", unit="s", ours=ours, most=GOAL))


if __name__ == "__main__":
    main()
