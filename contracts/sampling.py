"""A value that a schema allows, made of what the schema says: for answers that nobody published."""

import re
from typing import Any

from offair.contracts.pointer import Node, deref, members, unfold

DEEPEST = 12
WORDS = {
    "uuid": "0000cf2e-ae90-46bc-b119-f5f626258434",
    "date-time": "2026-04-26T10:15:30Z",
    "date": "2026-04-26",
    "uri": "https://example.com/a",
    "email": "somebody@example.com",
}
# what the patterns of documents mean, mostly
LIKELY = ("2026-04-26T10:15:30.000Z", "10:15", "0" * 32, "1", "a" * 5, "https://example.com/a", "rtmp://example.com/a",
          *WORDS.values())  # fmt: skip


def sample(root: Node, nodes: list[Any] | None = None, *, is_full: bool = False, depth: int = 0) -> Any:
    """Make a value: what an example, a constant or a default says, else the plainest; ``is_full`` has every member.

    What patterns or clauses ask for is not made: whoever needs a valid value judges it.
    """
    known = unfold(root, [root] if nodes is None else [deref(root, node) for node in nodes])
    for node in known:
        if "const" in node:
            return node["const"]
    for node in known:
        said = next((node[word] for word in ("example", "default") if word in node), None)
        listed = next((node[word][0] for word in ("examples", "enum") if node.get(word)), None)
        if said is not None or listed is not None:
            return listed if said is None else said
    return _plainest(root, known, is_full=is_full, depth=depth)


def kinds_of(known: list[Node]) -> list[str]:
    """Name the JSON types that all these schemas allow, in the order in which they are named."""
    named = [
        [node["type"]] if isinstance(node["type"], str) else list(node["type"]) for node in known if "type" in node
    ]
    return [kind for kind in named[0] if all(kind in others for others in named)] if named else []


def _plainest(root: Node, known: list[Node], *, is_full: bool, depth: int) -> Any:
    kinds = kinds_of(known)
    named = members(known)
    match next((kind for kind in kinds if kind != "null"), "object" if named else "null"):
        case "object":
            needed = [name for node in known for name in node.get("required", ())]
            others = [
                node["additionalProperties"] for node in known if isinstance(node.get("additionalProperties"), dict)
            ]
            fuller = named if is_full and depth < DEEPEST // 3 else {}
            wanted = {name: named.get(name, others or [{"type": "string"}]) for name in (*needed, *fuller)}
            parts = {name: nodes for name, nodes in wanted.items() if False not in nodes}
            return {name: sample(root, nodes, is_full=is_full, depth=depth + 1) for name, nodes in parts.items()}
        case "array":
            least = max((node.get("minItems", 0) for node in known), default=0)
            items = [node["items"] for node in known if isinstance(node.get("items"), dict)]
            one = [sample(root, items, is_full=is_full, depth=depth + 1)] if items and depth < DEEPEST else []
            return one * max(least, int(is_full))
        case "string":
            return _word(known)
        case "integer" | "number":
            return max((node.get("minimum", 1) for node in known), default=1)
        case "boolean":
            return True
    return None


def _word(known: list[Node]) -> str:
    patterns = [node["pattern"] for node in known if "pattern" in node]
    likely = [WORDS[node["format"]] for node in known if node.get("format") in WORDS] or ["a"]
    word = next((one for one in (*likely, *LIKELY) if all(re.search(said, one) for said in patterns)), likely[0])
    return word.ljust(max((node.get("minLength", 0) for node in known), default=0), "a")


def completed(root: Node, body: Any) -> Any:
    """Add to a published body what was left out of it, of objects that are required to have more."""
    return _laid_over(sample(root), body)


def _laid_over(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    more = {name: value for name, value in below.items() if name not in above}
    return {**{name: _laid_over(below.get(name), value) for name, value in above.items()}, **more}
