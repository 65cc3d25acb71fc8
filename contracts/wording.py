"""What a broken JSON Schema keyword means, in words that finish the sentence "<place> ..."."""

from collections.abc import Callable
from typing import Any

WORDS: dict[str, Callable[[Any], str]] = {
    "required": lambda _: "is missing",
    "enum": lambda values: f"must be one of {', '.join(map(repr, values))}",
    "const": lambda value: f"must be {value!r}",
    "minLength": lambda limit: f"must be at least {_count(limit, 'character')} long",
    "maxLength": lambda limit: f"must be at most {_count(limit, 'character')} long",
    "minItems": lambda limit: f"must have at least {_count(limit, 'item')}",
    "maxItems": lambda limit: f"must have at most {_count(limit, 'item')}",
    "uniqueItems": lambda _: "must not have an item twice",
    "minimum": lambda limit: f"must be {limit} or more",
    "maximum": lambda limit: f"must be {limit} or less",
    "exclusiveMinimum": lambda limit: f"must be more than {limit}",
    "exclusiveMaximum": lambda limit: f"must be less than {limit}",
    "multipleOf": lambda step: f"must be a multiple of {step}",
    "format": lambda name: f"must be a valid {name}",
    "pattern": lambda pattern: f"must match {pattern}",
    "additionalProperties": lambda _: "is not documented",
    "unevaluatedProperties": lambda _: "is not documented",
    "": lambda _: "must not be there",
}
KINDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
JSON = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


def wording(keyword: str, expected: Any, got: Any) -> str:
    """Say in words what a keyword wanted; an unusual keyword is named as it stands."""
    if keyword == "type":
        wanted = " or ".join(KINDS[kind] for kind in ([expected] if isinstance(expected, str) else expected))
        return f"must be {wanted}, not {KINDS[JSON.get(type(got), 'null')]}"
    words = WORDS.get(keyword)
    return f"breaks {keyword!r}" if words is None else words(expected)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
