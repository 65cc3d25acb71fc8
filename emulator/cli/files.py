"""Files that commands are given by name, looked at before anything is done: who waited learns nothing in the end."""

import os
from pathlib import Path
from typing import Any

import click


class FileName(click.Path):
    """A file's name, which is not empty; with ``exists`` it is there."""

    def __init__(self, *, exists: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=False, exists=exists)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if not os.fspath(value):
            self.fail("a file's name is not empty", param, ctx)
        return super().convert(value, param, ctx)


class NewFile(FileName):
    """A file that is written later, in a folder that is there now."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.absolute().parent
        if not folder.is_dir():
            self.fail(f"{path}: there is no folder {folder} to write to", param, ctx)
        if not os.access(folder, os.W_OK):
            self.fail(f"{path}: the folder {folder} cannot be written to; choose another", param, ctx)
        return path
