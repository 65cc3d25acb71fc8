"""What a server says to an RTMP client that plays, and how it shows it tags (Adobe RTMP 1.0, 7.2.2.1 and 7.2.2.8)."""

from collections.abc import Iterator, Sequence

from offair.emulator.media.formats import amf0
from offair.emulator.media.formats.flv import Tag, TagKind
from offair.emulator.media.ingest.rtmp import messages
from offair.emulator.media.ingest.rtmp.chunks import ChunkWriter, Message
from offair.emulator.media.ingest.rtmp.messages import Command

PLAY_FAILED = "NetStream.Play.Failed"
NOT_FOUND = "NetStream.Play.StreamNotFound"
STREAM_EOF = 1  # a user control event
SAMPLE_ACCESS = amf0.encode("|RtmpSampleAccess", True, True)  # noqa: FBT003 - audio and video may be read
HEARD = frozenset({TagKind.VIDEO, TagKind.AUDIO})


class Playing:
    """One stream that is shown to one client under a ``name``. Gives the bytes to send."""

    def __init__(self, writer: ChunkWriter, stream_id: int, name: str) -> None:
        self._writer = writer
        self._stream_id = stream_id
        self._name = name
        self._has_begun = False
        self._is_paused = False
        self._waits_for_key = False
        self._has_pictures = False

    def show(self, tags: Sequence[Tag]) -> list[bytes]:
        """Send tags; before the first ones, that playing begins. While it is paused only what decoders need."""
        said = [] if self._has_begun or not tags else list(self._begin())
        return [*said, *(self._write(tag) for tag in tags if self._is_wanted(tag))]

    def pause(self, *, is_paused: bool) -> list[bytes]:
        """Send no media until it goes on, and then from a key frame on, as the stream is live (7.2.2.9)."""
        self._waits_for_key = self._is_paused and not is_paused
        self._is_paused = is_paused
        code = "NetStream.Pause.Notify" if is_paused else "NetStream.Unpause.Notify"
        return [self._say(code, "the stream is live: what is sent meanwhile is not kept")]

    def finish(self) -> list[bytes]:
        """Say that nothing follows."""
        if not self._has_begun:
            return [self._say(NOT_FOUND, "the stream ended before it began", level="error")]
        eof = messages.user_control(STREAM_EOF, self._stream_id.to_bytes(4, "big"))
        return [
            self._say("NetStream.Play.UnpublishNotify", f"{self._name} is not published any more"),
            self._say("NetStream.Play.Stop", f"{self._name} is over"),
            self._writer.write(messages.CONTROL_STREAM, eof),
        ]

    def _begin(self) -> Iterator[bytes]:
        self._has_begun = True
        begin = messages.user_control(messages.STREAM_BEGIN, self._stream_id.to_bytes(4, "big"))
        yield self._writer.write(messages.CONTROL_STREAM, begin)
        yield self._say("NetStream.Play.Reset", f"playing and resetting {self._name}")
        yield self._say("NetStream.Play.Start", f"started playing {self._name}")
        access = Message(messages.DATA, 0, self._stream_id, SAMPLE_ACCESS)
        yield self._writer.write(messages.STATUS_STREAM, access)

    def _is_wanted(self, tag: Tag) -> bool:
        if tag.kind not in HEARD or tag.is_sequence_header:
            self._has_pictures = self._has_pictures or tag.kind is TagKind.VIDEO
            return True
        if self._waits_for_key and (tag.is_keyframe or not self._has_pictures):
            self._waits_for_key = False
        return not (self._is_paused or self._waits_for_key)

    def _write(self, tag: Tag) -> bytes:
        message = Message(tag.kind, tag.timestamp, self._stream_id, tag.payload)
        return self._writer.write(messages.MEDIA_STREAMS[tag.kind], message)

    def _say(self, code: str, words: str, *, level: str = "status") -> bytes:
        command: Command = messages.status(self._stream_id, level, code, words)
        return self._writer.write(messages.STATUS_STREAM, command.to_message())
