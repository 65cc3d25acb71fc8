"""A cloud's own choices, read from what a user gave as text or values."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from offair.emulator.provider.provider import Provider
from offair.emulator.settings import SettingError


def read_switches(given: Mapping[str, Mapping[str, Any]], providers: Mapping[str, Provider]) -> dict[str, Any]:
    """Make each cloud's record of switches; SettingError names the cloud, the switch, and what there is."""
    unknown = set(given) - set(providers)
    if unknown:
        raise SettingError(f"no cloud is called {', '.join(sorted(unknown))}; there is {', '.join(providers)}")
    return {name: _read(name, provider.switch_type, given.get(name, {})) for name, provider in providers.items()}


def _read(cloud: str, switch_type: type, given: Mapping[str, Any]) -> Any:
    known = {field.name for field in fields(switch_type)}
    if set(given) - known:
        wrong = ", ".join(sorted(set(given) - known))
        raise SettingError(f"{cloud} has no switch {wrong}; it has {', '.join(sorted(known)) or 'none'}")
    try:
        return msgspec.convert(dict(given), switch_type, strict=False, dec_hook=lambda kind, text: kind(text))
    except msgspec.ValidationError as error:
        raise SettingError(f"a switch of {cloud} cannot have that value: {error}") from error
