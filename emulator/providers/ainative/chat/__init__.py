"""How people talk beside a stream."""

from offair.emulator.providers.ainative.chat.chatter import socket

__all__ = ["socket"]
