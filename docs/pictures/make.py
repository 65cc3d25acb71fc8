"""Makes the pictures of the pages: ``python docs/pictures/make.py [FOLDER]``; without a folder, the README's one.

A stand-in is started with a stream at every cloud, two of them on air, and Chromium looks at each page.
"""

import json
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from offair.emulator.console.pages import PAGES
from offair.emulator.core.streams import STREAMS, Stream
from offair.emulator.emulator import Emulator
from offair.emulator.provider.provider import Provider

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
WIDTHS = {"wide": 1280, "small": 360}
SCHEMES = ("light", "dark")
SETTLED = 12.0  # seconds on air, so that lines have a length
SECONDS = 3.0  # until a picture plays and a page is as it stays


def main(folder: Path | None) -> None:
    """Make the README's picture, or all of them into a folder."""
    pause = threading.Event()
    with Emulator({"media_profile": "passthrough", "seed": 1}) as emulator:
        streams = list(make(emulator))
        on_air = streams[-2:]
        for stream in on_air:
            ask(emulator, f"/streams/{stream.id}/clip", {"on": True}, method="PUT")
        ask(emulator, f"/streams/{on_air[-1].id}/simulate", {"to": "nowhere"})  # something that is refused
        for stream in on_air:
            wanted = {"kind": "move", "stream": stream.id, "text": "to live"}
            emulator.journal.wait_for(wanted, emulator.clock.deadline(30))
        pause.wait(SETTLED)
        shoot(emulator, on_air[-1], folder, pause)


def make(emulator: Emulator) -> Iterator[Stream]:
    """Make a stream at every cloud as its docs do, and one call that is wrong."""
    for name, provider in emulator.providers.items():
        example = example_of(provider)
        url = emulator.addresses(name).api + example.path.removeprefix(provider.promise.base_path)
        headers = dict(emulator.tenancy.house(name).headers)
        made = call(example.method, url, headers, example.request_body)
        call(example.method, url, headers, {"name": 7})
        stream = emulator.world.get(STREAMS, provider.demo.stream_id(made))
        if stream is not None:
            yield stream


def shoot(emulator: Emulator, stream: Stream, folder: Path | None, pause: threading.Event) -> None:
    """Take the pictures."""
    entry = emulator.journal.entries({"kind": "request", "status": "4xx"})[-1].number
    places = {page.template: page.path for page in PAGES if "<" not in page.path}
    places |= {"stream": f"streams/{stream.id}", "entry": f"requests/{entry}"}
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scheme in SCHEMES:
            for size, width in WIDTHS.items():
                context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
                tab = context.new_page()
                for name, path in places.items():
                    target = target_of(folder, name, scheme, size)
                    if target is None:
                        continue
                    tab.goto(emulator.ready()["console_url"] + path)
                    pause.wait(SECONDS)
                    tab.screenshot(path=target, full_page=folder is not None)
                context.close()
        browser.close()


def target_of(folder: Path | None, name: str, scheme: str, size: str) -> Path | None:
    """Say where a picture goes; None where it is not wanted."""
    if folder is not None:
        return folder / f"{name}-{scheme}-{size}.png"
    return HERE / "console.png" if (name, scheme, size) == ("stream", "light", "wide") else None


def example_of(provider: Provider) -> Any:
    """Find the published call that makes a stream."""
    demo = provider.demo
    return next(one for one in provider.promise.examples_of(demo.operation) if one.name == demo.example)


def ask(emulator: Emulator, path: str, body: Any, method: str = "POST") -> Any:
    """Call the control surface."""
    return call(method, emulator.ready()["control_url"] + path, {}, body)


def call(method: str, url: str, headers: dict[str, str], body: Any) -> Any:
    """Make a call, and give its JSON, whatever the status."""
    content = json.dumps(body).encode()
    asked = urllib.request.Request(url, content, {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urllib.request.urlopen(asked) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
