"""The settings themselves: one frozen record, which converts and checks what it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from offair.emulator.settings.forms import Count, Host, HostName, Origin, Port, Seconds
from offair.emulator.settings.kinds import SettingError, convert
from offair.emulator.settings.setting import described
from offair.emulator.settings.switching import gather

Profile = Literal["faithful", "light", "passthrough"]
ANYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared, not bound
PROFILES: tuple[str, ...] = get_args(Profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the stand-in listens, what it keeps, and how it treats media.

    Values may be text: SettingError names one that cannot be, and says what it can. Options, help and the guide's page
    are made of what stands here.

    ``host``: address to listen on.
    ``port``: HTTP port; 0 takes a free one.
    ``https_port``: port of HTTPS and WSS, beside the HTTP port and with the same paths. [no HTTPS]
    ``rtmp_port``: RTMP port; 0 takes a free one.
    ``rtmps_port``: RTMPS port. [1936, or a free one where that is taken or the RTMP port is 0]
    ``srt_port``: SRT port (UDP). [9710, or a free one where that is taken or the RTMP port is 0]
    ``srt_passphrase``: passphrase without which no SRT encoder is let in, of 10 to 79 bytes.
    ``whip_port``: port to which the media of WHIP comes (UDP); its offers come over HTTP. [8189, or a free one where
    that is taken or the RTMP port is 0]
    ``tls_cert``: PEM file with the certificate (chain) that RTMPS and HTTPS show. [one by a local CA]
    ``tls_key``: PEM file with its key, without a passphrase.
    ``public_host``: host that printed URLs carry, when it is not the one listened on. [the host]
    ``allowed_hosts``: further names that HTTP is answered to, beside addresses, localhost and names without a dot: any
    other can be made to point here. .example.com is a name and all below it. [none]
    ``allowed_origins``: pages that may call a cloud's API and read its answers, where the cloud does not say (CORS):
    origins as in http://localhost:5173, or * for any. [none]
    ``state_dir``: folder that keeps the state. [everything is gone at the end]
    ``recordings_dir``: folder for recordings, which no start empties. [with the state]
    ``media_profile``: what is made of media. faithful: the ladder that the API asked for. light: the same shape at a
    size that two cores encode with ease. passthrough: the encoder's pictures as they are.
    ``seed``: whole number that makes every id and secret repeatable (not the RSA keys).
    ``seed_world``: clouds that begin with people, streams and what they did. [nobody is there]
    ``ffmpeg``: the ffmpeg to use; 'offair doctor' tests each. [the best found]
    ``journal_size``: entries that the journal keeps.
    ``body_limit``: bytes that a request's body may have.
    ``stale_after``: real seconds after which a silent encoder is sent away.
    ``switches``: a cloud's own choices: cloud.switch=value, with commas between several.
    """

    host: Host = "127.0.0.1"
    port: Port = 8420
    https_port: Port | None = None
    rtmp_port: Port = 1935
    rtmps_port: Port | None = None
    srt_port: Port | None = None
    srt_passphrase: str | None = None
    whip_port: Port | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_host: Host | None = None
    allowed_hosts: tuple[HostName, ...] = ()
    allowed_origins: tuple[Origin, ...] = ()
    state_dir: Path | None = None
    recordings_dir: Path | None = None
    media_profile: Profile = "faithful"
    seed: int | None = None
    seed_world: tuple[str, ...] = ()
    ffmpeg: Path | None = None
    journal_size: Count = 2_000
    body_limit: Count = 262_144
    stale_after: Seconds = 15.0
    switches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, setting in described(Settings).items():
            value = getattr(self, name)
            read = gather(value) if name == "switches" else convert(value, setting.kind, spelt=name)
            if isinstance(read, Path):
                read = read.absolute()  # others are told of it, and whoever uses it may stand elsewhere by then
            object.__setattr__(self, name, read)

    @property
    def shown_host(self) -> str:
        """The host that printed URLs carry."""
        if self.public_host:
            return self.public_host
        return "127.0.0.1" if self.host in ANYWHERE else self.host

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are answered to, beside this machine's own."""
        return (self.host, self.public_host or "", *self.allowed_hosts)

    @property
    def own_certificate(self) -> tuple[Path, Path] | None:
        """The user's own certificate and its key; SettingError when one is there and the other is not."""
        if self.tls_cert is None and self.tls_key is None:
            return None
        if self.tls_cert is None or self.tls_key is None:
            raise SettingError("tls_cert and tls_key belong together: name both files, or none for a local CA's")
        return self.tls_cert, self.tls_key
