"""The environment: read here for everybody, and made here for a child."""

import os
from collections.abc import Collection, Mapping

from offair.emulator.settings.record import Settings
from offair.emulator.settings.setting import PREFIX, described


def variables(prefix: str) -> dict[str, str]:
    """Give the variables whose names begin so."""
    return {name: text for name, text in os.environ.items() if name.startswith(prefix)}


def running_url() -> str:
    """Where a running stand-in is looked for: ``OFFAIR_URL``, else the port of ``OFFAIR_PORT``, or the default one."""
    port = os.environ.get(described(Settings)["port"].variable, "")
    chosen = int(port) if port.isdecimal() and int(port) else Settings().port
    return os.environ.get(PREFIX + "URL") or f"http://127.0.0.1:{chosen}"


def wants_colours() -> bool:
    """Say whether a terminal of ours may be coloured (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def environment_with(added: Mapping[str, str], *, without: Collection[str] = ()) -> dict[str, str]:
    """The environment of a child: ours, less some variables, and what is added."""
    return {**{name: text for name, text in os.environ.items() if name not in without}, **added}
