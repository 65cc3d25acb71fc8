"""What AINative knows beside the nouns that every cloud shares: frozen records, each with its table."""
