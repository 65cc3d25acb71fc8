"""Fragments in, HLS and DASH out."""
