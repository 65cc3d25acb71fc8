"""Silent AAC frames, decoded by somebody else."""

import av
import pytest

from offair.emulator.media.disturbing.silence import ELEMENTS, channel_configuration, silent_frame

CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8}
LOW_COMPLEXITY, RATE_48000 = 2, 3


def specific(configuration: int, *, rate: int = RATE_48000) -> bytes:
    return (LOW_COMPLEXITY << 11 | rate << 7 | configuration << 3).to_bytes(2)


@pytest.mark.parametrize("configuration", ELEMENTS)
def test_a_decoder_hears_nothing_on_every_channel(configuration):
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = specific(configuration)
    frames = [frame for _ in range(4) for frame in decoder.decode(av.Packet(silent_frame(configuration)))]

    assert {CHANNELS[configuration]} == {frame.layout.nb_channels for frame in frames}
    packed = [part for frame in frames for part in av.AudioResampler(format="s16").resample(frame)]
    assert {0} == {byte for part in packed for byte in bytes(part.planes[0])}


@pytest.mark.parametrize("configuration", [*ELEMENTS, 0])
def test_the_channels_are_read_from_the_configuration(configuration):
    explicit = int("00010" + "1111" + f"{44_100:024b}" + f"{configuration:04b}" + "000", 2).to_bytes(5)

    assert (configuration, configuration) == (
        channel_configuration(specific(configuration)),
        channel_configuration(explicit),
    )


def test_a_configuration_that_breaks_off_says_nothing():
    assert 0 == channel_configuration(b"\x12")
