"""What became different between two contracts: ``compare(old, new)``, each difference breaking, risky or harmless."""

from offair.contracts.difference.comparing import compare
from offair.contracts.difference.difference import Difference, Level
from offair.contracts.difference.papers import Papers, read_papers

__all__ = ["Difference", "Level", "Papers", "compare", "read_papers"]
