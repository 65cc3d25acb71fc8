"""Show a stream of each cloud going live and playing."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from offair.emulator.cli.interrupting import leave_in_order, stop_signal
from offair.emulator.cli.options import read_settings, starting_options
from offair.emulator.cli.remote import call_operation
from offair.emulator.cli.starting import running
from offair.emulator.provider.provider import Provider
from offair.emulator.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from offair.emulator.emulator import Emulator

OWN = {"media_profile": "light"}
LIVE_WITHIN = 30.0
WATCHED = 2.0  # seconds of media that are decoded from each playback URL


@click.command()
@starting_options(OWN)
@click.option("--keep/--no-keep", default=None, help="Go on until Ctrl-C. [when the output is a terminal]")
def command(keep: bool | None, **options: Any) -> None:
    """Start the stand-in, and show a stream of each cloud going live and playing.

    The media profile is light unless another is asked for; ports that are taken are replaced by free ones.
    """
    from offair.emulator.media.transcoding.ffmpeg import FfmpegMissingError, choose

    leave_in_order()
    settings = with_free_ports(read_settings(options, OWN))
    try:
        executable = choose(settings.ffmpeg)
    except FfmpegMissingError as error:
        raise click.ClickException(str(error)) from error
    with running(settings) as emulator, ExitStack() as encoders:
        click.echo(f"Offair is ready: {emulator.http_url}, {emulator.rtmp_url}")
        click.echo(f"What it does: {emulator.ready(waits=False)['console_url']}\n")
        for provider in emulator.providers.values():
            show(emulator, provider, executable, encoders)
        if sys.stdout.isatty() if keep is None else keep:
            stopped = stop_signal()
            click.echo("Still on air: open the URLs in a player. Ctrl-C ends it.")
            stopped.wait()
            click.echo("\nStopping.")


def show(emulator: "Emulator", provider: Provider, executable: "Path", encoders: ExitStack) -> None:
    """Create, publish, wait, play; any step that fails ends the command with a sentence."""
    from offair.emulator.core.streams import STREAMS
    from offair.emulator.media.testcard.looping import LoopingPublisher
    from offair.emulator.media.testcard.playing import count_frames

    demo = provider.demo
    tenant = emulator.tenancy.house(provider.name)
    example = next(e for e in provider.promise.examples_of(demo.operation) if e.name == demo.example)
    base_url = emulator.addresses(provider.name).api
    path = example.path.removeprefix(provider.promise.base_path)
    answer = call_operation(example.method, base_url + path, tenant.headers, example.request_body)
    stream_id = demo.stream_id(answer)
    click.echo(f"{provider.title}\n  {example.method} {base_url}{path} -> stream {stream_id}")
    stream = emulator.world.get(STREAMS, stream_id)
    if stream is None:
        raise click.ClickException(f"{provider.title} answered with a stream that is not there: {stream_id}")
    clock = emulator.clock
    began = clock.monotonic()
    url = f"{emulator.rtmp_url}/{stream.app}/{stream.key}"
    random_bytes = emulator.world.ids.random_bytes
    encoder = LoopingPublisher(url, random_bytes=random_bytes, choose_ffmpeg=lambda: executable)
    encoders.enter_context(encoder)
    live = {"kind": "move", "stream": stream_id, "text": "to live"}
    if emulator.journal.wait_for(live, clock.deadline(LIVE_WITHIN)) is None:
        latest = [entry.summary for entry in emulator.journal.entries()[-5:]]
        said = f"; the test clip: {encoder.words}" if encoder.words else ""
        raise click.ClickException(f"not live within {LIVE_WITHIN:g} s; the journal's latest: {latest}{said}")
    click.echo(f"  publishing a test clip -> live after {clock.monotonic() - began:.1f} s")
    for protocol, url in demo.playback(answer).items():
        frames = count_frames(executable, url, WATCHED)
        if not frames:
            raise click.ClickException(f"{url} does not play")
        click.echo(f"  {protocol}: plays, {frames} frames decoded  {url}")
    click.echo("")


def with_free_ports(settings: Settings) -> Settings:
    """Replace each port that somebody else has by a free one."""
    from dataclasses import replace

    from offair.emulator.cli.ports import wanted_ports

    taken = {one.setting: 0 for one in wanted_ports(settings) if one.is_wished and not one.is_free(settings.host)}
    return replace(settings, **taken)  # type: ignore[arg-type] # all of them are ports
