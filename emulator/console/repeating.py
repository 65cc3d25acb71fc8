"""A call as a curl line that is safe to paste: whatever it holds, a shell takes it as words, and a terminal too."""

import re
from collections.abc import Mapping, Sequence

PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", "'": r"\'"}


def quoted(text: str, variables: Mapping[str, str] | None = None) -> str:
    r"""Write a text as one word of a POSIX shell's, or of bash's where there is something that is not seen.

    ``variables`` are texts by the name of the variable that stands for each, so that no secret is in the line. A
    character that a terminal would obey is written as an escape (``$'\\e'``), as a paste could end with one.
    """
    for name, value in sorted((variables or {}).items(), key=lambda pair: -len(pair[1])):
        before, found, after = text.partition(value) if value else (text, "", "")
        if found:
            rest = {other: known for other, known in (variables or {}).items() if other != name}
            return (_word(before, rest) + f'"${name}"' + _word(after, rest)) or "''"
    return _bare(text)


def curl(
    method: str, url: str, headers: Mapping[str, str], body: str, variables: Mapping[str, str] | None = None
) -> str:
    """Write a request as a curl line of several lines, a part in each."""
    parts = [f"curl -i -X {_bare(method)} {quoted(url, variables)}"]
    parts += [f"-H {quoted(f'{name}: {value}', variables)}" for name, value in headers.items()]
    if body:
        parts.append(f"--data-raw {quoted(body, variables)}")
    return " \\\n  ".join(parts)


def variables_of(cloud: str, shown: Mapping[str, object]) -> dict[str, str]:
    """Name what ``offair env`` exports of a cloud: its root, and the credentials that were printed at the start."""
    prefix = cloud.upper().replace("-", "_")
    credentials = shown.get("credentials")
    pairs = credentials.items() if isinstance(credentials, Mapping) else ()
    named = {f"{prefix}_{kind.upper()}": str(value) for kind, value in pairs if len(str(value)) >= 6}
    return {f"{prefix}_BASE_URL": str(shown.get("base_url", "")), **named}


def with_variables(headers: Sequence[tuple[str, str]], shown: Mapping[str, object]) -> dict[str, str]:
    """Give a request's header with the printed credentials in place of those that the journal masks."""
    known = shown.get("headers")
    own = {str(name).lower(): str(value) for name, value in known.items()} if isinstance(known, Mapping) else {}
    return {name: own.get(name.lower(), value) for name, value in headers}


def _word(text: str, variables: Mapping[str, str]) -> str:
    return quoted(text, variables) if text else ""


def _bare(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    if character in NAMED:
        return NAMED[character]
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
