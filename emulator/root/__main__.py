"""``offair``, and ``python -m offair`` where its folder is not on PATH. The one file that is installed at the root."""

import sys

INTERRUPTED = 130  # 128 and the number of the signal (POSIX, 2.8.2)


def run(prog_name: str = "offair") -> None:
    """Run the command; Ctrl-C while it is still being loaded ends it with a word, as later on."""
    try:
        from offair.emulator.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        raise SystemExit(INTERRUPTED) from None
    main(prog_name=prog_name)


if __name__ == "__main__":
    run("python -m offair")
