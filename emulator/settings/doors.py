"""The doors that settings come in by, and how they are laid over one another.

Whatever the door, names, conversions, defaults and words are the same; only the spelling differs. A layer is what one
door gave, by the names of :class:`Settings`; what is not given is not in it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from offair.emulator.settings.kinds import SettingError, convert
from offair.emulator.settings.record import Settings
from offair.emulator.settings.setting import PREFIX, described, nearest
from offair.emulator.settings.surroundings import variables
from offair.emulator.settings.switching import gather, lay_over

Layer = dict[str, Any]
FREE_PORTS: Mapping[str, Any] = {"port": 0, "rtmp_port": 0}  # of whoever starts one beside others
IN_TESTS: Mapping[str, Any] = {**FREE_PORTS, "media_profile": "light"}
SAID = {"URL", "HTTPS_URL", "RTMP_URL", "RTMPS_URL", "SRT_URL", "CA_FILE"}  # variables that say where one is
LIST = "'offair settings' lists them"


def settle(*layers: Mapping[str, Any]) -> Settings:
    """Make the settings of layers, of which the later ones win; switches win one by one."""
    values: Layer = {}
    for layer in layers:
        switches = lay_over(values.get("switches", {}), gather(layer.get("switches", {})))
        values |= {**layer, "switches": switches}
    return Settings(**values)


def from_python(given: Settings | Mapping[str, Any] | None) -> Settings:
    """Make settings of plain values by name, where ports that are not given are free ones."""
    return given if isinstance(given, Settings) else settle(FREE_PORTS, from_names(given or {}))


def for_tests(lines: Iterable[str], given: Settings | Mapping[str, Any]) -> Settings:
    """Make a test session's settings: lines of its configuration, over them variables, over them what is given."""
    if isinstance(given, Settings):
        return given
    return settle(IN_TESTS, from_lines(lines), from_environment(), from_names(given))


def from_names(given: Mapping[str, Any], spell: Callable[[str], str] = str) -> Layer:
    """Read values by a setting's name, or by ``<cloud>.<switch>``; SettingError says what is wrong, as it is spelt."""
    if not isinstance(given, Mapping):
        raise SettingError(f"settings are a mapping of names to values, as {{'seed': 7}}, and not {given!r}")
    known = described(Settings)
    by_alias = {setting.alias: name for name, setting in known.items()}
    layer: Layer = {}
    switches: list[Any] = []
    for given_name, value in given.items():
        name = by_alias.get(given_name, str(given_name))
        if name == "switches":
            switches.append(value)
        elif "." in name:
            switches.append({name: value})
        elif name in known:
            layer[name] = convert(value, known[name].kind, spelt=spell(given_name))
        else:
            raise SettingError(_unknown(spell(name), nearest(name, known), spell))
    for one in switches:
        layer["switches"] = lay_over(layer.get("switches", {}), gather(one))
    return layer


def from_lines(lines: Iterable[str]) -> Layer:
    """Read lines ``name = value``; what begins with # is a remark."""
    given = {}
    for line in filter(None, map(str.strip, lines)):
        name, equals, value = (part.strip() for part in line.partition("="))
        if line.startswith("#"):
            continue
        if not equals:
            raise SettingError(f"{line!r} is no setting; write it as <name> = <value>")
        given[name] = value
    return from_names(given)


def from_environment() -> Layer:
    """Read the variables of our prefix; an empty one counts as not given."""
    by_variable = {setting.variable: name for name, setting in described(Settings).items()}
    given = {}
    for variable, text in variables(PREFIX).items():
        if variable in by_variable:
            given[by_variable[variable]] = text
        elif variable.removeprefix(PREFIX) not in SAID:
            near = nearest(variable, [*by_variable, *(PREFIX + name for name in SAID)])
            raise SettingError(_unknown(variable, near, str, what="variable of ours"))
    spelt = {name: variable for variable, name in by_variable.items()}
    return from_names({name: text for name, text in given.items() if text.strip()}, lambda name: spelt[name])


def _unknown(name: str, near: str | None, spell: Callable[[str], str], *, what: str = "setting") -> str:
    return f"there is no {what} {name}; {f'did you mean {spell(near)}?' if near else LIST}"
