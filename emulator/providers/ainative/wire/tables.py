"""Tables for spreadsheets (RFC 4180), in which nothing is taken for a formula."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

CSV = "text/csv"
# OWASP, CSV Injection: what a spreadsheet takes for the beginning of a formula
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe(value: Any) -> Any:
    """Write a value so that a spreadsheet shows it as the text that it is."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULAS):
        return f"'{value}"
    return "" if value is None else value


def write(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows that have the same members, under their names."""
    text = io.StringIO()
    table = csv.writer(text)
    names = list(rows[0]) if rows else []
    table.writerow(names)
    table.writerows([safe(row[name]) for name in names] for row in rows)
    return text.getvalue()


def attachment(name: str) -> dict[str, str]:
    """Say that an answer is to be kept as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}
