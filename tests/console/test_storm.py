"""However much happens, a page does a little at a time, keeps a little, and touches nothing that stays as it is."""

import pytest
from browsing import reaches

from offair.emulator.console.entries import MOST

pytestmark = pytest.mark.browser
PIECE = 40  # rows that come into the page between two frames
BURST = 1_000
REFRESHES = 8
PAGE = 3_000  # nodes: two readings of a page
AT = "document.querySelector('video').currentTime"
FEW, MANY = 10_000, 100_000
GROWTH = 10 << 20  # bytes
COUNT = """where => {
    window.touched = [];
    const see = (found) => { for (const one of found) window.touched.push(one.addedNodes.length); };
    new MutationObserver(see).observe(document.querySelector(where),
        {childList: true, subtree: true, attributes: true, characterData: true});
}"""
HEAR = """async (url) => {
    let source;
    window.EventSource = class { constructor() { source = this; } addEventListener(name, hear) { this[name] = hear; } };
    const { open } = await import(url);
    window.heard = new Promise((found) => open("nowhere", (_, batch) => found(batch.streams.length)));
    window.happen = (from, until) => {
        for (let number = from; number < until; number += 1) {
            const entry = { number, kind: "request", stream: `${number}`, summary: "x".repeat(200) };
            source.entry({ data: JSON.stringify(entry) });
        }
    };
}"""


def held(tab):
    """Count what a page holds once what nobody holds is gone."""
    inspector = tab.context.new_cdp_session(tab)
    inspector.send("Performance.enable")
    inspector.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in inspector.send("Performance.getMetrics")["metrics"]}
    inspector.detach()
    return told


def test_a_storm_comes_in_small_pieces_and_few_requests(tab, root, emulator):
    asked: list[str] = []
    tab.goto(f"{root}requests?kind=fault&text=gust")
    tab.wait_for_selector("[data-wire=open]")
    tab.evaluate(COUNT, "#entries")
    tab.on("request", lambda request: asked.append(request.url))
    began = emulator.clock.monotonic()
    for number in range(BURST):
        emulator.journal.write("fault", f"gust {number}")
    tab.locator("#entries tr").first.get_by_text(f"gust {BURST - 1}").wait_for()
    seconds = emulator.clock.monotonic() - began

    assert (True, MOST) == (PIECE >= max(tab.evaluate("touched")), tab.locator("#entries tr").count())
    assert len(asked) <= seconds + 2, f"{len(asked)} requests in {seconds:.1f} s"


def test_a_hundred_thousand_events_leave_nothing_behind(tab, root):
    tab.goto(root)
    tab.evaluate(HEAR, f"{root}assets/source.js")
    inspector = tab.context.new_cdp_session(tab)
    heaps = []
    for before, until in ((0, FEW), (FEW, MANY)):
        tab.evaluate("([from, until]) => window.happen(from, until)", [before, until])
        inspector.send("HeapProfiler.collectGarbage")
        heaps.append(inspector.send("Runtime.getHeapUsage")["usedSize"])

    assert (True, 200) == (heaps[1] - heaps[0] < GROWTH, tab.evaluate("window.heard"))


@pytest.mark.media
def test_a_stream_that_is_watched_for_long_leaves_nothing_behind(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    emulator.media.clips.begin(stream.id, stream.app, stream.key)
    tab.goto(f"{root}streams/{stream.id}")
    reaches(tab, AT, 1.0)
    before = held(tab)
    for _ in range(REFRESHES):
        with tab.expect_response(lambda answer: answer.url.endswith(f"/console/streams/{stream.id}")):
            tab.evaluate("document.dispatchEvent(new CustomEvent('console:refresh'))")
    reaches(tab, AT, 5.0)
    after = held(tab)
    emulator.media.clips.end(stream.id)

    assert (True, True) == (
        after["Nodes"] < before["Nodes"] + PAGE,
        after["JSEventListeners"] < before["JSEventListeners"] + 10,
    )


def test_what_stays_as_it_is_is_not_touched(tab, root, make, emulator, cloud):
    stream = make.at(cloud)
    emulator.steered().trigger(stream.id, "stream.started", url=f"{emulator.ready()['control_url']}/inbox/still")
    assert emulator.journal.wait_for({"kind": "hook", "stream": stream.id}, emulator.clock.deadline(30))
    tab.goto(f"{root}hooks")
    tab.locator("#inbox summary", has_text="still").first.wait_for()
    tab.evaluate(COUNT, "main")
    with tab.expect_response(lambda answer: answer.url.endswith("/hooks")):
        tab.evaluate("document.dispatchEvent(new CustomEvent('console:refresh'))")
    with tab.expect_response(lambda answer: answer.url.endswith("/hooks")):
        tab.evaluate("document.dispatchEvent(new CustomEvent('console:refresh'))")

    assert [] == tab.evaluate("touched")


def test_what_was_cleared_hides_nothing_of_another_journal(tab, root, emulator):
    emulator.journal.write("fault", "of the old journal")
    tab.goto(f"{root}requests?kind=fault")
    tab.wait_for_selector("[data-wire=open]")
    tab.get_by_role("button", name="Clear from here").click()
    emulator.journal.clear()
    tab.wait_for_url(lambda url: "after=" not in url)

    assert "kind=fault" in tab.url
