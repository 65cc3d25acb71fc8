"""What players fetch, spoilt on request: names, texts, and the answers themselves."""
