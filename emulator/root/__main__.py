"""``python -m offair``: the command, where its folder is not on PATH. The one file that is installed at the root."""

from offair.emulator.cli import main

if __name__ == "__main__":
    main(prog_name="python -m offair")
