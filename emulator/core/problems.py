"""Why an operation says no. A rule raises one of these; the cloud's ``errors.py`` says it in the cloud's words."""

from collections.abc import Sequence
from math import ceil

from offair.contracts.violation import Violation

MOST = 50  # violations that one answer tells


class Problem(Exception):
    """An operation cannot do what was asked; the message is a sentence for a person."""


class Malformed(Problem):
    """The body cannot be read as what it says it is; ``offset`` is the byte where reading stopped."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class TooLarge(Malformed):
    """The body is longer than the operation takes."""


class WrongMedia(Malformed):
    """The body is of a media type that the operation does not document."""


class Invalid(Problem):
    """The request can be read, and breaks rules of the contract: a value's type or a limit, something missing.

    Of many ``violations`` the first are kept, so that no answer is longer than anybody reads; ``left`` are so many
    others that nobody spelt out.
    """

    def __init__(self, violations: Sequence[Violation], left: int = 0) -> None:
        super().__init__(sentences(violations, left))
        self.violations = tuple(violations[:MOST])
        self.left = left + len(violations[MOST:])


class Unusable(Invalid):
    """The body can be read and breaks no rule of the contract, and yet nothing can be made of it.

    ``source`` says who asks for more than the contract does.
    """

    def __init__(self, message: str, source: str) -> None:
        super().__init__([Violation(rule="usable", where="request.body", message=message, source=source)])
        self.args = (message,)


class Unauthorized(Problem):
    """Nobody is known by these credentials; ``is_missing`` says that there were none."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing


class Forbidden(Problem):
    """The caller is known, and may not do this; ``wanted`` are the scopes of which it lacks some, any set is enough."""

    def __init__(self, message: str, wanted: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(message)
        self.wanted = tuple(tuple(scopes) for scopes in wanted)


class Missing(Problem):
    """There is no such thing, or it belongs to somebody else."""


class Conflict(Problem):
    """The thing is in a state that forbids the operation."""


class Throttled(Problem):
    """More calls than are ``allowed`` (so many in so many cloud seconds); ``retry_after`` in cloud seconds."""

    def __init__(self, message: str, retry_after: float, *, allowed: tuple[int, float]) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.allowed = allowed

    @property
    def seconds(self) -> int:
        """Whole cloud seconds to wait, as Retry-After has them (RFC 9110 section 10.2.3): never too few, and not 0."""
        return max(1, ceil(round(self.retry_after, 3)))  # what is left of a clock's arithmetic is no second


class NoRoute(Problem):
    """The cloud documents no such path."""


class WrongMethod(Problem):
    """The cloud documents the path, and not with this method; ``allowed`` are those it has."""

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} is not documented here; {', '.join(allowed)} is")
        self.allowed = tuple(allowed)


class Unbuilt(Problem):
    """The cloud documents the operation and the stand-in does not have it yet."""


class Broken(Problem):
    """The stand-in itself failed, and the journal has the traceback; or a test asked for a ``status`` in its place."""

    def __init__(self, message: str, status: int = 500) -> None:
        super().__init__(message)
        self.status = status


def sentences(violations: Sequence[Violation], left: int = 0) -> str:
    """Say which rules were broken, the first of many; who judged them looked for no more than are needed."""
    told = [str(violation) for violation in violations[:MOST]]
    left += len(violations[MOST:])
    return "; ".join([*told, f"and at least {left} more"] if left else told)
