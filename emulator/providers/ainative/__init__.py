"""AINative Live Streaming."""

from offair.emulator.providers.ainative.provider import PROVIDER

__all__ = ["PROVIDER"]
