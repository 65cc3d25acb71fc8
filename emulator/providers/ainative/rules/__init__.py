"""What AINative does, in our own words: no HTTP, no names of its JSON."""
