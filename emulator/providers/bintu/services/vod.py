"""Where transcripts of recorded streams are, and their replays."""

from collections.abc import Mapping
from urllib.parse import urlencode

from offair.contracts.contract import promise
from offair.emulator.core.problems import Missing, NoRoute, Problem, Throttled, WrongMethod
from offair.emulator.provider.call import Call
from offair.emulator.provider.operations import Operations
from offair.emulator.provider.reply import Reply
from offair.emulator.provider.surface import Cors, Surface
from offair.emulator.providers.bintu import transcripts
from offair.emulator.providers.bintu.hooks import recordings_of, replays_of
from offair.emulator.providers.bintu.nouns import OPTIONS
from offair.emulator.providers.bintu.rules import quality_named
from offair.emulator.providers.bintu.wire import asking

operation = Operations(promise("bintu").services["vod"])
TEXT = "text/plain; charset=utf-8"
CAPTIONS = "captions"


@operation("GET /transcript/{hash}/{name}/{file}")
def get_transcript(call: Call) -> Reply:
    """Give what was said in a stream's last recording; Missing before it is ready."""
    return _transcript(call)


@operation("GET /transcript/{hash}/{name}/production/{file}")
def get_production_transcript(call: Call) -> Reply:
    """Give the same at another place."""
    return _transcript(call)


@operation("GET /replay/{hash}/{name}/{file}")
def get_replay(call: Call) -> Reply:
    """Lead to where a stream is played from its beginning; Missing where nothing is kept for that."""
    name, file = call.path["name"], call.path["file"]
    quality = quality_named(call.world, name)
    is_kept = quality is not None and bool(replays_of(call.world, quality.stream))
    if not is_kept or call.path["hash"] != name.partition("-")[0] or not file.startswith(name):
        raise Missing("there is no replay")
    query = urlencode(call.query.lists, doseq=True)
    return Reply(302, None, {"Location": f"{call.addresses.cdn}/vod/replay/{file}{'?' if query else ''}{query}"})


def render(problem: Problem, _call: Call | None) -> Reply:
    """Say no in plain words."""
    match problem:
        case Missing() | NoRoute():
            return _no(404, problem)
        case WrongMethod():
            return _no(405, problem, {"Allow": ", ".join(problem.allowed)})
        case Throttled():
            return _no(429, problem, {"Retry-After": str(problem.seconds)})
    return _no(500, problem)


def _no(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, f"{problem}\n", headers or {}, TEXT)


def _transcript(call: Call) -> Reply:
    name, file = call.path["name"], call.path["file"]
    quality = quality_named(call.world, name)
    options = call.world.get(OPTIONS, f"{quality.id}:{CAPTIONS}") if quality else None
    recordings = recordings_of(call.world, quality.stream) if quality else []
    if options is None or not recordings or call.path["hash"] != name.partition("-")[0]:
        raise Missing("there is no transcript (yet)")
    script = transcripts.read_file(file, name, asking.read_captions({"options": options.options}))
    if script is None:
        raise Missing(f"there is no transcript {file}")
    text = transcripts.write(script, call.switches.caption_text, recordings[-1].seconds or 0.0)
    return Reply(200, text, media_type=transcripts.MEDIA_TYPES[script.kind])


SURFACE = Surface(operations=operation, render=render, cors=Cors())
