"""AINative's JSON, in both directions: the only place (with ``errors`` and ``auth``) where its names are written."""
