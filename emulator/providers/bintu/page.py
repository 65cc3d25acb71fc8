"""Web pages: one that plays a stream in any browser, with nothing from elsewhere, and plain words."""

import json
from html import escape
from urllib.parse import urlencode

from offair.emulator.provider.call import Addresses
from offair.emulator.provider.query import Query
from offair.emulator.providers.bintu.guarding import shown_in
from offair.emulator.providers.bintu.nouns import Quality

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
STYLE = "body{margin:0;background:#111;color:#ccc;font:16px sans-serif}video{width:100%;max-height:100vh}p{margin:2em}"
# Apple's browsers play HLS by themselves and no MP4 without an end, which all others play. What is not on air yet is
# asked for again. A video tells nobody why it does not play, so that its address is asked once more for the words.
SCRIPT = """
const sources = %(sources)s, video = document.querySelector("video"), words = document.querySelector("p");
const url = navigator.vendor.startsWith("Apple") ? sources.hls : sources.mp4;
let waits = 0;
const play = () => { video.src = url; video.play().catch(() => {}); };
const again = async () => {
  clearTimeout(waits);
  waits = setTimeout(play, 1000);
  const stop = new AbortController();
  const answer = await fetch(url, { signal: stop.signal }).catch(() => null);
  words.textContent = answer?.status === 403 ? await answer.text() : "not live";
  stop.abort();
};
video.addEventListener("error", again);
video.addEventListener("ended", again);
video.addEventListener("playing", () => { words.textContent = ""; });
play();
"""


def player(quality: Quality, addresses: Addresses, query: Query) -> str:
    """Write a page that plays a rendition, or with ``replay`` in the query its last recording from the beginning.

    A token in the query is shown wherever the page plays.
    """
    shown = {"stream": quality.name, **shown_in(query.lists)}
    sources = {
        "hls": f"{addresses.services['h5live']}/h5live/http/playlist.m3u8?{urlencode(shown)}",
        "mp4": f"{addresses.services['h5live']}/h5live/http/stream.mp4?{urlencode(shown)}",
    }
    if "replay" in query:
        sources = {
            "hls": f"{addresses.cdn}/vod/replay/{quality.name}.m3u8?{urlencode(shown)}",
            "mp4": f"{addresses.cdn}/vod/{quality.name}.mp4?{urlencode(shown)}",
        }
    written = json.dumps(sources).replace("<", "\\u003c")  # nothing in it ends the script
    script = f"<script>{SCRIPT % {'sources': written}}</script>"
    body = f"<body><video autoplay muted playsinline controls></video><p></p>{script}</body></html>"
    return HEAD.format(title=escape(quality.name), style=STYLE) + body


def plain(title: str, words: str) -> str:
    """Write a page of words; they may have marks of HTML in them."""
    return HEAD.format(title=escape(title), style=STYLE) + f"<body><p>{words}</p></body></html>"
