"""A report for programs."""

import json

from offair.contracts.report import Report


def write_json(report: Report) -> str:
    """Write every rule with its outcome and violations."""
    return json.dumps(report.as_json(), indent=2, ensure_ascii=False, default=_shown) + "\n"


def _shown(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
