"""What judging costs, in CPU seconds of one process: ``python bench/contracts/run.py [replay] [check] [double] …``.

``replay``: the recorded calls of a check, once more in this process and over HTTP. ``check``: the whole check of the
stand-in against plain Schemathesis over HTTP, in cases a second. ``double``: a judged call through the double, against
respx with a constant answer and the bare WSGI call, and against the call over loopback, and what of it is the double's
own, beside the application and the library. ``archive``: the memory in
which a recording of 100 MB is judged.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
import requests
import responses
import respx
import schemathesis
from schemathesis.engine import events, from_schema

from offair.contracts.contract import promise
from offair.contracts.double import double
from offair.contracts.double.asking import ask_routers
from offair.contracts.double.wire import Wire
from offair.contracts.report import Report
from offair.contracts.server import check_server
from offair.contracts.server.calling import Caller
from offair.contracts.server.scenes import lists
from offair.contracts.writers.har import write_har
from offair.contracts.wsgi import call_wsgi
from offair.emulator.emulator import Emulator
from offair.emulator.target import PASSTHROUGH, judged, playing

CLOUD = "tenbyte"
ROUNDS = 3
ARCHIVE = 100 << 20
URL = promise(CLOUD).servers[0]
JUDGING = """
import resource, sys
from offair.contracts.contract import promise
from offair.contracts.traffic import check_traffic, read_traffic
report = check_traffic(promise(sys.argv[2]), read_traffic(sys.argv[1]))
assert not report.broken, report.violations
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measured(work):
    """Give how many there were a CPU second; the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        count = work()
        best = max(best, count / (time.process_time() - began))
    return best


def replay(target):
    """Play a scene's calls again."""
    contract = promise(CLOUD)
    recorded = [one for one in lists(Caller(contract, target)) if one.method == "GET"] * 20

    def play(at):
        caller = Caller(contract, at)
        for one in recorded:
            caller.ask(one.method, one.path, headers=one.request_headers, who=None)
        caller.close()
        return len(recorded)

    tell("calls", measured(lambda: play(target)), measured(lambda: play(replace(target, application=None))), 3)


def check(target):
    """Check the whole, and let plain Schemathesis do what it does."""

    def ours():
        begin = target.snapshot()
        report = check_server(promise(CLOUD), target, depth="ci")
        target.restore(begin)
        assert not report.broken, report.violations
        return int(report.seen.split()[0])

    def plain():
        schema = schemathesis.openapi.from_dict(promise(CLOUD).document, config=schemathesis.Config(seed=1))
        schema.config.update(base_url=target.base_url, headers=dict(target.headers))
        schema.config.generation.update(with_security_parameters=False, max_examples=30)
        happened = from_schema(schema).execute()
        return sum(len(e.recorder.interactions) for e in happened if isinstance(e, events.ScenarioFinished))

    tell("cases", measured(ours), measured(plain), 2)


def call_through_the_double(emulator):
    """Call an empty list in this process, over loopback and with a constant answer, library by library."""
    tenant, cloud = emulator.tenancy.invite(CLOUD, "a bench"), playing(CLOUD, emulator)
    headers, here = dict(tenant.headers), f"{cloud.base_url}/streams"
    there = f"{cloud.promise.servers[0]}/streams"
    answer = httpx.get(here, headers=headers).json()
    bare = 1e6 / measured(lambda: calls(lambda: call_wsgi(cloud.application, "GET", here, headers, b"")))
    print(f"double, CPU microseconds a call: the application {bare:.0f}")

    def tell_call(library, call, constant, beneath):
        with constant() as router:
            router.get(there).respond(json=answer) if constant is respx.mock else router.get(there, json=answer)
            least = 1e6 / measured(lambda: calls(lambda: call(there)))
        with double(cloud):
            doubled = 1e6 / measured(lambda: calls(lambda: call(there)))
            ours = 1e6 / measured(lambda: calls(beneath)) - bare
        loopback = 1e6 / measured(lambda: calls(lambda: call(here)))
        parts, of_loopback, without = doubled / (bare + least), doubled / loopback, (doubled - ours) / loopback
        missed = "  MISSED" if parts > 1.5 or of_loopback > 0.5 else ""
        print(
            f"double under {library}: {doubled:.0f}, over loopback {loopback:.0f}, a constant answer {least:.0f}; ",
            end="",
        )
        print(f"{parts:.2f} of its parts, wanted 1.5; {of_loopback:.2f} of loopback, wanted 0.5", end="")
        print(f"; of it the double's own {ours:.0f}, without which it were {without:.2f}{missed}")

    with httpx.Client(headers=headers) as client:
        tell_call("httpx", client.get, respx.mock, partial(ask_routers, client.build_request("GET", there)))
    with requests.Session() as session:
        session.headers.update(headers)
        asked = session.prepare_request(requests.Request("GET", there))
        parts = urlsplit(there)
        fields = {"Host": parts.netloc, **asked.headers}
        lines = [f"GET {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        wire = Wire(f"{parts.scheme}://{parts.netloc}", ask_routers)
        tell_call(
            "requests", session.get, responses.RequestsMock, partial(wire.send, "\r\n".join(lines).encode("latin-1"))
        )


def calls(call, count=500):
    """Call again and again."""
    for _ in range(count):
        call()
    return count


def judge_an_archive(target):
    """Judge 100 MB of a list, in a process of its own."""
    log = [one for one in lists(Caller(promise(CLOUD), target)) if one.response_body]
    largest = max(log, key=lambda one: len(one.response_body))
    entry = json.loads(write_har(Report(kind="traffic", target=URL, verdicts=(), exchanges=(largest,))))["log"][
        "entries"
    ]
    written = json.dumps(entry[0])
    with TemporaryDirectory() as folder:
        file = Path(folder, "large.har")
        with file.open("w") as out:
            out.write('{"log": {"version": "1.2", "entries": [' + written)
            out.writelines(f",{written}" for _ in range(ARCHIVE // len(written)))
            out.write("]}}")
        done = subprocess.run([sys.executable, "-c", JUDGING, file, CLOUD], check=True, capture_output=True, text=True)
    peak = int(done.stdout) / 1024
    print(f"archive of {ARCHIVE >> 20} MB: {peak:.0f} MB at most, wanted 400{'  MISSED' if peak > 400 else ''}")


def tell(what, ours, peers, wanted):
    """Print both, and their ratio."""
    ratio = ours / peers
    missed = "" if ratio >= wanted else "  MISSED"
    print(f"{what}: {ours:.0f} a CPU second, over HTTP {peers:.0f}; ratio {ratio:.1f}, wanted {wanted}{missed}")


def main():
    """Measure what is asked for."""
    parts = ("replay", "check", "double", "archive")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*parts, []], metavar="NAME", help=", ".join(parts))
    names = parser.parse_args().names or parts
    with Emulator(PASSTHROUGH) as emulator, judged(CLOUD, emulator) as target:
        works = {
            "replay": replay,
            "check": check,
            "archive": judge_an_archive,
            "double": lambda _target: call_through_the_double(emulator),
        }
        for name in names:
            works[name](target)
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, wanted 300")


if __name__ == "__main__":
    main()
