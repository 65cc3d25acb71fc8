"""List every setting and every cloud's switches."""

import json
from collections.abc import Iterable

import click

from offair.emulator.cli.options import CLOUD, chosen_clouds
from offair.emulator.provider.provider import Provider
from offair.emulator.settings import Settings
from offair.emulator.settings.kinds import shown
from offair.emulator.settings.setting import Setting, described

REPORTS = ("text", "json", "markdown")
WIDTH = 80


@click.command()
@click.argument("cloud", required=False, type=CLOUD)
@click.option("--report", type=click.Choice(REPORTS), default="text", show_default=True)
def command(cloud: str | None, report: str) -> None:
    """List every setting, with its option, variable and default, and the switches of every cloud (or of CLOUD)."""
    chosen = chosen_clouds(cloud)
    settings = [] if cloud else list(described(Settings).values())
    if report == "json":
        click.echo(json.dumps([*map(_as_json, settings), *(one for found in chosen for one in _switches_json(found))]))
    elif report == "markdown":
        click.echo(settings_table(settings) if not cloud else switch_table(chosen[0]), nl=False)
    else:
        for setting in settings:
            _show(f"{setting.option}, {setting.variable}", setting)
        for found in chosen:
            for setting in described(found.switch_type).values():
                _show(f"--set {found.name}.{setting.name}", setting)


def settings_table(settings: Iterable[Setting]) -> str:
    """Write settings as the table of the guide."""
    rows = [
        f"| `{one.name}` | `{one.option}` | `{one.variable}` | {one.values} | {_default(one)} | {one.words} |\n"
        for one in settings
    ]
    head = "| name | option | variable | what it can be | default | what it is |\n|---|---|---|---|---|---|\n"
    return head + "".join(rows)


def switch_table(provider: Provider) -> str:
    """Write a cloud's switches as the table of its page."""
    rows = [
        f"| `{one.name}` | {one.values} | {_default(one)} | {one.words} |\n"
        for one in described(provider.switch_type).values()
    ]
    return "| switch | what it can be | default | what it does |\n|---|---|---|---|\n" + "".join(rows)


def _default(setting: Setting) -> str:
    """Mark what one could write as such; what is only told stays prose."""
    return f"`{setting.otherwise}`" if setting.otherwise == shown(setting.default) != "" else setting.otherwise


def _show(name: str, setting: Setting) -> None:
    default = f" [{setting.otherwise}]" if setting.otherwise else ""
    click.echo(name)
    click.echo(click.wrap_text(f"{setting.words}{default}", WIDTH, "    ", "    "))


def _as_json(setting: Setting) -> dict[str, str]:
    return {
        "name": setting.name,
        "option": setting.option,
        "variable": setting.variable,
        "values": setting.values,
        "default": setting.otherwise,
        "words": setting.words,
    }


def _switches_json(provider: Provider) -> list[dict[str, str]]:
    found = described(provider.switch_type).items()
    option = described(Settings)["switches"]
    return [
        {
            **_as_json(one),
            "name": f"{provider.name}.{name}",
            "option": f"{option.option} {provider.name}.{name}=",
            "variable": option.variable,
        }
        for name, one in found
    ]
