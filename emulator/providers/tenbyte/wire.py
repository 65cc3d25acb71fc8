"""Tenbyte's JSON, in both directions; the only place (with ``hooks``) where its names are written.

The order of keys, and which empty ones are left out, follow the published examples.
"""

from functools import lru_cache
from typing import Any

import msgspec

from offair.emulator.core.clock import rfc3339
from offair.emulator.core.streams import (
    AudioRung,
    Bucket,
    Capture,
    DashPackaging,
    Endpoint,
    HlsPackaging,
    Ladder,
    Packaging,
    Source,
    Stream,
    VideoRung,
)
from offair.emulator.provider.call import Addresses
from offair.emulator.provider.query import Query
from offair.emulator.providers.tenbyte.rules import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, Page, Wanted

JSON = dict[str, Any]
S3_SECRET = "secret_access_key"  # noqa: S105 - the name of a member, not a secret
RECORDING = ("enabled", "target", "library_id", "folder_id", "prefix", "s3_config")
S3 = ("endpoint", "bucket", "region", "access_key_id", S3_SECRET, "prefix", "storage_class")
PACKAGING = {
    "hls": ("segment_format", "playlist_size", "preserved_segments", "low_latency"),
    "dash": ("segment_format", "window_s", "min_buffer_s"),
}
ENCODER = ("max_bitrate_kbps", "buf_size_kbps", "crf", "preset", "profile", "level", "rate_control", "bframes",
           "ref_frames", "rc_lookahead")  # fmt: skip


def read_wanted(body: JSON) -> Wanted:
    """Read a create request that keeps the contract."""
    protocols = body["output_protocols"]
    packaging = body["packaging"]
    return Wanted(
        name=body["name"],
        source=_read_source(body["ingest"]),
        ladder=Ladder(
            video=tuple(_read_video(rung) for rung in body["ladder"].get("video", ())),
            audio=tuple(_read_audio(rung, "bitrate_kbps") for rung in body["ladder"].get("audio", ())),
        ),
        packaging=Packaging(
            hls=HlsPackaging(**_only(packaging["hls"], *PACKAGING["hls"])) if "hls" in protocols else None,
            dash=DashPackaging(**_only(packaging["dash"], *PACKAGING["dash"])) if "dash" in protocols else None,
        ),
        capture=_read_capture(body.get("recording") or {}),
        hook_url=body.get("webhook_url") or None,
        extra={
            "type": body["type"],
            "mode": body["mode"],
            "region": body["region"],
            "output_protocols": protocols,
            "unused_packaging": {
                name: _only(packaging[name], *members)
                for name, members in PACKAGING.items()
                if name in packaging and name not in protocols
            },
            "recording": _read_recording(body.get("recording") or {}),
            "meta": body.get("meta") or {},
        },
    )


@lru_cache(maxsize=2048)  # streams are frozen, and shown again and again; their text is one object, and ready
def written_stream(stream: Stream, addresses: Addresses, *, null_playback: bool) -> msgspec.Raw:
    """Write a StreamResource, or give what was written of it before."""
    return msgspec.Raw(msgspec.json.encode(show_stream(stream, addresses, null_playback=null_playback)))


@lru_cache(maxsize=2048)
def written_row(stream: Stream) -> msgspec.Raw:
    """Write a row of the list, or give what was written of it before."""
    return msgspec.Raw(msgspec.json.encode(show_row(stream)))


def show_stream(stream: Stream, addresses: Addresses, *, null_playback: bool) -> JSON:
    """Write a StreamResource."""
    shown = {
        **_head(stream),
        "stream_key": stream.key,
        "ingest": _show_source(stream, addresses),
        "output_protocols": stream.extra["output_protocols"],
        "ladder": _show_ladder(stream.ladder),
        "packaging": _show_packaging(stream),
        "playback": _show_playback(stream, addresses, null_playback=null_playback),
        "recording": _show_recording(stream.extra["recording"]),
        "webhook_url": stream.hook_url,
    }
    times = {name: moment for name, moment in _times(stream).items() if moment is not None}
    return {**_filled(shown), "meta": stream.extra["meta"], **times}


def show_row(stream: Stream) -> JSON:
    """Write a row of the list: no key, no URLs, no ladder; here a time that has not come is null."""
    ingest: JSON = {"kind": stream.source.kind}
    if stream.source.protocols:
        ingest["protocols"] = list(stream.source.protocols)
    return {
        **_head(stream),
        "ingest": ingest,
        "output_protocols": stream.extra["output_protocols"],
        **_times(stream),
    }


def show_pagination(page: Page) -> JSON:
    """Write the list's ``meta``."""
    numbers = {"page": page.number, "per_page": page.size, "total": page.total, "total_pages": page.count}
    return {"pagination": numbers}


def read_page(query: Query) -> JSON:
    """Read the list's parameters with their documented fallbacks: nothing here is ever refused."""
    size = _number(query, "per_page", DEFAULT_PAGE_SIZE)
    return {
        "number": max(1, _number(query, "page", 1)),
        "size": min(size, LARGEST_PAGE_SIZE) if size >= 1 else DEFAULT_PAGE_SIZE,
        "order": "asc" if query.get("order") == "asc" else "desc",
    }


def _read_source(ingest: JSON) -> Source:
    is_push = ingest["kind"] == "push"
    return Source(
        kind=ingest["kind"],
        protocols=tuple(ingest["protocols"]) if is_push else (),
        primary=None if is_push else Endpoint(**_only(ingest["primary"], "protocol", "url")),
        backup=Endpoint(**_only(ingest["backup"], "protocol", "url")) if ingest.get("backup") else None,
    )


