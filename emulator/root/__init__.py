"""A local stand-in for live-streaming clouds, and what those clouds promise."""
