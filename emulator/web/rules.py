"""A documented path template as a rule of the router, which is particular about the names of its parts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from offair.emulator.core.ids import as_written

PART = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule's ``text``, and the documented names of its parts in order."""

    text: str
    names: tuple[str, ...]

    def named(self, parts: Mapping[str, str]) -> dict[str, str]:
        """Give what was matched under the documented names."""
        return {name: as_written(parts[f"p{place}"]) for place, name in enumerate(self.names)}


def rule_of(template: str) -> Rule:
    """Write ``/streams/{stream-id}`` as the router has it."""
    names = tuple(PART.findall(template))
    places = iter(range(len(names)))
    return Rule(PART.sub(lambda _found: f"<p{next(places)}>", template), names)
