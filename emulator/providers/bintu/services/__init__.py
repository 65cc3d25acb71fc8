"""Bintu's further services, each with hosts, credentials and a way to say no of its own."""
