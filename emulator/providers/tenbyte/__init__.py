"""Tenbyte Livestream."""

from understudy.emulator.providers.tenbyte.provider import PROVIDER

__all__ = ["PROVIDER"]
