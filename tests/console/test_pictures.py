"""Every page as a person sees it, light and dark, wide and small: a picture each, and nothing that a browser says."""

import struct
from itertools import product

import pytest

from offair.emulator.console.pages import PAGES

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n"
HEAD = struct.Struct(">8sI4sII")  # signature, then the length, name, width and height of IHDR (PNG, 11.2.2)
SIZES = ((1280, 860), (360, 720))


@pytest.fixture(name="places")
def _places(emulator, make, providers, cloud):
    """Where each page is, by its template, with something on it."""
    streams = [make.at(name) for name in providers]
    stream = next(one for one in streams if one.cloud == cloud)
    room = next(one for one in streams if emulator.providers[one.cloud].parlour is not None)
    sent = emulator.steered().trigger(stream.id, "stream.started", url=f"{emulator.ready()['control_url']}/inbox/x")
    entry = emulator.journal.entries({"kind": "request"})[-1].number
    parts = {"stream": stream.id, "number": entry, "delivery": sent[0].id, "room": room.id}
    waiting = {page.template for page in PAGES if page.waits}
    return {
        page.template: page.path.replace("<", "{").replace(">", "}").format(**parts)
        for page in PAGES
        if page.template not in waiting
    }


def test_every_page_makes_a_picture_and_a_browser_complains_of_none(browser, root, places, tmp_path):
    complaints, sizes = [], {}
    for scheme, (width, height) in product(("light", "dark"), SIZES):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})
        tab = context.new_page()
        tab.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        for name, path in places.items():
            tab.goto(root + path)
            target = tmp_path / f"{name}-{scheme}-{width}.png"
            target.write_bytes(tab.screenshot())
            sizes[target.stem] = HEAD.unpack(target.read_bytes()[: HEAD.size])
        context.close()
    wanted = {stem: (PNG, 13, b"IHDR", *next(size for size in SIZES if stem.endswith(f"-{size[0]}"))) for stem in sizes}

    assert ([], wanted, 4 * len(places)) == (complaints, sizes, len(sizes))
