"""Tenbyte Livestream."""

from offair.emulator.providers.tenbyte.provider import PROVIDER

__all__ = ["PROVIDER"]
