"""The only room that calls out: the hooks that a cloud sends to its customers."""
