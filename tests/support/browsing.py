"""Chromium, driven by Playwright: whoever needs it is skipped where one of them is missing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from offair.emulator.core.clock import Deadline

PATIENCE = 30.0
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update")  # fmt: skip
PLAYS_BY_ITSELF = "--autoplay-policy=no-user-gesture-required"
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection"]
PUBLISH = """async ([url, own, codec, size]) => {
  const [width, height] = size;
  const media = await navigator.mediaDevices.getUserMedia({video: {width, height}, audio: true});
  window.pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
  for (const track of media.getTracks()) {
    const one = pc.addTransceiver(track, {direction: "sendonly", streams: [media]});
    if (track.kind === "video" && codec) {
      const {codecs} = RTCRtpSender.getCapabilities("video");
      one.setCodecPreferences(codecs.filter(({mimeType}) => [`video/${codec}`, "video/rtx"].includes(mimeType)));
      window.sender = one.sender;
    }
  }
  await pc.setLocalDescription();
  const headers = {"Content-Type": "application/sdp", ...own};
  const answer = await fetch(url, {method: "POST", headers, body: pc.localDescription.sdp});
  window.session = answer.headers.get("Location");
  const sdp = await answer.text();
  if (answer.status === 201) await pc.setRemoteDescription({type: "answer", sdp});
  return [answer.status, sdp];
}"""


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """Have a browser run without a window, with these flags beside the usual ones."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no {CHROMIUM}")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        yield browser
        browser.close()


def reaches(tab, expression, least):
    """Wait until a number is so large; a page's own policy may forbid Playwright to wait for an expression."""
    deadline, pause = Deadline(PATIENCE), threading.Event()
    while (found := tab.evaluate(expression)) < least:
        assert not deadline.is_over, f"{expression} is {found}: {tab.locator('body').text_content()[:600]}"
        pause.wait(0.1)


def publish_from(page, url, *, headers=None, codec=None, size=(640, 360)):
    """Have a page of a safe origin publish its camera over WHIP, in one codec or as it likes: its status and answer."""
    return tuple(page.evaluate(PUBLISH, [url, headers or {}, codec, size]))
