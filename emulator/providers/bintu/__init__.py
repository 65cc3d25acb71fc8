"""nanocosmos Bintu."""

from offair.emulator.providers.bintu.provider import PROVIDER

__all__ = ["PROVIDER"]
