"""What the console costs: ``python bench/console/run.py [pages] [open] [storm] [day]``, four minutes; needs Chromium.

There is no peer to hold it against: each number stands beside the budget that it is to keep.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from offair.emulator.core.streams import STREAMS
from offair.emulator.emulator import Emulator

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
MADE, ENTRIES = 200, 10_000
RATE, STORM = 200, 20.0  # events a second, for so many seconds
FEW, MANY = 10_000, 100_000  # entries between which a tab may grow by so much:
GROWTH = 10.0  # MB
LONGEST = 50.0  # milliseconds of a task
BATCH = 500  # entries that are written at once, as a burst
OPEN = 20.0  # seconds for which a page is left open
LOOKS = 15
CLOUD = "tenbyte"
PATIENCE = 60_000  # milliseconds
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}
PAGE = "CrRendererMain"  # the thread that draws, in a trace


def pages() -> None:
    """Ask for every page of a stand-in with many streams and a full journal."""
    with stand_in() as emulator, httpx.Client(base_url=emulator.ready()["console_url"], timeout=60) as client:
        fill(emulator)
        for path in ("", "requests", "requests?text=999", "hooks", "chat", "clock", "promise", one_of(emulator)):
            client.get(path).raise_for_status()
            found = sorted(look(client, path) for _ in range(LOOKS))
            report(f"/{path[:28]}: time in the middle", found[LOOKS // 2][0], 100, "ms")
            report(f"/{path[:28]}: size", found[0][1], 150, "kB")


def open_() -> None:
    """Leave pages open on which something moves, and read the stand-in's own clock of the CPU."""
    with stand_in() as emulator, browsing() as tab:
        fill(emulator)
        stream = emulator.world.find(STREAMS)[0]
        emulator.simulation.go(stream.id, "live")
        idle = cpu_of(OPEN)
        for path in ("", one_of(emulator), "requests", "hooks"):
            tab.goto(emulator.ready()["console_url"] + path)
            tab.wait_for_selector("[data-wire=open]")
            report(f"/{path[:28]} left open, of a core", (cpu_of(OPEN) - idle) * 100, 1, "%")


def storm() -> None:
    """Let so many events a second happen while somebody looks, and name the longest task of the page.

    By the clock of its own thread: on a busy machine the Long Tasks API tells of the neighbours.
    """
    with stand_in() as emulator, browsing() as tab:
        fill(emulator)
        for path in ("requests", ""):
            asked: list[str] = []
            tab.goto(emulator.ready()["console_url"] + path)
            tab.wait_for_selector("[data-wire=open]")
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.context.browser.start_tracing(page=tab)
            began = time.monotonic()
            for number in range(round(RATE * STORM)):
                write(emulator, number)
                if (early := began + number / RATE - time.monotonic()) > 0.005:
                    tab.wait_for_timeout(early * 1000)
            tab.wait_for_timeout(2000)
            longest = max(tasks_in(json.loads(tab.context.browser.stop_tracing())["traceEvents"]))
            report(f"/{path}: longest task at {RATE} events a second", longest, LONGEST, "ms")
            report(f"/{path}: requests a second", len(asked) / STORM, 3, "")


def day() -> None:
    """Let the journal be looked at until it has had very many entries."""
    with stand_in() as emulator, browsing() as tab:
        tab.goto(f"{emulator.ready()['console_url']}requests")
        tab.wait_for_selector("[data-wire=open]")
        before = 0
        heaps = []
        for until in (FEW, MANY):
            for number in range(before, until):
                write(emulator, number)
                if number % BATCH == BATCH - 1:
                    tab.wait_for_timeout(100)
            emulator.journal.write("fault", f"the end of {until}")
            tab.get_by_text(f"the end of {until}").wait_for()
            heaps.append(heap_of(tab))
            before = until
        report(f"heap after {FEW} entries", heaps[0], float("inf"), "MB")
        report(f"growth until {MANY}", heaps[1] - heaps[0], GROWTH, "MB")
        report("rows", tab.locator("#entries tr").count(), 1000, "")
        report("nodes of the page", tab.evaluate("document.querySelectorAll('*').length"), 10_000, "")


