"""A setting is described once, in the docstring of its record."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from offair.emulator.settings import Settings
from offair.emulator.settings.setting import described, nearest


@dataclass(frozen=True, kw_only=True)
class Kitchen:
    """What a cook may choose.

    ``oven`` is how hot it gets; ``plates``: how many there are. [enough] Times are seconds:
    ``boil_seconds`` on the cook's clock.

    ``menu_dir``: folder of dishes, of
    which there are many.
    """

    oven: int = 200
    plates: int | None = None
    boil_seconds: float = 1.5
    menu_dir: Path = Path("menu")
    silent: bool = True


def test_each_has_the_sentence_that_begins_with_its_name():
    told = {name: (setting.words, setting.otherwise) for name, setting in described(Kitchen).items()}

    assert {
        "oven": ("is how hot it gets", "200"),
        "plates": ("how many there are.", "enough"),
        "boil_seconds": ("on the cook's clock.", "1.5"),
        "menu_dir": ("folder of dishes, of which there are many.", "menu"),
        "silent": ("", "true"),
    } == told


def test_every_setting_of_ours_and_every_switch_has_words(providers):
    records = [Settings, *(provider.switch_type for provider in providers.values())]

    assert [] == [setting.name for record in records for setting in described(record).values() if not setting.words]


def test_every_spelling_is_made_of_the_name():
    setting = described(Kitchen)["menu_dir"]

    assert ("menu", "--menu", "OFFAIR_MENU_DIR", "a folder") == (
        setting.alias, setting.option, setting.variable, setting.values,
    )  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), [("prot", "port"), ("sede", "seed"), ("xyzzy", None)])
def test_the_nearest_name_is_found(typed, meant):
    assert meant == nearest(typed, described(Settings))
