"""What of an encoder's tags a fresh ffmpeg can be given, from wherever it joins."""

from collections.abc import Sequence

from offair.emulator.media.formats.flv import (
    AVC,
    SCRIPT,
    VIDEO_CODECS,
    Facts,
    Passed,
    Tag,
    TagKind,
    announced,
    elapsed,
    header,
    write,
)


class Gate:
    """Makes FLV that a fresh ffmpeg understands out of an encoder's tags, from wherever it joins.

    It stays shut until it knows the tracks: those that onMetaData announces (both, when it says nothing), or
    those that showed themselves within ``PATIENCE`` of media. Then come the file header with flags that are
    true, onMetaData once and at timestamp 0 (at any other ffmpeg makes a subtitle track of it), the sequence
    headers, and tags from a key frame on; without video, from anywhere.
    """

    PATIENCE = 1000  # milliseconds of media
    LEAD = 100  # milliseconds of sound before the first picture that go with it: encoders do not begin both at once
    MOST_BACK, MOST_AHEAD = 1000, 10_000  # milliseconds that a track's time may leap
    MOST_TAGS = 256
    MOST_BYTES = 8 << 20

    def __init__(self) -> None:
        self._script: Tag | None = None
        self._announced: frozenset[TagKind] = frozenset()
        self._headers: dict[TagKind, Tag] = {}
        self._codecs: dict[TagKind, str | None] = {}
        self._enhanced: set[TagKind] = set()
        self._latest: dict[TagKind, int] = {}  # timestamps, of what went out or waits
        self._tracks: frozenset[TagKind] = frozenset()
        self._is_open = False
        self._waiting: list[Tag] = []
        self._weight = 0
        self._has_key = False
        self._turns = False  # a track is set up anew, and the other may be about to

    @property
    def facts(self) -> Facts:
        """The tracks; empty until :meth:`push` first gave bytes. From then on only codecs change, and at a rejoin."""
        return Facts(
            video=self._codecs.get(TagKind.VIDEO) if TagKind.VIDEO in self._tracks else None,
            audio=self._codecs.get(TagKind.AUDIO) if TagKind.AUDIO in self._tracks else None,
            is_enhanced=bool(self._enhanced & self._tracks),
        )

    def breaks_off(self, tag: Tag, *, is_copied: bool = True) -> bool:
        """An ffmpeg that runs cannot go on with it: the decoder is configured anew, or the time leaps.

        A copied track would keep the init section that it began with, and ffmpeg would squeeze all that comes after a
        leap into a moment, or wait for the clock to come back. A header that only comes again changes nothing, and
        where no picture ``is_copied`` another of H.264 does not either: pictures of another size are scaled as before.
        """
        if not self._is_open or tag.kind not in self._tracks:
            return False
        if tag.is_sequence_header:
            known = self._headers.get(tag.kind)
            if known is None or known.payload == tag.payload or tag.is_blank:
                return False
            self._turns = is_copied or not known.codec == tag.codec == VIDEO_CODECS[AVC]
            return self._turns
        return self._leaps(tag)

    def run_on(self, tags: Sequence[Tag]) -> Sequence[Tag]:
        """Let pass what is media that goes on as before, and give it: the first of some tags, and most often all."""
        if not self._is_open:
            return ()
        for count, tag in enumerate(tags):
            kind, _, payload = tag
            if kind not in self._tracks or not payload or tag.is_sequence_header or self._leaps(tag):
                return tags[:count]
            self._latest[kind] = tag.timestamp
        return tags

    def push(self, tag: Tag) -> bytes:
        """Take the encoder's next tag and give the bytes for ffmpeg, none while the gate is shut."""
        return write(self.admit(tag))

    def admit(self, tag: Tag) -> Passed:
        """Take the encoder's next tag and give what may pass: nothing while the gate is shut."""
        if tag.kind is SCRIPT:
            self._note(tag)
            return ()
        if self._tracks and tag.kind not in self._tracks:
            return ()  # the file header, and the playlists made since, know nothing of this track
        is_header = tag.is_sequence_header
        if is_header:
            if tag.is_blank:
                return ()  # nothing can begin with it, nor go on
            self._note_header(tag)
        if self._is_open:
            if not is_header:
                self._latest[tag.kind] = tag.timestamp
            return (tag,) if tag.payload else ()
        if tag.proves_its_track:
            self._learn(tag)
        if not is_header:
            self._wait(tag)
        return self._try_to_open()

    def rejoin(self) -> None:
        """Start anew at the next key frame: another ffmpeg takes over in the middle of a publication."""
        self._is_open = False
        self._forget()

    def _note(self, script: Tag) -> None:
        tracks = announced(script)
        if tracks or (tracks is not None and self._script is None):  # what is said later says nothing of tracks
            self._script = Tag(TagKind.SCRIPT, 0, script.payload)
            self._announced = tracks

    def _note_header(self, tag: Tag) -> None:
        """Keep a header; what waits of its track, and was set up otherwise, cannot be decoded with it."""
        known = self._headers.get(tag.kind)
        self._headers[tag.kind] = tag
        if self._waiting and known is not None and known.payload != tag.payload:
            self._waiting = [other for other in self._waiting if other.kind is not tag.kind]
            self._has_key = any(other.is_keyframe for other in self._waiting)

    def _learn(self, tag: Tag) -> None:
        self._codecs[tag.kind] = tag.codec
        (self._enhanced.add if tag.is_enhanced else self._enhanced.discard)(tag.kind)

    def _leaps(self, tag: Tag) -> bool:
        leap = elapsed(self._latest.get(tag.kind, tag.timestamp), tag.timestamp)
        return not -self.MOST_BACK <= leap <= self.MOST_AHEAD

    def _wait(self, tag: Tag) -> None:
        if self._leaps(tag):
            self._forget()  # what waits is of another time
        self._latest[tag.kind] = tag.timestamp
        self._has_key = self._has_key or tag.is_keyframe
        if tag.payload and (self._has_key or tag.kind is TagKind.AUDIO):
            self._waiting.append(tag)
            self._weight += len(tag.payload)

    def _try_to_open(self) -> Passed:
        if not self._waiting:
            return ()
        known = frozenset(self._codecs)
        is_late = (
            elapsed(self._waiting[0].timestamp, self._waiting[-1].timestamp) >= self.PATIENCE
            or len(self._waiting) >= self.MOST_TAGS
            or self._weight >= self.MOST_BYTES
        )
        tracks = self._tracks
        if not tracks and ((self._announced or {TagKind.AUDIO, TagKind.VIDEO}) <= known or is_late):
            tracks = known
        if tracks and (self._has_key or TagKind.VIDEO not in tracks) and (is_late or self._has_turned(tracks)):
            return self._open(tracks)
        if is_late:
            self._forget()
        return ()

    def _has_turned(self, tracks: frozenset[TagKind]) -> bool:
        """Every track is as far as the first picture: had the sound changed with it, its header would be here."""
        if not self._turns or TagKind.VIDEO not in tracks:
            return True
        begins = next(tag.timestamp for tag in self._waiting if tag.is_keyframe)
        return all(elapsed(begins, self._latest.get(kind, begins - 1)) >= 0 for kind in tracks)

    def _open(self, tracks: frozenset[TagKind]) -> Passed:
        self._tracks, self._is_open, self._turns = tracks, True, False
        tags = [tag for tag in self._waiting if tag.kind in tracks]
        if TagKind.VIDEO in tracks:
            start = next(tag.timestamp for tag in tags if tag.is_keyframe)
            tags = [tag for tag in tags if tag.kind is TagKind.VIDEO or elapsed(start, tag.timestamp) >= -self.LEAD]
        self._forget()
        start = tags[0].timestamp if tags else 0
        heads = [Tag(kind, start, self._headers[kind].payload) for kind in sorted(tracks & self._headers.keys())]
        begin = header(has_audio=TagKind.AUDIO in tracks, has_video=TagKind.VIDEO in tracks)
        script = [self._script] if self._script else []
        self._latest = {tag.kind: tag.timestamp for tag in tags}
        return (begin, *script, *heads, *tags)

    def _forget(self) -> None:
        self._waiting.clear()
        self._latest.clear()
        self._weight = 0
        self._has_key = False
