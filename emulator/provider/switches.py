"""A cloud's own choices, read from what a user gave as text or values, and those that name who is called."""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from offair.emulator.provider.provider import Provider
from offair.emulator.settings.kinds import SettingError, convert
from offair.emulator.settings.setting import described, nearest


def read_switches(given: Mapping[str, Mapping[str, Any]], providers: Mapping[str, Provider]) -> dict[str, Any]:
    """Make each cloud's record of switches; SettingError names the cloud, the switch, and what there is."""
    for cloud in given:
        if cloud not in providers:
            raise SettingError(f"no cloud is called {cloud}{_near(cloud, providers)}; there is {', '.join(providers)}")
    return {name: _read(name, provider.switch_type, given.get(name, {})) for name, provider in providers.items()}


def check_worlds(wanted: Collection[str], providers: Mapping[str, Provider]) -> None:
    """Let pass the clouds that can begin with a world that is not empty; SettingError names those that can."""
    able = [name for name, provider in providers.items() if provider.populate is not None]
    for cloud in wanted:
        if cloud not in able:
            raise SettingError(f"seed_world cannot be {cloud!r}: {', '.join(able) or 'no cloud'} can be populated")


def calling(switches: Any, url: str, *, only_unnamed: bool = False) -> Any:
    """Let the switches that name a server of the customer's, whose names end in ``_url``, name this one.

    With ``only_unnamed`` those of them that name one already go on naming it.
    """
    changed = [name for name in callees_of(switches) if not (only_unnamed and getattr(switches, name))]
    return replace(switches, **dict.fromkeys(changed, url))


def callees_of(switches: Any) -> list[str]:
    """Name the switches, of a record or of its type, that name a server of the customer's."""
    return [one.name for one in fields(switches) if one.name.endswith("_url")]


def _read(cloud: str, switch_type: type, given: Mapping[str, Any]) -> Any:
    known = described(switch_type)
    for name in given:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise SettingError(f"{cloud} has no switch {name}{_near(name, known)}; it has {there}")
    values = {name: convert(value, known[name].kind, spelt=f"{cloud}.{name}") for name, value in given.items()}
    try:
        return switch_type(**values)
    except ValueError as error:  # what a kind alone does not say: a record checks itself
        raise SettingError(f"{cloud}.{error}") from error


def _near(name: str, known: Collection[str]) -> str:
    near = nearest(name, known)
    return f" (did you mean {near}?)" if near else ""
