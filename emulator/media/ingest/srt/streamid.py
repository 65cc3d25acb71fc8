"""What a caller wants, from the one string that SRT lets it say: its stream id.

Three grammars are in use. Nothing is lost when all are understood at once:

- ``#!::r=live/KEY,m=publish``, libsrt's access control: keys in any order, of which ``r`` is the resource and ``m``
  the mode. ``h``, ``s``, ``t`` and ``u`` are standard and mean nothing here; other keys join the query.
- ``push:NAME``, ``push:NAME?k=v&k=v``, and either with ``:record`` behind it, which joins the query as ``record``.
- ``KEY``, ``live/KEY`` or ``live/KEY?k=v``.

Each may come percent-encoded, wholly or partly. Without an application in it, ``Knock.app`` is empty.
"""

from urllib.parse import unquote_to_bytes

from offair.emulator.core.ports import Knock
from offair.emulator.media.ingest.srt.rejections import Code, Denial

LONGEST = 512  # bytes (draft-sharabayko-srt-01, 3.2.1.3)
KEYED = "#!::"
PUSH = "push:"
STANDARD = frozenset("hmrstu")


def read_stream_id(said: bytes, *, peer: str) -> Knock | Denial:
    """Read a stream id as it stood in the handshake, in the order in which it is read aloud."""
    try:
        text = unquote_to_bytes(said).decode()
    except UnicodeDecodeError:
        return _bad(said, "it is not UTF-8")
    if not text:
        return Denial(Code.BAD_REQUEST, "the caller said no stream id; add ?streamid=#!::r=APP/KEY,m=publish")
    if len(said) > LONGEST:
        return _bad(said[:40], f"it is longer than {LONGEST} bytes")
    if not text.isprintable():
        return _bad(said, "it has characters that cannot be printed")
    if text.startswith(KEYED):
        return _read_keyed(text, peer)
    if text.startswith("#!"):
        return _bad(said, f"only {KEYED!r} is understood after '#!'")
    if text.startswith(PUSH):
        return _read_push(text, peer)
    return _knock(text, text, peer)


def _read_keyed(text: str, peer: str) -> Knock | Denial:
    values: dict[str, str] = {}
    for part in text.removeprefix(KEYED).split(","):
        key, equals, value = part.partition("=")
        if not (key and equals):
            return _bad(text, f"{part!r} is not key=value")
        if key in values:
            return _bad(text, f"{key!r} is said twice")
        values[key] = value
    mode = values.get("m", "request")  # what a missing mode means
    if mode != "publish":
        return Denial(Code.BAD_MODE, f"the mode is {mode!r} in the stream id {text!r}; only m=publish is served")
    others = [f"{key}={value}" for key, value in values.items() if key not in STANDARD]
    return _knock(text, values.get("r", ""), peer, *others)


def _read_push(text: str, peer: str) -> Knock | Denial:
    resource, colon, word = text.removeprefix(PUSH).partition(":")
    if colon and word != "record":
        return _bad(text, f"{word!r} is not 'record'")
    if "/" in resource.partition("?")[0]:
        return _bad(text, "a name after 'push:' has no '/'")
    return _knock(text, resource, peer, *([word] if word else []))


def _knock(text: str, resource: str, peer: str, *queries: str) -> Knock | Denial:
    path, _, query = resource.partition("?")
    app, slash, name = path.lstrip("/").partition("/")
    if not slash:
        app, name = "", app
    name = name.strip("/")
    if not name:
        return _bad(text, "it names no stream")
    return Knock(protocol="srt", app=app, name=name, peer=peer, query="&".join(filter(None, (query, *queries))))


def _bad(said: object, why: str) -> Denial:
    return Denial(Code.BAD_REQUEST, f"the stream id {said!r} is not understood: {why}")
