"""Judge a client that is a program in any language: run it again and again on a stand-in of its own."""

import json
import shutil
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import click

from offair.contracts.client.program import Ended, last_words
from offair.emulator.cli import INTERRUPTED
from offair.emulator.cli.check.reporting import UnjudgedError, chosen, deliver, reporting
from offair.emulator.cli.interrupting import leave_in_order
from offair.emulator.cli.options import CLOUD, SomeSeconds, chosen_clouds
from offair.emulator.cli.remote import exports
from offair.emulator.cli.starting import running
from offair.emulator.counterpart import counterpart_of
from offair.emulator.media.transcoding.process import TimedOut, run
from offair.emulator.settings import from_python
from offair.emulator.settings.forms import Seconds
from offair.emulator.settings.surroundings import environment_with
from offair.emulator.target import PASSTHROUGH

PATIENCE = 5.0  # real seconds after a command was ended


@click.command("client", context_settings={"allow_interspersed_args": False})  # what follows is the command's own
@click.option("--cloud", required=True, type=CLOUD, metavar="NAME", help="Whose promise it is.")
@click.option("--drill", "drills", multiple=True, metavar="NAME", help="One to practise; may be repeated. [all]")
@click.option("--answers", type=click.IntRange(0), default=20, show_default=True, help="Answers of each operation.")
@click.option("--gives-up", multiple=True, type=int, metavar="CODE", help="Exit code of who gives up. [any but 0]")
@click.option(
    "--deadline", type=SomeSeconds(Seconds), default=30.0, show_default=True, help="Seconds that COMMAND may take."
)
@reporting
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND [ARGUMENT]...")
def command(cloud: str, argv: tuple[str, ...], **options: Any) -> None:
    """Judge the client that COMMAND runs by what the cloud NAME documents.

    COMMAND runs once for each situation, with what 'offair env' prints in its environment and <CLOUD>_HEADERS as JSON.
    It exits with 0 when its job is done. Exits with 0 if every rule is kept, 1 if one is broken, 2 if nothing could be
    judged.
    """
    from offair.contracts.client.judging import check_program, chosen_drills, rules_of

    try:
        (provider,) = chosen_clouds(cloud)
        drills = [one.name for one in chosen_drills(options["drills"] or None)]
    except (click.ClickException, ValueError) as error:
        raise UnjudgedError(getattr(error, "message", str(error))) from error
    names = {one.name for one in chosen(rules_of(provider.promise), options)}
    if shutil.which(argv[0]) is None:
        raise UnjudgedError(f"{argv[0]} cannot be run: it is not on PATH, or is no program")
    leave_in_order()
    settings = from_python({**PASSTHROUGH, **({} if options["seed"] is None else {"seed": options["seed"]})})
    with running(settings) as emulator:
        tenant = emulator.tenancy.house(cloud)
        headers = {f"{cloud.upper().replace('-', '_')}_HEADERS": json.dumps(dict(tenant.headers))}
        variables = {**exports(emulator.ready()), **headers}
        runs = _Runs(argv, environment_with(variables, calls=settings.shown_host), options["deadline"])
        report = check_program(
            counterpart_of(cloud, emulator, tenant),
            runs.once,
            stop=runs.stop,
            gives_up=options["gives_up"],
            drills=drills,
            examples=options["answers"],
            seed=options["seed"],
            deadline=options["deadline"] + PATIENCE,
            only=names,
        )
    deliver(report, options, ends_with=INTERRUPTED if report.is_broken_off else None)


class _Runs:
    """Runs a command as often as is asked, until somebody stops it."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str], deadline: float) -> None:
        self._argv = argv
        self._environment = environment
        self._deadline = deadline
        self._is_enough = threading.Event()

    def once(self) -> Ended:
        """Run it to its end; TimeoutError where it has none."""
        try:
            done = run(self._argv, timeout=self._deadline, environment=self._environment, is_enough=self._is_enough)
        except TimedOut:
            raise TimeoutError(f"does not end within {self._deadline:g} s") from None
        return Ended(done.returncode, last_words(done.stderr.decode("utf-8", "replace")))

    def stop(self) -> None:
        """End the one that runs."""
        self._is_enough.set()
