"""One folder a cloud, each with the same words: operations, rules, wire, errors, hooks, auth, switches."""
