"""RTMPS from the address that is printed, with the flags that are printed, by encoders that look at the certificate."""

import subprocess

import imageio_ffmpeg
import needing
import pytest

from offair.emulator.core.publication import PUBLICATIONS

pytestmark = pytest.mark.media
PATIENCE = 30.0
WHEEL = imageio_ffmpeg.get_ffmpeg_exe()
DEBIAN = pytest.param("/usr/bin/ffmpeg", marks=needing.program("/usr/bin/ffmpeg"))


@pytest.fixture(name="secure")
def _secure(emulator, clips):
    """Push seconds of the clip to an RTMPS address, with what a certificate is checked by."""

    def publish(program, url, *flags, seconds=None):
        limit = [] if seconds is None else ["-t", str(seconds)]
        argv = [program, "-nostdin", "-v", "error", "-re", "-i", str(clips["both"]), *limit, "-c", "copy", "-f", "flv"]
        return subprocess.Popen([*argv, *flags, url], stderr=subprocess.PIPE, text=True)

    return publish


@pytest.mark.parametrize("program", [WHEEL, DEBIAN], ids=["wheel", "other"])
def test_a_stream_for_rtmp_takes_rtmps_as_printed(emulator, customer, body, secure, program):
    stream = customer.create(body(ingest={"kind": "push", "protocols": ["rtmp"]}))
    url = f"{emulator.rtmps_url}/live/{stream['stream_key']}{'' if program == WHEEL else '/'}"
    with secure(
        program, url, "-tls_verify", "1", "-ca_file", str(emulator.media.await_ca_file()), seconds=2
    ) as encoder:
        customer.until(stream, "live")
        customer.until(stream, "idle")

        assert (0, "") == (encoder.wait(PATIENCE), encoder.stderr.read())


@pytest.mark.parametrize("program", [WHEEL, DEBIAN], ids=["wheel", "other"])
def test_without_the_ca_the_encoder_refuses_and_the_journal_says_why(emulator, until, secure, program):
    after = emulator.journal.write("fault", "an encoder comes").number
    with secure(program, f"{emulator.rtmps_url}/live/nobody", "-tls_verify", "1") as encoder:
        assert 0 != encoder.wait(PATIENCE)

    until("trust the", kind="publication", after=after)


def test_ffmpeg_9_looks_at_the_certificate_unasked(emulator, secure):
    with secure(WHEEL, f"{emulator.rtmps_url}/live/nobody") as encoder:
        assert 0 != encoder.wait(PATIENCE)
        assert "certificate" in encoder.stderr.read().lower()


def test_a_refusal_reaches_the_encoder_in_words(emulator, secure):
    with secure(WHEEL, f"{emulator.rtmps_url}/live/nobody", "-ca_file", str(emulator.media.await_ca_file())) as encoder:
        assert 0 != encoder.wait(PATIENCE)
        assert "invalid stream key" in encoder.stderr.read()


def test_an_ipv6_host_is_named_in_the_certificate(stand_in, customers, body, secure):
    emulator = stand_in(host="::1", media_profile="passthrough")
    customer = customers(emulator)
    stream = customer.create(body())
    url = f"{emulator.rtmps_url}/live/{stream['stream_key']}"
    with secure(WHEEL, url, "-tls_verify", "1", "-ca_file", str(emulator.media.await_ca_file()), seconds=2) as encoder:
        customer.until(stream, "live")
        encoder.kill()

    assert emulator.rtmps_url.startswith("rtmps://[::1]:")


def test_what_an_encoder_says_behind_the_name_is_kept_and_a_passcode_masked(emulator, customer, body, encode, until):
    stream = customer.create(body())
    encode(f"{customer.url(stream)}?passcode=open-sesame&room=7")
    entry = until("admitted", kind="publication", stream=stream["id"])
    publication = emulator.world.find(PUBLICATIONS, stream=stream["id"])[0]

    assert ("passcode=open-sesame&room=7", {"passcode": "open…", "room": "7"}) == (
        publication.query,
        entry.details["query"],
    )
