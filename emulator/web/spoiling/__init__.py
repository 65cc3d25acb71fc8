"""What players fetch, spoilt on request: the texts, and the answers themselves."""
