"""What a user may choose, and the one reader for every door: command line, variables, pytest, Python.

Each setting is described once, in the docstring of :class:`Settings`. Nobody else reads the environment.
"""

from offair.emulator.settings.doors import from_python
from offair.emulator.settings.kinds import SettingError
from offair.emulator.settings.record import ANYWHERE, PROFILES, Settings

__all__ = ["ANYWHERE", "PROFILES", "SettingError", "Settings", "from_python"]
