"""Black key frames that fit into a running H.264 stream, made once by ffmpeg from one of its own key frames.

They bring parameter sets of their own under an id that encoders do not use, so that the stream's sequence header stays
what it is, and the encoder's next key frame is understood as if nothing had been.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.media.disturbing.disturbance import Disturbance
from offair.emulator.media.disturbing.loss import Loss
from offair.emulator.media.formats import flv
from offair.emulator.media.transcoding.process import TimedOut, run

PARAMETER_SET = 31  # the last id that a sequence parameter set can have
TIMEOUT = 10.0
RECORD = 5  # bytes of an AVC tag before its configuration record or NAL units
SETS = 5  # bytes of the record before the counted parameter sets: ISO/IEC 14496-15, 5.3.3.1
UNIT = 4  # bytes of a NAL unit's length as ffmpeg writes it


def prepare(fault: EncoderFault, disturbance: Disturbance | Loss, choose_ffmpeg: Callable[[], Path]) -> Sequence[bytes]:
    """Make what a fault shows, if anything; CannotDisturb when this encoder cannot have it (now)."""
    disturbance.check(fault)
    if fault.kind != "black" or isinstance(disturbance, Loss):
        return ()
    if disturbance.key is None:
        raise CannotDisturb("the encoder has not sent a key frame yet, from which black ones are made; try again")
    return black_pictures(choose_ffmpeg(), disturbance.headers[flv.TagKind.VIDEO], disturbance.key)


def black_pictures(executable: Path, header: flv.Tag, key: flv.Tag) -> list[bytes]:
    """Make the NAL units of two black key frames, with lengths as this stream's; CannotDisturb tells why not."""
    from offair.emulator.media.transcoding.command import blacken  # brings ffmpeg-python

    clip = flv.header(has_audio=False, has_video=True) + b"".join(map(flv.pack, (header, key)))
    try:
        done = run(blacken(str(executable), parameter_set=PARAMETER_SET), content=clip, timeout=TIMEOUT)
    except TimedOut as error:
        raise CannotDisturb(f"ffmpeg made no black picture within {TIMEOUT:g} s; try again") from error
    try:
        made = [tag for tag in flv.read(done.stdout) if tag.kind is flv.TagKind.VIDEO]
    except ValueError:
        made = []
    keys = [tag.payload[RECORD:] for tag in made if tag.is_keyframe]
    if len(keys) < 2:
        words = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise CannotDisturb(f"ffmpeg made no black picture out of the encoder's key frame: {words or 'no word why'}")
    length = (header.payload[RECORD + 4] & 3) + 1
    sets = _parameter_sets(made[0].payload[RECORD:])
    return [b"".join(len(unit).to_bytes(length) + unit for unit in (*sets, *_units(key))) for key in keys]


def _parameter_sets(record: bytes) -> list[bytes]:
    sets: list[bytes] = []
    at = SETS
    for mask in (31, 255):  # of sequences, of pictures
        count, at = record[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(record[at : at + 2])
            sets.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return sets


def _units(content: bytes) -> list[bytes]:
    units: list[bytes] = []
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + UNIT])
        units.append(content[at + UNIT : at + UNIT + size])
        at += UNIT + size
    return units
