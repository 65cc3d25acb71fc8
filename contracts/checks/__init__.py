"""Checks: an Exchange in, Violations out; pure, so that anybody may run them on what they have seen."""
