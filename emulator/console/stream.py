"""The page of one stream: what it sends and plays now, what happened to it, and what one can do with it."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from offair.contracts.digits import is_number
from offair.emulator.console.clerk import Clerk
from offair.emulator.console.playlists import explained
from offair.emulator.console.plots import Plot, plot
from offair.emulator.console.segments import Listed, among, listed
from offair.emulator.core.problems import Missing

CLIP = "-re -stream_loop -1 -i clip.mp4 -c:v libx264 -g 60 -c:a aac"
MUXED = "flvmux name=mux streamable=true"
PICTURE = "videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=60 ! mux."
SOUND = "audiotestsrc is-live=true ! avenc_aac ! mux."
LATEST = 60  # entries on the time line
JUDGED = 10  # seconds that the judge watches
ENCODER_FAULTS = {"drop": "lose its connection", "freeze": "freeze the picture", "black": "show black",
                  "silence": "be silent", "jump": "jump in time", "keyless": "send no key frames"}  # fmt: skip
PLAYER_FAULTS = {
    "status": ("503 for all they ask", {"status": 503}),
    "delay": ("each answer 3 s late", {"seconds": 3}),
    "stale": ("playlists that stand still", {}),
    "truncate": ("files cut off in the middle", {}),
    "gap": ("a gap", {}),
    "discontinuity": ("a discontinuity", {}),
    "throttle": ("50 kB a second", {"bytes_per_second": 50_000}),
}
PROTOCOLS = re.compile(r"\b(hls|dash)\b")  # names that people write large


def gather(clerk: Clerk, parts: Mapping[str, str], _query: Mapping[str, str]) -> dict[str, Any]:
    """Gather all about a stream; Missing where there is none."""
    stream = _find(clerk, parts["stream"])
    numbers, playlists = stream["numbers"], _playlists(clerk, stream["id"])
    told = clerk.ask("GET /journal", query={"stream": stream["id"], "limit": str(LATEST)})["entries"][::-1]
    return {
        "title": stream["name"] or stream["id"],
        "stream": stream,
        "is_on_air": stream["state"] in {"live", "reconnecting", "starting", "stopping"},
        "lines": list(lines(stream)),
        "plots": list(plots(stream["history"])),
        "renditions": list(beside(stream["asked"], numbers["renditions"] if numbers else [])),
        "reasons": list(reasons(stream["asked"])),
        "timeline": among(told, _segments(playlists)),
        "playlists": playlists,
        "addresses": [
            (PROTOCOLS.sub(lambda found: found[0].upper(), way), url) for way, url in stream["playback"].items()
        ],
        "orders": list(orders(clerk, stream)),
        "encoder_faults": ENCODER_FAULTS,
        "player_faults": PLAYER_FAULTS,
        "faults": list(_faults(clerk, stream)),
    }


def judge(clerk: Clerk, parts: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    """Have the stream judged now, which takes as many seconds as are asked for, and give what was found."""
    asked = query.get("seconds", "")
    seconds = min(60, max(2, int(asked))) if is_number(asked) else JUDGED
    stream = _find(clerk, parts["stream"])
    path = {"streamId": stream["id"]}
    report = clerk.ask("POST /streams/{streamId}/judge", path, body={"seconds": seconds})
    title = f"{stream['name'] or stream['id']}, judged"
    return {"title": title, "stream": stream, "report": report, "seconds": seconds}


def lines(stream: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Write how each encoder that takes a command line sends to a stream, by each protocol that the stream takes."""
    if stream["ingest"]:
        yield "The test clip", f"offair publish {shlex.quote(stream['id'])}"
    for one in stream["ingest"]:
        at, form = shlex.quote(one["url"]), "mpegts" if one["protocol"] == "srt" else "flv"
        name = "" if one["protocol"] == "rtmp" else f" over {one['protocol'].upper()}"
        yield f"ffmpeg{name}", f"ffmpeg {CLIP} -f {form} {at}"
        if one["protocol"] != "srt":
            yield f"GStreamer{name}", f"gst-launch-1.0 {MUXED} ! rtmp2sink location={at} {PICTURE} {SOUND}"


def beside(
    asked: Sequence[Mapping[str, Any]], came: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Put each rendition that was asked for beside the one of its kind that comes, by its name; either may be None."""
    left = {(one["kind"], one["name"].removeprefix("audio.")): one for one in came}
    for one in asked:
        yield one["name"], one, left.pop((one["kind"], one["name"]), None)
    for one in left.values():
        yield one["name"], None, one


def reasons(asked: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Say each reason once, with the names of the renditions that do not come, or otherwise, because of it."""
    for words in dict.fromkeys(one["words"] for one in asked if one["words"]):
        yield words, [one["name"] for one in asked if one["words"] == words]


def plots(history: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, Plot]]:
    """Draw what a stream measured in its last minutes, each with its kind: bit/s, seconds, or a count."""
    wanted = (("Bitrate in", "bitrate", "bitrate_in"), ("Bitrate out", "bitrate", "bitrate_out"),
              ("Frames a second", "count", "fps"), ("Viewers", "count", "viewers"),
              ("Between key frames", "seconds", "key_frame_seconds"))  # fmt: skip
    for words, kind, name in wanted:
        drawn = plot([one[name] for one in history], width=200, height=48)
        if drawn.last is not None:
            yield words, kind, drawn


def orders(clerk: Clerk, stream: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what the cloud documents to do to a stream, each as the call of it that the stream's tenant would make."""
    if stream["cloud"] not in clerk.providers:
        return
    provider = clerk.provider(stream["cloud"])
    headers, base_url = clerk.access(stream["cloud"], stream["tenant"])
    for word, key in provider.orders.items():
        method, _, path = key.partition(" ")
        filled = re.sub(r"\{[^}]+\}", lambda _: quote(stream["id"], safe=""), path)
        call = {"method": method, "path": urlsplit(base_url).path.lstrip("/") + filled, "headers": headers}
        yield {"word": word, "key": key, "call": call, "ends": method == "DELETE"}


def _find(clerk: Clerk, stream: str) -> Any:
    found = clerk.maybe("GET /streams/{streamId}", {"streamId": stream})
    if found is None:
        raise Missing(f"there is no stream {stream}: it was deleted, forgotten by a reset, or never there")
    return found


def _playlists(clerk: Clerk, stream: str) -> list[dict[str, Any]]:
    told = clerk.maybe("GET /streams/{streamId}/playlists", {"streamId": stream})
    return [{**one, "lines": list(_lines(one))} for one in told["playlists"]] if told else []


def _segments(playlists: Sequence[Mapping[str, Any]]) -> list[Listed]:
    """Read the segments of the first rendition that says when they began: the others are cut where it is."""
    return next((found for one in playlists if (found := list(listed(one["text"])))), [])


def _lines(playlist: Mapping[str, Any]) -> Iterable[Any]:
    is_hls = playlist["text"].startswith("#EXTM3U")
    return explained(playlist["text"]) if is_hls else ()


def _faults(clerk: Clerk, stream: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Find what goes wrong for this stream now, by where each is taken back."""
    for fault in clerk.ask("GET /encoder-faults")["faults"]:
        if fault["stream"] == stream["id"]:
            yield {**fault, "whose": "encoder", "path": f"_offair/encoder-faults/{fault['id']}"}
    for fault in clerk.ask("GET /playback-faults")["faults"]:
        if fault["tenant"] == stream["tenant"] and fault["stream"] in {"*", stream["id"]}:
            yield {**fault, "whose": "players", "path": f"_offair/playback-faults/{fault['id']}"}
