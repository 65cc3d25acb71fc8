"""The rules, one small function each; ``offair.contracts.checks.media.rulebook`` lists them all."""
