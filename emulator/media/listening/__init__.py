"""Who listens to a running broadcast: the live numbers, and the readers of its endless MP4."""
