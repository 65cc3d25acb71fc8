"""The control surface: what a test does to the stand-in itself, under a path that no cloud uses."""
