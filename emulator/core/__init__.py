"""The nouns that every cloud shares: no HTTP, no ffmpeg, no cloud's name."""
