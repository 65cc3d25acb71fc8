"""What goes wrong because a test asked for it, as data: for callers of an API, for players, for encoders."""