MEASURED = {"pages": pages, "open": open_, "storm": storm, "day": day}


@contextmanager
def stand_in() -> Iterator[Emulator]:
    """Start a stand-in whose journal keeps as much as is measured."""
    with Emulator({"journal_size": ENTRIES, "media_profile": "light"}) as emulator:
        yield emulator


@contextmanager
def browsing() -> Iterator[Page]:
    """Open a tab."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page()
        tab.set_default_timeout(PATIENCE)
        yield tab
        browser.close()


def fill(emulator: Emulator) -> None:
    """Make streams as the docs do, and fill the journal."""
    provider = emulator.providers[CLOUD]
    example = next(
        one for one in provider.promise.examples_of(provider.demo.operation) if one.name == provider.demo.example
    )
    url = emulator.addresses(CLOUD).api + example.path.removeprefix(provider.promise.base_path)
    headers = dict(emulator.tenancy.house(CLOUD).headers)
    with httpx.Client(headers=headers, timeout=60) as client:
        for number in range(MADE):
            client.post(url, json={**example.request_body, "name": f"stream {number}"}).raise_for_status()
    for number in range(ENTRIES):
        write(emulator, number)


def write(emulator: Emulator, number: int) -> None:
    """Write what a call leaves in the journal."""
    body = {"name": f"stream {number}", "tags": ["a", "b"], "description": "x" * 200}
    emulator.journal.write(
        "request", f"POST /tenbyte/v1/livestream/streams/{number} 201", cloud=CLOUD, operation="createStream",
        method="POST", status=201, request_headers={"Accept": "*/*"}, request_body=body, response_body=body,
        milliseconds=1.5,
    )  # fmt: skip


def one_of(emulator: Emulator) -> str:
    """Name the page of a stream."""
    return f"streams/{emulator.world.find(STREAMS)[0].id}"


def look(client: httpx.Client, path: str) -> tuple[float, float]:
    """Fetch a page: milliseconds that it took, and how many kB it has."""
    began = time.perf_counter()
    answer = client.get(path)
    return (time.perf_counter() - began) * 1000, len(answer.content) / 1000


def cpu_of(seconds: float) -> float:
    """Wait, and give which share of a core this process used meanwhile."""
    began, used = time.monotonic(), time.process_time()
    time.sleep(seconds)
    return (time.process_time() - used) / (time.monotonic() - began)


def tasks_in(events: list[dict[str, Any]]) -> Iterator[float]:
    """Give the milliseconds of every task of the threads that draw."""
    named = [one for one in events if one.get("name") == "thread_name" and one["args"]["name"] == PAGE]
    drawing = {(one["pid"], one["tid"]) for one in named}
    for one in events:
        if one.get("name") in TASKS and (one["pid"], one["tid"]) in drawing:
            yield one.get("tdur", 0) / 1000


def heap_of(tab: Page) -> float:
    """Collect what nobody holds, and give how much of the heap is used, in MB."""
    inspector: Any = tab.context.new_cdp_session(tab)
    inspector.send("HeapProfiler.collectGarbage")
    used = inspector.send("Runtime.getHeapUsage")["usedSize"]
    inspector.detach()
    return float(used) / (1 << 20)


def report(what: str, found: float, most: float, unit: str) -> None:
    """Print a number beside its budget; one that is over it says so."""
    budget = "" if most == float("inf") else f"  (at most {most:g})" + ("" if found <= most else "  OVER")
    print(f"{what:<58} {found:9.1f} {unit}{budget}", flush=True)


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(MEASURED):
        raise SystemExit(f"there is no {json.dumps(sorted(unknown))}; there is {', '.join(MEASURED)}")
    for name in sys.argv[1:] or MEASURED:
        MEASURED[name]()
