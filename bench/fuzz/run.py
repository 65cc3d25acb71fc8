"""Fuzz the parsers of what comes from outside, guided by coverage: ``python bench/fuzz/run.py [TARGET] --seconds N``.

A target is a module of ``targets``: ``consume`` takes any bytes and raises when a law is broken, ``SEEDS`` are good
ones. Its corpus, the fewest inputs that together reach all that was reached, is kept in ``corpus/<target>``. Needs
``pip install atheris``. A finding ends the run with exit code 1 and is left in ``findings/``.
"""

import argparse
import hashlib
import importlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CORPUS, FINDINGS = HERE / "corpus", HERE / "findings"
TARGETS = sorted(path.stem for path in (HERE / "targets").glob("[a-z]*.py"))
LONGEST = 4000  # bytes of an input
MOST = 40  # inputs that are kept
CHILD = "--child"
Consume = Callable[[bytes], None]


def fuzz(target: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own, keep its corpus, and say whether nothing was found."""
    kept = CORPUS / target
    kept.mkdir(parents=True, exist_ok=True)
    FINDINGS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for number, seed in enumerate(importlib.import_module(f"targets.{target}").SEEDS):
            Path(name, f"seed-{number}").write_bytes(seed)
        options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=10", "-rss_limit_mb=1024",
                   f"-artifact_prefix={FINDINGS}/{target}-", "-print_final_stats=1"]  # fmt: skip
        argv = [sys.executable, __file__, CHILD, target, name, str(kept), *options]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        found = re.search(r"number_of_executed_units: (\d+)", done.stderr)
        runs, verdict = found[1] if found else "?", "FOUND" if done.returncode else "clean"
        print(f"{target:<16}{runs:>12} runs  {verdict}", flush=True)
        if done.returncode:
            print(done.stdout[-4000:], done.stderr[-1000:])
        else:
            keep(target, sorted({path.read_bytes() for path in (*Path(name).iterdir(), *kept.iterdir())}, key=len))
    return done.returncode == 0


def keep(target: str, inputs: list[bytes]) -> None:
    """Leave in the corpus a small set of inputs that reaches every line that all of them reach (a greedy cover)."""
    consume = importlib.import_module(f"targets.{target}").consume
    reach = {data: _lines(consume, data) for data in inputs}
    chosen: list[bytes] = []
    left = set[tuple[str, int, int]]().union(*reach.values())
    while left and len(chosen) < MOST:
        best = max(inputs, key=lambda data: (len(reach[data] & left), -len(data)))
        chosen.append(best)
        left -= reach[best]
    folder = CORPUS / target
    for path in folder.iterdir():
        path.unlink()
    for data in chosen:
        (folder / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)


def _lines(consume: Consume, data: bytes) -> set[tuple[str, int, int]]:
    """The steps from line to line of ours that an input takes."""
    reached: set[tuple[str, int, int]] = set()

    def enter(frame, _event, _value):
        code = frame.f_code
        if "offair" not in frame.f_globals.get("__name__", ""):
            return None
        last = 0

        def step(inner, event, _value):
            nonlocal last
            if event == "line":
                reached.add((code.co_qualname, last, inner.f_lineno))
                last = inner.f_lineno
            return step

        return step

    sys.settrace(enter)
    try:
        consume(data)
    finally:
        sys.settrace(None)
    return reached


def run_child(target: str, arguments: list[str]) -> None:
    """Hand this process to atheris, which ends it."""
    import atheris

    with atheris.instrument_imports(include=["offair"]):
        consume = importlib.import_module(f"targets.{target}").consume
    atheris.Setup([target, *arguments], consume)
    atheris.Fuzz()


def main() -> None:
    """Fuzz what is asked for, or each target in turn."""
    if sys.argv[1:2] == [CHILD]:
        run_child(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=120)
    asked = parser.parse_args()
    clean = [fuzz(target, asked.seconds) for target in ([asked.target] if asked.target else TARGETS)]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()
