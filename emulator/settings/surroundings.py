"""The environment: read here for everybody, and made here for a child."""

import os
from collections.abc import Collection, Mapping

from offair.emulator.settings.record import Settings
from offair.emulator.settings.setting import PREFIX, described

NO_PROXY = "no_proxy"


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


def environment_with(
    added: Mapping[str, str], *, calls: str | None = None, without: Collection[str] = ()
) -> dict[str, str]:
    """The environment of a child: ours, less some variables, and what is added.

    The host that it ``calls`` is reached past the proxy that the environment may name: from there, it is another one.
    """
    kept = {name: text for name, text in os.environ.items() if name not in without}
    return {**kept, **(_spared(kept, calls) if calls else {}), **added}


def _spared(environment: Mapping[str, str], host: str) -> dict[str, str]:
    named = {name: text for name, text in environment.items() if name.lower().endswith("_proxy") and text}
    spared = [text for name, text in named.items() if name.lower() == NO_PROXY]
    if len(named) == len(spared):
        return {}
    hosts = ",".join([*dict.fromkeys(spared), host])
    return {NO_PROXY: hosts, NO_PROXY.upper(): hosts}  # some programs know the one, some the other
