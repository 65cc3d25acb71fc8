"""An import path is the repository path with ``offair.`` before it; ``emulator/root`` is ``offair`` itself."""

from setuptools import find_namespace_packages, setup

ROOMS = ("emulator", "contracts", "fixtures")
ROOT = "emulator/root"
FOLDERS = find_namespace_packages(
    include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")],
    exclude=["*.__pycache__", ROOT.replace("/", ".")],
)

setup(
    package_dir={"offair": ROOT} | {f"offair.{room}": room for room in ROOMS},
    packages=["offair", *(f"offair.{folder}" for folder in FOLDERS)],
)
