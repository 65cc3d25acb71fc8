"""What a broadcast came to, told when it ends: what its encoders sent, and what was made of that."""

import os
import queue
import signal

import pytest

from offair.emulator.core.events import PublicationEnded
from offair.emulator.emulator import Emulator
from offair.emulator.media.formats import flv
from offair.emulator.settings import Settings

pytestmark = pytest.mark.media
PATIENCE = 30.0


@pytest.fixture(scope="module", name="emulator")
def _emulator():
    """Passed through, what goes out is what came in, in other boxes."""
    with Emulator(Settings(port=0, rtmp_port=0, media_profile="passthrough")) as emulator:
        yield emulator


def ended(emulator):
    """Publications of an emulator that end from now on."""
    ends: queue.SimpleQueue[PublicationEnded] = queue.SimpleQueue()
    emulator.world.events.subscribe(PublicationEnded, ends.put)
    return ends


@pytest.fixture(name="ends")
def _ends(emulator):
    return ended(emulator)


@pytest.fixture(name="tags")
def _tags(clips):
    return flv.Reader().receive(clips["both"].read_bytes())


def weight(tags):
    return sum(len(tag.payload) for tag in tags)


def test_a_broadcast_comes_to_what_was_sent_and_what_was_made(customer, body, push, tags, ends):
    stream = customer.create(body())
    push(customer.url(stream), tags)
    totals = ends.get(timeout=PATIENCE).totals

    assert weight(tags) == totals.bytes_in
    assert pytest.approx(weight(tags), rel=0.1) == totals.bytes_out


def test_it_comes_to_what_all_its_encoders_sent(customer, body, push, tags, ends):
    stream = customer.create(body())
    push(customer.url(stream), tags, says_goodbye=False)
    customer.until(stream, "reconnecting")
    push(customer.url(stream), tags)
    totals = ends.get(timeout=PATIENCE).totals

    assert 2 * weight(tags) == totals.bytes_in
    assert pytest.approx(2 * weight(tags), rel=0.1) == totals.bytes_out


def test_another_run_of_the_transcoder_takes_nothing_away(customer, body, push, tags, ends):
    """The encoder's time leaps by ten minutes, which begins one."""
    later = [tag._replace(timestamp=tag.timestamp + 600_000) for tag in tags]
    push(customer.url(customer.create(body())), tags, later)
    totals = ends.get(timeout=PATIENCE).totals

    assert 2 * weight(tags) == totals.bytes_in
    assert pytest.approx(2 * weight(tags), rel=0.1) == totals.bytes_out


def test_a_broadcast_that_was_stopped_has_its_totals_too(customer, body, encode, ends):
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    before = customer.emulator.media.monitor.numbers(stream["id"])
    customer.order("stop", stream)
    totals = ends.get(timeout=PATIENCE).totals

    assert before.source.bytes <= totals.bytes_in
    assert 0 < totals.bytes_out


@pytest.mark.troubled
def test_one_that_failed_has_its_totals_too(stand_in, customers, body, encode):
    emulator = stand_in()
    customer, ends = customers(emulator), ended(emulator)
    stream = customer.create(body())
    encode(customer.url(stream))
    customer.until(stream, "live")
    os.kill(customer.transcoder(stream), signal.SIGKILL)
    totals = ends.get(timeout=PATIENCE).totals

    assert (True, True) == (totals.bytes_in > 0, totals.bytes_out > 0)
