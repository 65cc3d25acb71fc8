"""What Bintu's main API does, a module for each thing that it documents."""

from offair.emulator.providers.bintu.operations import organisation, pages, settings, streams, tags, transcodes, users
from offair.emulator.providers.bintu.operations.documented import operation

__all__ = ["operation", "organisation", "pages", "settings", "streams", "tags", "transcodes", "users"]
