"""Requests a second, CPU and function calls of a request: ``python bench/http/run.py [hosts] [calls] [stops] [peers]``.

wrk keeps 20 connections and asks each target in turn, for several rounds; the best second and the least CPU count.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "media"))  # processes that end with the benchmark

import calls
import hosts
import targets
from processes import family
from targets import Target

from offair.emulator.web.host.server import Server

CONNECTIONS = 20
SECONDS = 2
ROUNDS = 3
WARM = 20  # seconds, so that a compiler that learns has learnt
NAMES = ("hosts", "calls", "stops", "peers")
SCRIPT = "wrk.method = {method!r}\nwrk.body = [==[{body}]==]\n"


def drive(target: Target, folder: Path, seconds: int) -> tuple[float, float]:
    """Ask for some seconds; give requests a second, and microseconds of CPU a request."""
    script = folder / "wrk.lua"
    script.write_text(SCRIPT.format(method=target.method, body=target.body))
    headers = [word for name, value in target.headers.items() for word in ("-H", f"{name}: {value}")]
    before = _cpu(target.pid)
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, *headers, target.url]
    words = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    spent = _cpu(target.pid) - before
    if "Non-2xx" in words:
        raise RuntimeError(f"{target.who} refuses {target.method} {target.url}: {words}")
    done = int(re.search(r"(\d+) requests in", words)[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", words)[1]), spent / max(done, 1) * 1e6


def race(asked: list[Target], folder: Path, warm: int) -> None:
    """Drive all targets in turn, and print the best of each."""
    for target in asked:
        drive(target, folder, warm)
    best = {id(target): (0.0, float("inf")) for target in asked}
    for _ in range(ROUNDS):
        for target in asked:
            rate, cost = drive(target, folder, SECONDS)
            most, least = best[id(target)]
            best[id(target)] = max(rate, most), min(cost, least)
    for target in sorted(asked, key=lambda one: one.what):
        rate, cost = best[id(target)]
        print(f"{target.what:<10}{target.who:<14}{rate:>9.0f}/s{cost:>9.0f} us of CPU", flush=True)


def stops() -> None:
    """Print how long our server takes to start, and to close with kept connections."""
    import socket

    starts, ends = [], []
    for _ in range(30):
        began = time.perf_counter()
        server = Server("127.0.0.1", 0)
        server.start(hosts.bare)
        kept = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        starts.append(time.perf_counter() - began)
        for one in kept:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            one.recv(1000)
        began = time.perf_counter()
        server.close()
        ends.append(time.perf_counter() - began)
        for one in kept:
            one.close()
    for what, times in (("start and 20 callers", starts), ("close", ends)):
        print(f"{what:<24}{statistics.median(times) * 1e3:>8.1f} ms, at most {max(times) * 1e3:.1f}")
    print(f"{'threads left':<24}{threading.active_count() - 1:>8}")


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    names = parser.parse_args().names or NAMES
    if shutil.which("wrk") is None:
        sys.exit("there is no wrk: apt-get install wrk")
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs, {CONNECTIONS} connections.")
    if "calls" in names:
        for what, number in calls.count().items():
            print(f"{what:<10}{'stand-in':<14}{number:>9.0f} function calls")
    if "stops" in names:
        stops()
    for words in targets.missing() if "peers" in names else ():
        print(words)
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        if "hosts" in names:
            both = [(host, app) for app in ("bare", "flask") for host in ("own", "werkzeug")]
            asked = [one for host, app in both for one in opened.enter_context(targets.host(host, app))]
            if shutil.which("nginx"):
                asked += opened.enter_context(targets.nginx(folder))
            race(asked, folder, 1)
        if "peers" in names:
            asked = opened.enter_context(targets.stand_in())
            if (targets.PEERS / "node_modules").is_dir():
                asked += opened.enter_context(targets.prism())
                asked += opened.enter_context(targets.json_server(folder))
            race(asked, folder, WARM)


def _cpu(pid: int) -> float:
    return sum(time.clock_gettime((~one << 3) | 2) for one in family(pid))  # see clock_getcpuclockid(3)


if __name__ == "__main__":
    main()
