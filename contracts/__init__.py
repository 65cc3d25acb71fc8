"""The promise: what each cloud documents, as data, and the checks that hold a server or a client to it."""
