"""Talking to a running stand-in's control surface."""

import json
import urllib.error
import urllib.request
from typing import Any

import click

TIMEOUT = 10.0


def ask(url: str, path: str, body: Any = None) -> Any:
    """Call the control surface under a root URL and give its JSON; what goes wrong ends the command with a sentence."""
    target = f"{url.rstrip('/')}/_understudy{path}"
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(target, content, {"Content-Type": "application/json"})  # noqa: S310 - the user's own URL
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - as above
            return json.load(answer)
    except urllib.error.HTTPError as error:
        words = error.read().decode("utf-8", "replace")
        raise click.ClickException(f"the stand-in says {error.code}: {_error(words)}") from error
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"no stand-in answers at {url} ({error}); start one with 'understudy serve', or say where it is with --url"
        ) from error


def exports(ready: dict[str, Any]) -> dict[str, str]:
    """Turn the ready object into environment variables: each cloud's base URL and credentials by its name."""
    variables = {
        "UNDERSTUDY_URL": ready["control_url"].rpartition("/")[0],
        "UNDERSTUDY_RTMP_URL": ready["rtmp_url"],
    }
    for cloud, shown in ready["clouds"].items():
        prefix = cloud.upper().replace("-", "_")
        variables[f"{prefix}_BASE_URL"] = shown["base_url"]
        variables |= {f"{prefix}_{kind.upper()}": value for kind, value in shown["credentials"].items()}
    return variables


def _error(words: str) -> str:
    try:
        return str(json.loads(words)["error"])
    except (ValueError, KeyError, TypeError):
        return words[:300]
