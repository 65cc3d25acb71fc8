"""Suites of somebody else's: run in this process, and without the other plugins that our tests bring."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.pytester import SysModulesSnapshot

from offair.emulator.core.clock import monotonic

IMPORTED = "-Wignore::pytest.PytestAssertRewriteWarning"  # the suite's plugins are, before it asks for them


def alone(*beside: str) -> list[str]:
    """Write the options by which pytest has no other plugin of a distribution than ours, and these.

    Ours is named in place of being found; that it is found as well is claimed where a suite is run without these.
    """
    named = [f"-p{name}" for name in ("offair", *beside)]
    return ["--disable-plugin-autoload", *named]


def run_here(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the suite that was written down in this process, with warnings as errors.

    A start of Python, pytest and a stand-in costs a hundred times what most of these suites do. What a suite imports
    stays, but for its own modules: ``pytester`` would take it all back, and what is written in C or Rust does not bear
    a second copy.
    """
    pytester._sys_modules_snapshot = SysModulesSnapshot(preserve=lambda _: True)
    paths, out, err = list(sys.path), StringIO(), StringIO()
    begun = monotonic()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = pytest.main(["-W", "error", f"--basetemp={pytester.path.parent / 'basetemp'}", *options, IMPORTED])
    finally:
        sys.path[:] = paths
        for name in [name for name, module in sys.modules.items() if _is_in(pytester.path, module)]:
            del sys.modules[name]
    sys.stdout.write(out.getvalue() + err.getvalue())  # for whoever reads why a test failed
    return pytest.RunResult(code, out.getvalue().splitlines(), err.getvalue().splitlines(), monotonic() - begun)


def _is_in(folder: Path, module: ModuleType) -> bool:
    return (getattr(module, "__file__", None) or "").startswith(f"{folder}/")  # as text: there are thousands of modules
