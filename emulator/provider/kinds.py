"""The kinds of value that a cloud's switches may have beside plain ones: each refuses what would do nothing."""

from offair.emulator.settings.forms import (
    CloudDelay,
    CloudSeconds,
    CloudWholeSeconds,
    Count,
    HeaderName,
    Patience,
    Quantity,
    Seconds,
    Url,
)

__all__ = [
    "CloudDelay",
    "CloudSeconds",
    "CloudWholeSeconds",
    "Count",
    "HeaderName",
    "Patience",
    "Quantity",
    "Seconds",
    "Url",
]
