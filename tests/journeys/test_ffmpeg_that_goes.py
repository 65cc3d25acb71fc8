"""An ffmpeg that goes while a stand-in runs: what begins then is told why, and all is well when it is back."""

import os
import signal

import pytest
from click.testing import CliRunner

from offair.emulator.cli.doctor import command as doctor
from offair.emulator.core.streams import STREAMS, Endpoint

pytestmark = pytest.mark.media


@pytest.fixture(name="named")
def _named(ffmpeg, tmp_path):
    """The name by which a stand-in knows its ffmpeg."""
    (tmp_path / "ffmpeg").symlink_to(ffmpeg)
    return tmp_path / "ffmpeg"


@pytest.fixture(name="going")
def _going(named, tmp_path):
    """Let that ffmpeg go; the answer brings it back."""

    def go():
        named.rename(tmp_path / "away")
        return lambda: (tmp_path / "away").rename(named)

    return go


@pytest.fixture(name="user")
def _user(stand_in, customers, named):
    """A customer of a stand-in that makes its ladder with that ffmpeg."""
    return customers(stand_in(ffmpeg=named))


def on_air(customer, body, encode):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    return stream


def test_who_publishes_meanwhile_is_told_why(user, body, encode, going, named):
    going()
    stream = user.create(body())
    encoder = encode(user.url(stream))
    user.until(stream, "errored")
    journal = user.emulator.journal
    entries = journal.entries({"kind": "publication", "stream": stream["id"], "text": "cannot_transcode"})

    assert f"no usable ffmpeg: {named} (named by the user): there is no such file" in user.words(stream, "errored")
    assert ([True], []) == (
        ["'offair doctor' tests each" in one.summary for one in entries],
        journal.entries({"kind": "trouble"}),
    )
    assert 0 != encoder.wait()


def test_who_is_on_air_stays_on_air(user, body, encode, going, eventually, player):
    stream = on_air(user, body, encode)
    going()
    (variant,) = player.variants(stream["playback"]["hls"])
    newest = player.playlist(variant).segments[-1].uri

    assert eventually(lambda: player.playlist(variant).segments[-1].uri != newest)
    assert "live" == user.status(stream)


def test_when_it_is_back_whoever_publishes_is_live(user, body, encode, going):
    come_back = going()
    stream = user.create(body())
    encode(user.url(stream))
    user.until(stream, "errored")
    come_back()

    assert on_air(user, body, encode)


def test_the_doctor_and_the_stand_in_agree(user, going, named):
    said = []
    for change in (lambda: None, going(), lambda: named.chmod(0o755)):
        told = user.emulator.ready()["ffmpeg"]
        ended = CliRunner().invoke(doctor, ["--port", "0", "--rtmp-port", "0", "--ffmpeg", str(named)])
        said.append((told["usable"], "<- used" in ended.output))
        change()

    assert [(False, False), (False, False), (True, True)] == said


def test_one_that_may_not_run_any_more_is_told(stand_in, customers, body, encode, ffmpeg, tmp_path):
    named = tmp_path / "ffmpeg"
    named.write_text(f'#!/bin/sh\nexec {ffmpeg} "$@"\n')
    named.chmod(0o755)
    customer = customers(stand_in(ffmpeg=named))
    on_air(customer, body, encode)
    named.chmod(0o644)
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "errored")

    assert "it does not run: Permission denied" in customer.words(stream, "errored")


def test_a_relay_goes_on_when_it_is_back(stand_in, customers, body, encode, going, named, eventually):
    """Where what is on air needs none."""
    friend, customer = customers(stand_in()), customers(stand_in(ffmpeg=named, media_profile="passthrough"))
    goal, stream = friend.create(body()), on_air(customer, body, encode)
    emulator = customer.emulator
    target = Endpoint(protocol="rtmp", url=friend.url(goal))

    def state(*wanted):
        ((seen,),) = [engine.vitals()["relays"] for engine in emulator.media.studio.on_air()]
        return seen if seen["state"] in wanted else None

    emulator.publications.relay(emulator.world.get(STREAMS, stream["id"]), [target])
    sending = eventually(lambda: state("sending"))
    come_back = going()
    os.kill(sending["pid"], signal.SIGKILL)
    failed = eventually(lambda: (seen := state("failed")) and "no such file" in seen["words"] and seen)
    come_back()

    assert "no usable ffmpeg" in failed["words"]
    assert eventually(lambda: state("sending"))
