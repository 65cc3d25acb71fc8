"""JSON Schema (Draft 2020-12) that answers with Violations in the order of the schema document.

A schema may say who stands behind it: ``x-grade`` and ``x-source`` hold for everything below them, and
``x-inferred`` names single keywords that are guesses, each with its reason. A clause with ``x-rule`` is a rule that
the cloud has a name for: whatever breaks inside is reported once, as that rule. Its ``code``, ``message``,
``grade`` and ``source`` become the violation's; its ``field`` is dotted, below the value that the clause judges.
"""

from collections.abc import Iterable, Mapping, Set
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from offair.contracts.blame import Blame, blame
from offair.contracts.formats import is_uri
from offair.contracts.pointer import members, needed, unfold
from offair.contracts.shortening import shorten
from offair.contracts.spelling import Spelling, spelling
from offair.contracts.violation import Path, Violation

if TYPE_CHECKING:
    import jsonschema_rs

PRECEDENCE = (
    ("required",),
    ("type",),
    ("enum", "const"),
    ("minLength", "maxLength", "minItems", "maxItems"),
    ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    ("format", "pattern"),
)
RANKS = {rule: rank for rank, rules in enumerate(PRECEDENCE) for rule in rules}
ENDS = frozenset({"required", "type"})
ENOUGH = 200  # places, and items of a list behind the first wrong one
BEFORE_MEMBERS, AFTER_MEMBERS = -1, 1 << 30


class Schema:
    """A schema, compiled when it is first asked.

    ``where`` is what it judges, as Violations say it. ``components`` is the part of the OpenAPI document that
    ``$ref: '#/components/...'`` points into.
    """

    def __init__(self, schema: Mapping[str, Any], *, where: str, components: Mapping[str, Any] | None = None) -> None:
        self.where = where
        self.root: dict[str, Any] = {**schema, **({} if components is None else {"components": components})}

    @cached_property
    def _compiled(self) -> "jsonschema_rs.Draft202012Validator":
        """What is compiled is copied, and a document has a thousand schemas: each gets what it needs of it."""
        import jsonschema_rs  # four megabytes, which who is never asked does without

        own = {name: node for name, node in self.root.items() if name != "components"}
        return jsonschema_rs.Draft202012Validator(
            {**own, "components": needed(self.root.get("components", {}), own)},
            validate_formats=True,
            formats={"uri": is_uri},
            ignore_unknown_formats=True,
        )

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The JSON types that the schema names for a value; none where it names none."""
        return spelling(self.root, [self.root]).kinds

    @property
    def is_binary(self) -> bool:
        """A body of it is bytes as they came, whatever their type says (OpenAPI 3.0.4, ``format: binary``)."""
        return self.root.get("format") == "binary"

    @cached_property
    def spellings(self) -> Mapping[str, Spelling]:
        """How each declared member of an object is written as text."""
        named = members(unfold(self.root, [self.root]))
        return {name: spelling(self.root, nodes) for name, nodes in named.items()}

    @cached_property
    def files(self) -> frozenset[str]:
        """The declared members of a form that are files: of ``format: binary``, or with a media type of their own."""
        named = members(unfold(self.root, [self.root]))
        return frozenset(name for name, nodes in named.items() if any(map(_is_file, unfold(self.root, nodes))))

    def is_valid(self, value: Any) -> bool:
        """Judge in microseconds, without saying why."""
        compiled = self._compiled
        try:
            return compiled.is_valid(value)
        except ValueError:  # half a surrogate pair, or nested too deeply: violations() says which
            return False

    def violations(self, value: Any) -> list[Violation]:
        """Judge, and say what is wrong: one violation a place, in the order of the schema document.

        The most telling one is kept (missing before type before values before lengths before ranges before
        formats), and nothing is said about what lies below a value that is missing or of the wrong type.
        Of a value that is wrong in more places than anybody reads the first hundreds are told, and no more looked for:
        listing them takes longer than reading what was sent.

        A named rule stands after the members of the place that it names, and is told instead of a plain "missing".
        """
        try:
            if self._compiled.is_valid(value):
                return []
            looked_at = shorten(value, ENOUGH, self._compiled.is_valid)
            errors = self._compiled.iter_errors(looked_at)  # all of them at once, however few are read
            blames = list(islice((found for error in errors for found in blame(self, error, looked_at)), ENOUGH))
        except ValueError as error:
            return [_not_json(self.where, error)]
        kept = _most_telling(blames)
        return [found.violation for found in sorted(kept, key=self._standing)]

    def _standing(self, found: Blame) -> tuple[tuple[int, ...], tuple[int, ...]]:
        last = AFTER_MEMBERS if found.violation.is_named else BEFORE_MEMBERS
        return (*self._ranks(found.violation.path), last), found.standing

    def _ranks(self, path: Path) -> list[int]:
        """Say where a path stands in the schema document: the position of each member among its siblings."""
        nodes = unfold(self.root, [self.root])
        ranks: list[int] = []
        for part in path:
            if isinstance(part, int):
                ranks.append(part)
                nodes = unfold(self.root, [node["items"] for node in nodes if "items" in node])
            else:
                named = members(nodes)
                ranks.append(list(named).index(part) if part in named else len(named))
                nodes = unfold(self.root, named.get(part, []))
        return ranks


def _most_telling(blames: Iterable[Blame]) -> list[Blame]:
    plain: dict[Path, Blame] = {}
    named: dict[tuple[Path, str], Blame] = {}
    for found in blames:
        path = found.violation.path
        if found.violation.is_named:
            named.setdefault((path, found.violation.rule), found)
        elif path not in plain or _rank(found) < _rank(plain[path]):
            plain[path] = found
    for path, _ in named:
        if path in plain and plain[path].violation.rule == "required":
            del plain[path]
    ends = {path for path, found in plain.items() if found.violation.rule in ENDS}
    return [found for found in (*plain.values(), *named.values()) if not _follows(found.violation, ends)]


def _follows(violation: Violation, ends: Set[Path]) -> bool:
    """Whether the violation only repeats that something above it is missing or of the wrong type."""
    path = violation.path
    return any(path[:length] in ends for length in range(len(path))) or (violation.is_named and path in ends)


def _is_file(node: Mapping[str, Any]) -> bool:
    return node.get("format") == "binary" or "contentMediaType" in node


def _rank(found: Blame) -> int:
    return RANKS.get(found.violation.rule, len(PRECEDENCE))


def _not_json(where: str, error: ValueError) -> Violation:
    return Violation(
        rule="type",
        where=where,
        expected="JSON",
        message=f"cannot be judged as JSON: {error}",
        source="RFC 8259, sections 8.1 (Unicode) and 9 (a parser may limit the depth of nesting)",
    )
