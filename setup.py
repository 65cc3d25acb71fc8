"""An import path is the repository path with ``understudy.`` before it."""

from setuptools import find_namespace_packages, setup

ROOMS = ("emulator", "contracts", "fixtures")
FOLDERS = find_namespace_packages(
    include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")],
    exclude=["*.__pycache__"],
)

setup(
    package_dir={f"understudy.{room}": room for room in ROOMS},
    packages=[f"understudy.{folder}" for folder in FOLDERS],
)
