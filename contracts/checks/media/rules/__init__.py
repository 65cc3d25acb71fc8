"""The rules, one small function each; ``understudy.contracts.checks.media.rulebook`` lists them all."""
