"""Bintu's errors by what happened: status, code and words in one table, where a guess can be put right."""

from dataclasses import dataclass
from typing import Any

from offair.emulator.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Term:
    """An error: HTTP ``status``, the cloud's ``code`` and its ``message``."""

    status: int
    code: int
    message: str


INTERNAL = Term(500, 1000, "Internal error")  # guess
NOWHERE = Term(404, 1001, "Not found")  # guess
METHOD = Term(405, 1001, "Not found")  # guess
REQUIRED = Term(400, 1002, "Parameter required")
TAKEN = Term(400, 1003, "Parameter not unique")
WRONG_TYPE = Term(400, 1004, "Wrong Data Type")
DENIED = Term(403, 2001, "Access denied")
NO_CAPTIONS = Term(403, 2003, "LiveCaptioningNotEnabled")  # the name is documented, the code a guess
NO_STREAM = Term(404, 3001, "Stream not found")  # guess
NO_TYPE = Term(400, 3002, "Stream Type is not available")
NO_PROFILE = Term(400, 3003, "Transcoding profile is not available")  # guess
NO_LOGIN = Term(401, 4002, "User Credentials are not valid")
NO_USER = Term(404, 4001, "User not found")  # guess
TOO_MANY = Term(429, 1000, "Too many requests")  # guess: no limit is documented, and a test may set one
UNBUILT = Term(501, 1000, "Internal error")


class Declined(Problem):
    """A rule says no in the catalogue's words; ``details`` are what the error says beside them."""

    def __init__(self, term: Term, **details: Any) -> None:
        super().__init__(f"{term.message} ({', '.join(f'{name}: {value}' for name, value in details.items())})")
        self.term = term
        self.details = details