def _read_video(rung: JSON) -> VideoRung:
    plain = _only(rung, "name", "width", "height", "fps", "gop", "bitrate_kbps", "codec", *ENCODER)
    return VideoRung(**plain, audio=_read_audio(rung["audio"], "audio_bitrate_kbps"))


def _read_audio(rung: JSON, rate: str) -> AudioRung:
    return AudioRung(
        name=rung.get("name"),
        codec=rung["codec"],
        channels=rung["channels"],
        sample_rate=rung["sample_rate_hz"],
        bitrate_kbps=rung[rate],
    )


def _read_recording(recording: JSON) -> JSON:
    read = {name: recording[name] for name in RECORDING if recording.get(name)}
    if "s3_config" in read:
        read["s3_config"] = _only(read["s3_config"], *S3)
    return read


def _read_capture(recording: JSON) -> Capture:
    """Read what is kept: a library is our own disk, and a bucket gets the files too. Both can be watched again."""
    if not recording.get("enabled"):
        return Capture()
    config = recording.get("s3_config") if recording.get("target") == "s3" else None
    bucket = config and Bucket(
        endpoint=config["endpoint"],
        name=config["bucket"],
        region=config["region"],
        access_key_id=config["access_key_id"],
        secret_access_key=config[S3_SECRET],
        prefix=config.get("prefix") or "",
        storage_class=config.get("storage_class") or None,
    )
    return Capture(recording=True, replay=True, bucket=bucket, prefix=recording.get("prefix") or "")


def _show_source(stream: Stream, addresses: Addresses) -> JSON:
    source = stream.source
    if source.kind == "pull":
        return _filled(
            {
                "kind": "pull",
                "primary": _show_endpoint(source.primary),
                "backup": _show_endpoint(source.backup),
            }
        )
    return _filled(
        {
            "kind": "push",
            "protocols": list(source.protocols),
            "rtmp": f"{addresses.rtmp}/{stream.app}",
            "srt": f"{addresses.srt}?streamid=#!::r={stream.app}/{stream.key},m=publish",
            "backup": _show_endpoint(source.backup),
        }
    )


def _show_endpoint(endpoint: Endpoint | None) -> JSON | None:
    return {"protocol": endpoint.protocol, "url": endpoint.url} if endpoint else None


def _show_ladder(ladder: Ladder) -> JSON:
    if ladder.video:
        return {"video": [_show_video(rung) for rung in ladder.video]}
    return {"audio": [_show_audio(rung, "bitrate_kbps") for rung in ladder.audio]}


def _show_video(rung: VideoRung) -> JSON:
    # crf may be 0 and is shown when it was given; every other optional member is left out when it is empty
    before_crf = _filled(
        {
            "name": rung.name,
            "width": rung.width,
            "height": rung.height,
            "fps": rung.fps,
            "gop": rung.gop,
            "bitrate_kbps": rung.bitrate_kbps,
            "max_bitrate_kbps": rung.max_bitrate_kbps,
            "buf_size_kbps": rung.buf_size_kbps,
        }
    )
    crf = {} if rung.crf is None else {"crf": rung.crf}
    after_crf = _filled(
        {
            "codec": rung.codec,
            "preset": rung.preset,
            "profile": rung.profile,
            "level": rung.level,
            "rate_control": rung.rate_control,
            "bframes": rung.bframes,
            "ref_frames": rung.ref_frames,
            "rc_lookahead": rung.rc_lookahead,
            "audio": _show_audio(rung.audio, "audio_bitrate_kbps"),
        }
    )
    return before_crf | crf | after_crf


def _show_audio(rung: AudioRung, rate: str) -> JSON:
    named = {"name": rung.name} if rung.name else {}
    return named | {
        "codec": rung.codec,
        "channels": rung.channels,
        "sample_rate_hz": rung.sample_rate,
        rate: rung.bitrate_kbps,
    }


def _show_packaging(stream: Stream) -> JSON:
    used = {"hls": stream.packaging.hls, "dash": stream.packaging.dash}
    blocks = stream.extra["unused_packaging"] | {
        name: {member: getattr(block, member) for member in PACKAGING[name]} for name, block in used.items() if block
    }
    return {name: _filled(blocks[name]) for name in PACKAGING if name in blocks}


def _show_playback(stream: Stream, addresses: Addresses, *, null_playback: bool) -> JSON:
    root = f"{addresses.cdn}/{stream.id}"
    playback = {
        "hls": f"{root}/master.m3u8" if stream.packaging.hls else None,
        "dash": f"{root}/manifest.mpd" if stream.packaging.dash else None,
    }
    return playback if null_playback else _filled(playback)


def _show_recording(recording: JSON) -> JSON | None:
    if not recording.get("enabled"):
        return None
    shown = dict(recording)
    if "s3_config" in shown:
        shown["s3_config"] = {name: value for name, value in shown["s3_config"].items() if name != S3_SECRET}
    return shown


def _head(stream: Stream) -> JSON:
    return {
        "id": stream.id,
        "organization_id": stream.tenant,
        "name": stream.name,
        "type": stream.extra["type"],
        "mode": stream.extra["mode"],
        "status": stream.state.value,
        "region": stream.extra["region"],
    }


def _times(stream: Stream) -> JSON:
    moments = {
        "last_live_at": stream.last_live_at,
        "last_ended_at": stream.last_ended_at,
        "created_at": stream.created_at,
        "updated_at": stream.updated_at,
    }
    return {name: None if moment is None else rfc3339(moment) for name, moment in moments.items()}


def _filled(members: JSON) -> JSON:
    return {name: value for name, value in members.items() if value or value is False}


def _only(members: JSON, *names: str) -> JSON:
    return {name: members[name] for name in names if name in members}


def _number(query: Query, name: str, fallback: int) -> int:
    try:
        return query.whole(name, fallback)
    except (ValueError, OverflowError):
        return fallback
