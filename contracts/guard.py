"""Who may: security requirements, as OpenAPI writes them."""

from collections.abc import Iterable, Mapping, Sequence, Set

# the schemes that are needed together, each with the scopes (or roles) that the caller must hold
Requirement = Mapping[str, tuple[str, ...]]


class Guarded:
    """What is behind ``security``: requirements of which any one is enough; none at all where anybody may."""

    __slots__ = ()

    security: tuple[Requirement, ...]

    @property
    def schemes(self) -> tuple[str, ...]:
        """Every scheme that is named, in the order of the document."""
        return tuple({scheme: None for requirement in self.security for scheme in requirement})  # in order, once each

    @property
    def is_open(self) -> bool:
        """Credentials are not needed; where some are named, they are allowed."""
        return not self.security or {} in self.security

    def permits(self, kind: str | None, scopes: Set[str]) -> bool:
        """Say whether credentials of one scheme are enough, with the scopes that they hold; None is nobody's."""
        for requirement in self.security:  # plain loops: this is asked at every call
            for scheme, needed in requirement.items():
                if scheme != kind or not scopes >= set(needed):
                    break
            else:
                return True
        return not self.security


def read_security(alternatives: Iterable[Mapping[str, Sequence[str]]]) -> tuple[Requirement, ...]:
    """Read a document's ``security``."""
    return tuple({scheme: tuple(scopes) for scheme, scopes in needed.items()} for needed in alternatives)
