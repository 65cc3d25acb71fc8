"""Watches of a few seconds, begun at random moments of a broadcast, judged by the promise: how many break which rule.

python bench/media/judged.py --watches 200 --at-once 2
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import clips
from publishing import pushing
from standin import StandIn, serving

from offair.contracts.checks.media import judge
from offair.emulator.watching import watch

PROFILES = ("faithful", "light", "passthrough")
SHAPES = (("mpegts", False), ("fmp4", False), ("mpegts", True), ("fmp4", True))
QUICK_START = (360, 600)  # lines and kbit/s of the README's ladder
WATCHED = 4.0
Plan = tuple[str, tuple[str, bool], float]  # the profile, the container and whether it is fast, when it begins
LATEST = 6.0  # seconds from the first playable moment on at which a watch begins; a third begins at once


@dataclass(frozen=True, slots=True)
class Watch:
    """What was watched, after how many seconds, and what it broke: each rule with its first finding."""

    what: str
    after: float
    broken: dict[str, str]


def main() -> None:
    """Print a line for each watch that broke something, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--watches", type=int, default=200, help="How many. [%(default)s]")
    parser.add_argument("--at-once", type=int, default=2, help="Streams at the same time. [%(default)s]")
    parser.add_argument("--ignore", action="append", default=[], metavar="RULE", help="A rule to leave out.")
    parser.add_argument("--seed", type=int, default=None, help="For the same moments again.")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    watches: list[Watch] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as serves:
        clip = clips.plain(Path(folder), gop=1.0, kbps=800, seconds=60)
        stand_ins = {profile: serves.enter_context(serving(profile)) for profile in PROFILES}
        pool = serves.enter_context(ThreadPoolExecutor(asked.at_once))
        turns = [(profile, shape) for shape in SHAPES for profile in PROFILES]
        rounds = -(-asked.watches // 2)
        plans = [(*turns[number % len(turns)], chance.choice([0.0, 1.0, 1.0]) * chance.uniform(0, LATEST))
                 for number in range(rounds)]  # fmt: skip
        for seen in pool.map(lambda one: list(_watch(stand_ins[one[0]], clip, asked.ignore, one)), plans):
            for one in seen:
                watches.append(one)
                for rule, finding in one.broken.items():
                    print(f"{one.what:<34}{one.after:4.1f} s  {rule}: {finding}", flush=True)
    _sum_up(watches)
    sys.exit(1 if any(one.broken for one in watches) else 0)


def _watch(stand_in: StandIn, clip: Path, ignore: list[str], plan: Plan) -> Iterator[Watch]:
    profile, (container, is_fast), after = plan
    channel = stand_in.create(QUICK_START, segment=1.0, container=container, low_latency=is_fast)
    with pushing(clip, channel.rtmp), ThreadPoolExecutor(2) as watchers:
        stand_in.until(channel, "live")
        time.sleep(after)
        urls = (channel.hls, channel.dash)
        for url, timeline in zip(urls, watchers.map(lambda url: watch(url, WATCHED), urls), strict=True):
            broken: dict[str, str] = {}
            for violation in judge(url, timeline.fetches, ignore=ignore):
                broken.setdefault(violation.rule, str(violation))
            kind = "DASH" if url == channel.dash else f"{'LL-' if is_fast else ''}HLS"
            yield Watch(f"{profile} {container} {kind}", after, broken)


def _sum_up(watches: list[Watch]) -> None:
    broken = [one for one in watches if one.broken]
    print(f"{len(watches)} watches of {WATCHED:g} s, {len(broken)} broke something")
    for rule, count in Counter(rule for one in broken for rule in one.broken).most_common():
        print(f"{count:5}  {rule}")


if __name__ == "__main__":
    main()
