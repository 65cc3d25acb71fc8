"""Push a test clip (or a file) to a stream."""

from pathlib import Path
from urllib.parse import quote

import click

from offair.contracts.terminal import harmless
from offair.emulator.cli.answers import Reached, Where
from offair.emulator.cli.files import FileName
from offair.emulator.cli.interrupting import stop_signal
from offair.emulator.cli.options import URL, SomeSeconds, read_settings
from offair.emulator.cli.remote import RefusedError, ask
from offair.emulator.core.faults.encoders import EncoderFault, parse
from offair.emulator.settings.forms import Seconds

MISSING = 404


class Spoken(click.ParamType[EncoderFault]):
    """A fault like ``black@5+3`` or ``jump@8=+30``."""

    name = "fault"

    def convert(
        self, value: str | EncoderFault, param: click.Parameter | None, ctx: click.Context | None
    ) -> EncoderFault:
        """Read it."""
        try:
            return parse(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("target")
@click.argument("source", required=False, type=FileName(exists=True))
@click.option("--seconds", type=SomeSeconds(Seconds), help="Stop after so many seconds of media.")
@click.option(
    "--fault",
    "faults",
    type=Spoken(),
    multiple=True,
    metavar="KIND@AT+FOR",
    help="Let something go wrong: drop, freeze, black, silence or keyless, as in black@5+3 (from second 5, "
    "for 3 seconds), or jump@8=+30. May be repeated.",
)
@click.option("--ffmpeg", type=FileName(), help="The ffmpeg to use.")
@click.option(
    "--ca-file",
    type=FileName(exists=True),
    help="CA to trust for rtmps://. [the stand-in's own, or the system's]",
)
@URL
def command(
    target: str,
    source: Path | None,
    *,
    seconds: float | None,
    faults: tuple[EncoderFault, ...],
    ffmpeg: Path | None,
    ca_file: Path | None,
    url: str,
) -> None:
    """Push a test clip with a counter (or the file SOURCE) to TARGET: a stream's id, or an rtmp(s):// or srt:// URL."""
    from rich.console import Console

    from offair.emulator.core.clock import Clock
    from offair.emulator.core.ids import Ids
    from offair.emulator.media.testcard.calling import SrtPublisher
    from offair.emulator.media.testcard.clip import load_clip
    from offair.emulator.media.testcard.disturbed import Disturbed
    from offair.emulator.media.testcard.publisher import Publisher, PublishError, Sent
    from offair.emulator.media.testcard.sources import Encoded, Looped
    from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError, choose, pick

    stopped = stop_signal()
    publish_url = target if "://" in target else _publish_url(target, url)
    named = read_settings({"ffmpeg": ffmpeg}).ffmpeg

    def choose_ffmpeg() -> Path:
        return choose(named)

    try:
        media = (
            Encoded(source, executable=choose_ffmpeg(), seconds=seconds)
            if source
            else Looped(load_clip(), clock=Clock(), seconds=seconds)
        )
        publisher = (
            SrtPublisher(
                publish_url,
                Disturbed(media, faults, choose_ffmpeg=choose_ffmpeg),
                choose_ffmpeg=lambda needs: pick(named, needs).path,
            )
            if publish_url.startswith("srt://")
            else Publisher(
                publish_url,
                media,
                random_bytes=Ids(None, int).random_bytes,
                faults=faults,
                choose_ffmpeg=choose_ffmpeg,
                ca_file=ca_file or _find_ca_file(publish_url, url),
            )
        )
        with Console(stderr=True).status("connecting") as status:

            def show(progress: Sent) -> None:
                rate = progress.sent * 8 / 1000 / progress.seconds if progress.seconds else 0
                status.update(
                    f"{progress.seconds:.1f} s, {progress.frames} frames, {rate:.0f} kbit/s  (Ctrl-C ends it)"
                )

            done = publisher.run(show, stopped.is_set)
    except (PublishError, FfmpegMissingError) as error:
        raise click.ClickException(harmless(str(error))) from error
    click.echo(f"published {done.seconds:.1f} s, {done.frames} frames, {done.sent} bytes")


def _publish_url(stream: str, url: str) -> str:
    """Where the running stand-in takes a stream's encoder."""
    try:
        return ask(url, f"/streams/{quote(stream, safe='')}", Reached)["publish_url"]
    except RefusedError as error:
        if error.status != MISSING:
            raise
        is_file = Path(stream).is_file()
        step = f"write 'offair publish STREAM {stream}'" if is_file else "'offair streams' lists those that are"
        raise click.ClickException(f"there is no stream {stream}; {step}") from error


def _find_ca_file(publish_url: str, url: str) -> Path | None:
    """The running stand-in's CA, when that is where an RTMPS URL leads."""
    if not publish_url.startswith("rtmps://"):
        return None
    try:
        ready = ask(url, "/ready", Where)
    except click.ClickException:  # it is somebody else's server, and nobody needs a stand-in for it
        return None
    ca_file = ready["ca_file"]
    return Path(ca_file) if ca_file and publish_url.startswith(f"{ready['rtmps_url']}/") else None
