"""Talking to a running stand-in's control surface."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from offair.contracts.terminal import harmless
from offair.emulator.cli.answers import UnlikeError, Where, read_answer
from offair.emulator.core.clock import Clock
from offair.emulator.fetching import opened
from offair.emulator.settings.saying import prefix_of, variables_of

TIMEOUT = 10.0
PAUSE = 0.05
SILENCE = 45.0  # real seconds: three times as long as events are ever silent
SHORTEST = 1.0  # seconds that an answer may take however little time is left
MOST = 1 << 28  # bytes of an answer: a snapshot may be large
LONGEST = 1 << 24  # bytes of a line: an entry may have large bodies
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
T = TypeVar("T")


class GoneError(click.ClickException):
    """Nobody answers at the URL."""


class RefusedError(click.ClickException):
    """Somebody answers, and says no with this ``status``."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def ask(
    url: str, path: str, shape: type[T], body: Any = None, *,
    method: str | None = None, patience: float = 0.0, timeout: float = TIMEOUT,
) -> T:  # fmt: skip
    """Call the control surface under a root URL and give its JSON; what goes wrong ends the command with a sentence.

    So does an answer that has not what the ``shape`` has. The ``method`` is GET, or POST where there is a body.
    ``patience`` is how many seconds to go on trying while nobody answers, ``timeout`` how many an answer may take.
    """
    check_url(url)
    clock = Clock()
    deadline = clock.deadline(patience)
    target = f"{url.rstrip('/')}/_offair{path}"
    while True:
        try:
            left = min(timeout, max(deadline.remaining, SHORTEST)) if patience else timeout
            answer = call_operation(method or ("GET" if body is None else "POST"), target, {}, body, timeout=left)
            return read_answer(answer, shape)
        except OSError as error:
            if deadline.is_over:
                raise GoneError(
                    f"no stand-in answers at {url} ({_reason(error)}); start one with 'offair serve', or give --url"
                ) from error
        except click.ClickException:
            raise
        except UnlikeError as error:
            raise unlike(url, error) from error
        except Exception as error:  # no HTTP, or no JSON: every layer has exceptions of its own for that
            raise click.ClickException(
                f"what answers at {url} is no stand-in ({harmless(str(error))}); start one with 'offair serve', "
                "or give --url"
            ) from error
        clock.sleep(PAUSE)


def check_url(url: str) -> None:
    """Let pass what can be a stand-in's URL; anything else ends the command with a sentence."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, half an address
        is_one = False
    if not is_one or not url.isprintable() or " " in url:
        raise click.ClickException(f"{url} is no URL of a stand-in; it looks like http://127.0.0.1:8420")


def unlike(url: str, error: Exception) -> click.ClickException:
    """Say that whoever answers at a URL is no stand-in of ours, and why."""
    return click.ClickException(
        f"what answers at {url} is no stand-in of this version ({error}); use the offair that started it, or --url"
    )


def call_operation(method: str, url: str, headers: Mapping[str, str], body: Any, *, timeout: float = TIMEOUT) -> Any:
    """Call an operation and give its JSON; a refusal ends the command with the refusal's own words."""
    content = None if body is None else json.dumps(body).encode()
    all_headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, content, all_headers, method=method)  # noqa: S310 - the user's own URL
    try:
        with opened(request, timeout, has_proxies=False) as answer:
            content = answer.read(MOST)
    except urllib.error.HTTPError as error:
        raise _refused(method, url, error) from error
    return msgspec.json.decode(content)


def read_lines(url: str, path: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of an answer that goes on and on, until it ends; GoneError once nobody says anything any more."""
    check_url(url)
    target = f"{url.rstrip('/')}/_offair{path}"
    request = urllib.request.Request(target, headers=dict(headers))  # noqa: S310 - the user's own URL
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=SILENCE) as answer:
            while line := answer.readline(LONGEST):
                yield line.decode("utf-8", "replace").rstrip("\r\n")
    except urllib.error.HTTPError as error:
        raise _refused("GET", target, error) from error
    except (OSError, HTTPException) as error:
        raise GoneError(f"the stand-in at {url} does not go on ({error})") from error


def _refused(method: str, url: str, error: urllib.error.HTTPError) -> RefusedError:
    """Say what an answer that is an error says, and let go of it."""
    with error:
        words = error.read(MOST).decode("utf-8", "replace")
    return RefusedError(f"{method} {url} answers {error.code}: {_error(words)}", error.code)


def exports(ready: Mapping[str, Any]) -> dict[str, str]:
    """Turn the ready object into environment variables: each cloud's URLs and credentials by its name.

    A shell will run what it is given, and a linker or a shell obeys some names (LD_PRELOAD): whoever answers may name
    nothing but what is a variable's name and begins with ours or with that of a cloud which is installed here. What
    does not fit ends the command with a sentence.
    """
    try:
        variables = variables_of(read_answer(ready, Where))
    except UnlikeError as error:
        raise click.ClickException(f"what answers is no stand-in of this version ({error})") from error
    ours = tuple(f"{prefix_of(name)}_" for name in ("offair", *_clouds_of(ready)))
    for name, value in variables.items():
        if not (NAME.fullmatch(name) and name.startswith(ours) and "\0" not in value):
            raise click.ClickException(
                f"what answers is no stand-in of yours: it names a variable {name!r}, which is none of a cloud that is "
                "installed here ('offair providers' lists them); nothing is exported"
            )
    return variables


def _clouds_of(ready: Mapping[str, Any]) -> set[str]:
    """Those that are installed here of the clouds that an answer has."""
    from offair.emulator.provider.provider import discover

    return {provider.name for provider in discover()} & set(ready["clouds"])


def _reason(error: OSError) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    return (isinstance(inner, OSError) and inner.strerror) or str(inner)


def _error(words: str) -> str:
    try:
        return harmless(str(json.loads(words)["error"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return harmless(words[:300])
