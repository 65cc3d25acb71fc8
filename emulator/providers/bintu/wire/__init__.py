"""Bintu's JSON, in both directions; with hooks, errors and auth the only place where its names are written."""
