"""The other plugins that our tests bring: which of them a suite of somebody else's is run without."""

# they take seconds to import, or change what a suite is like
OTHERS = (
    "schemathesis", "hypothesispytest", "anyio", "respx", "playwright", "base_url", "asyncio", "randomly", "socket",
    "pytest_httpserver", "timeout", "xdist", "xdist.looponfail", "time_machine", "recording",
)  # fmt: skip


def without(*beside: str) -> list[str]:
    """Write the options by which pytest does without all but these."""
    return [f"-pno:{name}" for name in OTHERS if name not in beside]
