"""What goes wrong in an encoder, done to the tags that it sends: tags in, tags out. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from offair.emulator.core.faults.encoders import CannotDisturb, EncoderFault
from offair.emulator.media.disturbing.silence import ELEMENTS, channel_configuration, silent_frame
from offair.emulator.media.formats.flv import SCRIPT, Tag, TagKind

AVC_KEY, AVC_UNITS = 0x17, 1  # FLV E.4.3.1: a key frame in AVC, and that NAL units follow
COMPOSITION = slice(2, 5)  # where an AVC tag has its composition time
WRAP = 1 << 32
BEGINS, IS_OVER = "begins", "is over"
PICTURE = frozenset({"drop", "freeze", "black"})  # what takes pictures away, which come back with a key frame


@dataclass(slots=True)
class _Running:
    fault: EncoderFault
    pictures: Sequence[bytes]  # that are shown in turn instead of the encoder's own
    begins: int | None = None  # its first timestamp, once media has come
    has_begun: bool = False
    shown: int = 0

    def elapsed(self, tag: Tag) -> int:
        """Milliseconds since its beginning, below zero before it."""
        if self.begins is None:
            self.begins = tag.timestamp + round(self.fault.at * 1000)
        return (tag.timestamp - self.begins + WRAP // 2) % WRAP - WRAP // 2


class Disturbance:
    """Lets faults happen to the tags of one connection; ``on_change`` hears of each that begins and that is over."""

    def __init__(self, on_change: Callable[[EncoderFault, str], None] = lambda _fault, _becomes: None) -> None:
        self._on_change = on_change
        self._running: list[_Running] = []
        self._offset = 0
        self.key: Tag | None = None  # the latest key frame
        self.headers: dict[TagKind, Tag] = {}

    @property
    def faults(self) -> list[EncoderFault]:
        """What goes wrong, or will."""
        return [one.fault for one in self._running]

    def check(self, fault: EncoderFault) -> None:
        """Raise CannotDisturb when this encoder cannot have the fault."""
        headers = self.headers
        video, audio = (headers[kind].codec if kind in headers else None for kind in (TagKind.VIDEO, TagKind.AUDIO))
        if fault.kind == "jump" and not fault.by:
            raise CannotDisturb("a jump by 0 seconds is none; say by how many seconds")
        if fault.kind in {"freeze", "keyless"} and video is None:
            raise CannotDisturb(f"{fault.kind} is about pictures, and the encoder sends none (yet)")
        if fault.kind == "black" and video != "avc1":
            raise CannotDisturb(f"black pictures are made for H.264, and the encoder sends {video or 'no video (yet)'}")
        if fault.kind == "silence":
            if audio != "mp4a" or headers[TagKind.AUDIO].is_enhanced:
                raise CannotDisturb(f"silence is made for AAC, and the encoder sends {audio or 'no audio (yet)'}")
            if channel_configuration(headers[TagKind.AUDIO].payload[2:]) not in ELEMENTS:
                raise CannotDisturb(
                    "the encoder's AAC has a channel configuration of its own, which silence needs to know"
                )

    def begin(self, fault: EncoderFault, pictures: Sequence[bytes] = ()) -> None:
        """Let something go wrong; ``pictures`` are black key frames (NAL units with their lengths before them).

        Two that take turns are best: key frames that follow each other must differ (H.264, 7.4.3: idr_pic_id).
        """
        self._running.append(_Running(fault, pictures))

    def end(self, fault_id: str) -> None:
        """Let it go right again, for pictures from the next key frame on."""
        for one in self._running:
            if one.fault.id == fault_id:
                one.fault = replace(one.fault, seconds=0.0)

    def push(self, tag: Tag) -> list[Tag]:
        """Take the encoder's next tag, and give what is sent instead."""
        if tag.kind is SCRIPT or tag.is_sequence_header:
            self.headers[tag.kind] = tag
            return [self._moved(tag)]
        passed = self._go_wrong(tag) if self._running else tag
        if tag.is_keyframe and not any(one.fault.kind == "freeze" and one.has_begun for one in self._running):
            self.key = tag
        return [] if passed is None else [self._moved(passed)]

    def _go_wrong(self, tag: Tag) -> Tag | None:
        for one in tuple(self._running):
            elapsed = one.elapsed(tag)
            if elapsed >= 0:
                self._note(one, tag, is_late=elapsed >= one.fault.seconds * 1000)
        passed: Tag | None = tag
        for one in self._running:
            if one.has_begun and passed is not None:
                passed = self._suffer(one, passed)
        return passed

    def _note(self, one: _Running, tag: Tag, *, is_late: bool) -> None:
        """Begin what is due, and end what is over."""
        fault = one.fault
        needs_key = fault.kind in PICTURE and one.has_begun and TagKind.VIDEO in self.headers
        if not one.has_begun:
            one.has_begun = True
            self._on_change(fault, BEGINS)
        if fault.kind == "jump":
            self._offset = max(self._offset + round(fault.by * 1000), -tag.timestamp)
        if fault.kind == "jump" or (is_late and (not needs_key or tag.is_keyframe)):
            self._running.remove(one)
            self._on_change(fault, IS_OVER)

    def _suffer(self, one: _Running, tag: Tag) -> Tag | None:
        is_picture = tag.kind is TagKind.VIDEO
        assert one.begins is not None  # noqa: S101 - for the type checker: it has begun
        is_late = one.elapsed(tag) >= one.fault.seconds * 1000
        match one.fault.kind:
            case "drop":
                return tag if is_late and not is_picture else None
            case "keyless":
                return None if tag.is_keyframe else tag
            case "freeze" if is_picture:
                return Tag(tag.kind, tag.timestamp, self.key.payload) if self.key else None
            case "black" if is_picture:
                return self._black(one, tag)
            case "silence" if not is_picture:
                specific = self.headers[TagKind.AUDIO].payload[2:]
                return tag._replace(payload=tag.payload[:2] + silent_frame(channel_configuration(specific)))
        return tag

    def _black(self, one: _Running, tag: Tag) -> Tag:
        one.shown += 1
        units = one.pictures[one.shown % len(one.pictures)]
        later = self.key.payload[COMPOSITION] if self.key else b"\0\0\0"
        return Tag(tag.kind, tag.timestamp, bytes((AVC_KEY, AVC_UNITS)) + later + units)

    def _moved(self, tag: Tag) -> Tag:
        return tag._replace(timestamp=(tag.timestamp + self._offset) % WRAP) if self._offset else tag
