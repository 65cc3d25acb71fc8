"""Measure the media room beside its peers: ``python bench/media/run.py [NAME …]``, all without a name.

Names are first_playable, low_latency, passthrough_cost, ingest_cost, pipeline_cost, ladder, delivery, ending
and whip_cost.
Everything stays on loopback, and what was started ends with the run.
"""

import argparse
import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

import peers
from table import HEADER

NAMES = ("first_playable", "low_latency", "passthrough_cost", "ingest_cost", "pipeline_cost", "ladder", "delivery",
         "ending", "whip_cost")  # fmt: skip


def main() -> None:
    """Print a table for each benchmark, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    asked = parser.parse_args().names or NAMES
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is ended then too
    for words in peers.missing():
        print(words)
    with tempfile.TemporaryDirectory() as folder:
        for name in asked:
            benchmark = importlib.import_module(name)
            claim = benchmark.__doc__.splitlines()[0]
            print(f"\n{claim} Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs.")
            print(HEADER)
            for row in benchmark.measure(Path(folder)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
