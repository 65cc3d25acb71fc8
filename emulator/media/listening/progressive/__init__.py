"""A running stream as one endless MP4 for each of its readers."""
