"""What the tracks that a ladder asks for are called, wherever they are made, counted or shown. Pure.

A name is a folder's and a part of a URL: what is in none of them safely becomes a hyphen, and no two are alike.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from offair.emulator.core.streams import AudioRung, Ladder

SOURCE = "source"  # what is copied
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def name_pictures(ladder: Ladder) -> list[str]:
    """Name the rungs of pictures, in their order, the encoder's own apart."""
    wanted = (rung.name or f"{rung.height}p" for rung in ladder.video)
    return name_apart(wanted, taken=[SOURCE] if ladder.source else [])


def name_sounds(rungs: Iterable[AudioRung]) -> dict[AudioRung, str]:
    """Name sounds by what of them can be heard: those that sound alike are one."""
    distinct = list(dict.fromkeys(map(plain, rungs)))
    return dict(zip(distinct, name_apart(f"{rung.bitrate_kbps}k" for rung in distinct), strict=True))


def plain(rung: AudioRung) -> AudioRung:
    """Give what of a sound can be heard."""
    return replace(rung, name=None)


def name_apart(wanted: Iterable[str], taken: Sequence[str] = ()) -> list[str]:
    """Give each a name of its own that none of those taken has."""
    names = list(taken)
    for text in wanted:
        safe = UNSAFE.sub("-", text).strip("-") or "rendition"
        name, number = safe, 2
        while name in names:
            name, number = f"{safe}-{number}", number + 1
        names.append(name)
    return names[len(taken) :]
