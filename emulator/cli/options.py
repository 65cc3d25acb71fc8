"""The options that every command which starts the stand-in shares: made of what the settings say of themselves."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click
from click.shell_completion import CompletionItem

from offair.emulator.settings import SettingError, Settings
from offair.emulator.settings.doors import from_environment, settle
from offair.emulator.settings.kinds import convert, is_folder
from offair.emulator.settings.setting import Setting, described, nearest
from offair.emulator.settings.surroundings import running_url

if TYPE_CHECKING:
    from offair.emulator.provider.provider import Provider

F = TypeVar("F", bound=Callable[..., Any])

URL = click.option("--url", default=running_url, help="Root of the running stand-in. [OFFAIR_URL, or the usual port]")


class Given(click.ParamType[Any]):
    """A setting's value, read as at every other door and refused in the same words."""

    name = "value"

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002 - click's signature
        """Read it."""
        try:
            return convert(value, self.setting.kind, spelt=self.setting.option)
        except SettingError as error:
            raise click.UsageError(str(error), ctx) from error

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - as above
        """Offer the words that it can be, or files and folders."""
        shown = _metavar(self.setting)
        if shown in {"FILE", "FOLDER"}:
            return [CompletionItem(incomplete, type="file" if shown == "FILE" else "dir")]
        words = [str(word) for word in get_args(self.setting.kind) if isinstance(word, str)]
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


class SomeSeconds(click.ParamType[float]):
    """So many seconds: a number that there is, of a kind of the settings'."""

    name = "seconds"

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        spelt = param.opts[0] if param is not None else self.name
        try:
            return float(convert(value, self._kind, spelt=spelt))
        except SettingError as error:
            raise click.UsageError(str(error), ctx) from error


class CloudName(click.ParamType[str]):
    """The name of a cloud."""

    name = "cloud"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - as above
        """Offer those that there are."""
        return [CompletionItem(one.name) for one in _clouds() if one.name.startswith(incomplete)]


CLOUD = CloudName()


def chosen_clouds(name: str | None) -> "list[Provider]":
    """Give every cloud, or the one of this name; a sentence ends the command where it is not there, or cannot be."""
    clouds = _clouds()
    found = [one for one in clouds if name in {None, one.name}]
    if found:
        return found
    known = [one.name for one in clouds]
    near = nearest(name or "", known)
    meant = f" (did you mean {near}?)" if near else ""
    raise click.ClickException(f"there is no cloud {name}{meant}; there is {', '.join(known)}")


def _clouds() -> "list[Provider]":
    from offair.emulator.provider.provider import discover

    return discover()


def starting_options(defaults: Mapping[str, Any] | None = None) -> Callable[[F], F]:
    """Give a command an option for every setting; the help shows the command's own ``defaults``."""

    def decorate(function: F) -> F:
        for setting in reversed(described(Settings).values()):
            function = _option(setting, defaults or {})(function)
        return function

    return decorate


def read_settings(options: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> Settings:
    """Make a start's settings of its options, over the variables, over the command's own ``defaults``.

    A wrong one ends the command with a sentence.
    """
    given = {name: value for name, value in options.items() if value not in {None, ()}}
    try:
        return settle(defaults or {}, from_environment(), given)
    except SettingError as error:
        raise click.ClickException(str(error)) from error


def _option(setting: Setting, defaults: Mapping[str, Any]) -> Callable[[F], F]:
    otherwise = setting.otherwise
    if setting.name in defaults:
        otherwise = "a free one" if defaults[setting.name] == 0 else str(defaults[setting.name])
    words = setting.words[:1].upper() + setting.words[1:] + (f" [{otherwise}]" if otherwise else "")
    if setting.name == "switches":
        return click.option(
            setting.option, setting.name, multiple=True, metavar="CLOUD.SWITCH=VALUE", help=f"{words} May be repeated."
        )
    return click.option(setting.option, setting.name, type=Given(setting), metavar=_metavar(setting), help=words)


def _metavar(setting: Setting) -> str:
    if setting.values.startswith("one of "):
        return f"[{setting.values.removeprefix('one of ').replace(', ', '|')}]"
    if setting.values in {"a file", "a folder"}:
        return "FOLDER" if is_folder(setting.name) else "FILE"
    return "NUMBER" if "number" in setting.values else "TEXT"
