"""Judge a client: how it asks, how it takes what its cloud documents, and what it does when it is told to wait."""
