"""What is drawn depends on the seed alone, and not on what else a process has imported."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch


def by_seed_alone() -> AbstractContextManager[Any]:
    """Keep Hypothesis from drawing constants of modules, of which another process has others.

    It looks for them in the source of each imported module that lies in no site-packages, and would draw them in place
    of what the same seed draws elsewhere. What is drawn outside has them as before. There is no public word for it: a
    Hypothesis that has moved what this takes away draws what it likes, and all else is judged as ever.
    """
    try:
        from hypothesis.internal.cache import LRUCache
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.constants_ast import Constants
    except ImportError:
        return nullcontext()
    return patch.multiple(providers, create=True, _get_local_constants=Constants, CONSTANTS_CACHE=LRUCache(1024))
