"""What is drawn depends on the seed alone, and not on what else a process has imported."""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch


def by_seed_alone() -> AbstractContextManager[Any]:
    """Keep Hypothesis from drawing constants of modules, of which another process has others.

    It looks for them in the source of each imported module that lies in no site-packages, and would draw them in place
    of what the same seed draws elsewhere. What is drawn outside has them as before.
    """
    from hypothesis.internal.cache import LRUCache
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    return patch.multiple(providers, create=True, _get_local_constants=Constants, CONSTANTS_CACHE=LRUCache(1024))
