"""Streams watched at the same time and judged by the standards, on a machine that runs other tests beside them."""

from collections.abc import Collection, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor

from offair.contracts.checks.media import explain, judge
from offair.emulator.watching import watch

# How promptly playlists and parts are renewed: a machine that runs other tests is no measure of that. By these rules
# `bench/media/judged.py` has streams judged, on a machine of its own.
BUSY = frozenset(
    {
        "hls/refreshed",
        "hls/segment-prompt",
        "ll/part-refreshed",
        "ll/blocks-in-time",
        "dash/not-ahead",
        "dash/not-behind",
    }
)
IGNORING = tuple(word for name in sorted(BUSY) for word in ("--ignore", name))  # for the command line
# What should be so, and cannot be with the encoder's own pictures: key frames at the beginning of parts, and pictures
# shown in the order in which they come, so that a part shows what it lasts.
OF_COPIES = frozenset({"ll/independent-told", "ll/part-duration-true"})


def broken(urls: Mapping[Hashable, str], *, seconds: float, ignore: Collection[str]) -> dict[Hashable, str]:
    """Watch all of these for so long; say what was broken, by name, of those of which something was.

    Those are watched once more, by themselves: a machine that has more to do than it can lets sound come too late for
    its pictures now and then, and what is wrong with a stream is wrong with it again.
    """
    spoilt = _broken(urls, seconds=seconds, ignore=ignore)
    return _broken({name: urls[name] for name in spoilt}, seconds=seconds, ignore=ignore) if spoilt else {}


def _broken(urls: Mapping[Hashable, str], *, seconds: float, ignore: Collection[str]) -> dict[Hashable, str]:
    with ThreadPoolExecutor(len(urls)) as watchers:
        seen = watchers.map(lambda url: watch(url, seconds), urls.values())
    found = {
        name: judge(url, timeline.fetches, ignore=ignore)
        for (name, url), timeline in zip(urls.items(), seen, strict=True)
    }
    return {name: explain(what) for name, what in found.items() if what}
