"""An import path is the repository path with ``offair.`` before it; ``emulator/root`` is ``offair`` itself."""

from pathlib import Path
from shutil import rmtree

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

NAME = "offair"
ROOMS = ("emulator", "contracts", "fixtures")
ROOT = "emulator/root"
FOLDERS = find_namespace_packages(
    include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")],
    exclude=["*.__pycache__", ROOT.replace("/", ".")],
)


class BuildAfresh(build_py):
    """What a build before this one left behind is not installed: a module that moved since would be there twice."""

    def run(self) -> None:
        """Build into an empty folder."""
        rmtree(Path(self.build_lib, NAME), ignore_errors=True)
        super().run()


setup(
    package_dir={NAME: ROOT} | {f"{NAME}.{room}": room for room in ROOMS},
    packages=[NAME, *(f"{NAME}.{folder}" for folder in FOLDERS)],
    cmdclass={"build_py": BuildAfresh},
)
