"""What a user may choose, in one frozen record; the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
Profile = Literal["faithful", "light", "passthrough"]
PROFILES: tuple[str, ...] = get_args(Profile)
PREFIX = "OFFAIR_"


class SettingError(ValueError):
    """A setting has a value that it cannot have; the message names it and says what it can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the stand-in listens, what it keeps, and how it treats media.

    Port 0 takes a free one; without an ``srt_port`` it is 9710 (without an ``rtmps_port`` 1936), or a free one where
    somebody has that or the RTMP port is a free one too; without an ``https_port`` there is no HTTPS. ``tls_cert`` and
    ``tls_key`` are PEM files for RTMPS and HTTPS, in place of a certificate by a local CA. An ``srt_passphrase`` (10 to
    79 bytes) lets encrypted SRT in only. ``state_dir`` None keeps everything in memory and temporary files;
    ``recordings_dir`` None keeps recordings with the state. ``public_host`` is the host that printed URLs carry, when
    it is not the one listened on. ``allowed_hosts`` are further names that HTTP is answered to (``.example.com`` is a
    name and all below it): by default those two, addresses and ``localhost``, since any name can be made to point here.
    ``switches`` are a cloud's own choices by cloud and name, as text or values. Every
    field can be given as ``OFFAIR_<FIELD>``, and a switch as ``OFFAIR_SET="<cloud>.<switch>=<value>,…"``.
    """

    host: str = "127.0.0.1"
    port: Port = 8420
    https_port: Port | None = None
    rtmp_port: Port = 1935
    rtmps_port: Port | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    srt_port: Port | None = None
    srt_passphrase: str | None = None
    public_host: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    state_dir: Path | None = None
    recordings_dir: Path | None = None
    media_profile: Profile = "faithful"
    seed: int | None = None
    ffmpeg: Path | None = None
    journal_size: Count = 2_000
    body_limit: Count = 262_144
    stale_after: Seconds = 15.0
    switches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def shown_host(self) -> str:
        """The host that printed URLs carry."""
        if self.public_host:
            return self.public_host
        return "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - compared, not bound

    @property
    def own_certificate(self) -> tuple[Path, Path] | None:
        """The user's own certificate and its key; SettingError when one is there and the other is not."""
        if self.tls_cert is None and self.tls_key is None:
            return None
        if self.tls_cert is None or self.tls_key is None:
            raise SettingError("tls_cert and tls_key belong together: name both files, or none for a local CA's")
        return self.tls_cert, self.tls_key


def from_environment(**given: Any) -> Settings:
    """Read the environment, and let what is ``given`` (and not None) win; SettingError names what does not fit."""
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        text = os.environ.get(PREFIX + entry.name.upper())
        if text is not None and entry.name != "switches":
            values[entry.name] = text
    values["switches"] = parse_switches(os.environ.get(PREFIX + "SET", "").split(","))
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingError(_explain(str(error), values)) from error


def parse_switches(texts: list[str]) -> dict[str, dict[str, str]]:
    """Read ``cloud.switch=value`` texts; SettingError shows the one that is not of this form."""
    switches: dict[str, dict[str, str]] = {}
    for text in filter(None, (text.strip() for text in texts)):
        name, equals, value = text.partition("=")
        cloud, dot, switch = name.partition(".")
        if not (equals and dot and cloud and switch):
            raise SettingError(f"{text!r} is no switch; write it as <cloud>.<switch>=<value>")
        switches.setdefault(cloud, {})[switch] = value
    return switches


def running_url() -> str:
    """Where a running stand-in is looked for: ``OFFAIR_URL``, else the default port on loopback."""
    return os.environ.get(PREFIX + "URL", f"http://127.0.0.1:{Settings().port}")


def environment_with(added: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: ours, and what is added."""
    return {**os.environ, **added}


def _explain(words: str, values: Mapping[str, Any]) -> str:
    what, _, place = words.partition(" - at `$.")
    name = place.partition("`")[0].partition(".")[0]
    wanted = f"one of {', '.join(PROFILES)}" if name == "media_profile" else what[:1].lower() + what[1:]
    return f"{PREFIX}{name.upper()} cannot be {values.get(name)!r}: {wanted}"


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise SettingError(f"{value!r} is no {kind.__name__}")
