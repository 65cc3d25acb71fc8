"""The stand-in: what answers instead of the cloud."""
