"""How H5Live spells what it says: the only place that knows these names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from offair.emulator.core.showing import Cue, Sight
from offair.emulator.providers.bintu.h5live.wish import Wish, first

SERVER, SERVER_VERSION, INTERFACE_VERSION = "h5live", "5.0.8.0", "1.5.0.8"  # from 1.8 on, players keep connections
EVENTS = (
    "onServerInfo", "onStreamStatus", "onStreamInfo", "onStreamInfoUpdate", "onUpdateSourceSuccess",
    "onUpdateSourceError", "onUpdateSourceAbort", "onMetaData",
)  # fmt: skip
CAPABILITIES = ("onPlay", "onPause", "onUpdateSource")
BITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What an answer repeats of the request that it is for; zeros and nothing for none."""

    request: int = 0
    count: int = 0
    tag: str = ""

    @property
    def spelt(self) -> dict[str, Any]:
        """The members."""
        return {"requestId": self.request, "count": self.count, "tag": self.tag}


@dataclass(frozen=True, slots=True)
class Pause:
    """The player wants no media."""

    echo: Echo


@dataclass(frozen=True, slots=True)
class Play:
    """The player wants media again."""

    echo: Echo


@dataclass(frozen=True, slots=True)
class Switch:
    """The player wants to see something else."""

    echo: Echo
    wish: Wish


Request = Pause | Play | Switch


def read(name: str, message: Mapping[str, Any], former: Wish) -> Request:
    """Read a message of the contract's; ``former`` is what was wished until now."""
    echo = _read_echo(name, message)
    match name:
        case "onPause":
            return Pause(echo)
        case "onPlay":
            return Play(echo)
    return Switch(echo, _read_update(message[name], former))


def _read_echo(name: str, message: Mapping[str, Any]) -> Echo:
    body = _object(message.get(name))
    return Echo(request=message.get("requestId", 0), count=body.get("count", 0), tag=body.get("tag", ""))


def _read_update(asked: Mapping[str, Any], former: Wish) -> Wish:
    """Read it as a handshake would have said it; what it does not say of the connection is as it was."""
    rtmp, params, security = (_object(asked.get(name)) for name in ("rtmp", "params", "security"))
    shown = {**params, **security, **({"token": asked["token"]} if "token" in asked else {})}
    shown |= {name: rtmp[name] for name in ("url", "stream") if name in rtmp}
    kept = {name: former.query[name] for name in ("cid", "pid", "flags") if name in former.query}
    query = {**kept, **{name: (value if isinstance(value, str) else str(value),) for name, value in shown.items()}}
    return Wish(stream=first(query.get("stream", ())), query=query)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def server_info(hostname: str) -> str:
    """Say who serves, and what it can do."""
    return _message(
        "onServerInfo",
        serverName=SERVER,
        serverVersion=SERVER_VERSION,
        interfaceVersion=INTERFACE_VERSION,
        events=EVENTS,
        capabilities=CAPABILITIES,
        hostname=hostname,
    )


def stream_status(status: str, echo: Echo) -> str:
    """Say that a stream has started, stopped or paused."""
    return _message("onStreamStatus", status=status, **echo.spelt)


def stream_info(sight: Sight, *, is_update: bool = False) -> str:
    """Say what follows."""
    picture, sound = sight.picture, sight.sound
    return _message(
        "onStreamInfoUpdate" if is_update else "onStreamInfo",
        haveAudio=sound is not None,
        haveVideo=picture is not None,
        mimeType=sight.media_type,
        prerollDuration=0,
        audioInfo=sound and {"sampleRate": sound.sample_rate, "channels": sound.channels, "bitsPerSample": BITS},
        videoInfo=picture and {"width": picture.width, "height": picture.height, "frameRate": picture.fps or 0},
    )


def meta_data(cue: Cue) -> str:
    """Say what is said in the stream: its content is a text of JSON, which may have chunks, and here has one."""
    return _message(
        "onMetaData",
        handlerName=cue.name,
        streamTime=round(cue.at, 3),
        chunkIndex=1,
        chunkCount=1,
        message=msgspec.json.encode(cue.content).decode(),
    )


def update_success(echo: Echo) -> str:
    """Say that the other stream follows."""
    return _message("onUpdateSourceSuccess", **echo.spelt)


def update_error(echo: Echo, code: int) -> str:
    """Say that the other stream does not."""
    return _message("onUpdateSourceError", **echo.spelt, code=code)


def update_abort(echo: Echo, reason: str) -> str:
    """Say that a wish was overtaken."""
    return _message("onUpdateSourceAbort", **echo.spelt, reason=reason)


def _message(name: str, **members: Any) -> str:
    return msgspec.json.encode({"eventType": name, name: members}).decode()
