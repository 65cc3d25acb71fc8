"""What goes wrong in a thread is told to somebody (in the journal, as a rule); it never just ends there."""

import ast
from collections.abc import Collection, Iterator

from laws.source import Source

BROAD = {"Exception", "BaseException"}
THREADS = {"Thread", "Timer", "start_new_thread"}
NAMED = {"Thread": "name", "Timer": "name", "ThreadPoolExecutor": "thread_name_prefix"}
OURS = "offair-"
# what runs in a thread without a net, and why that will do
KNOWN = {
    ("emulator/media/ingest/judges.py", "_answer"): "what it asks has a net of its own: Visit._ask",
    ("emulator/media/ingest/edge.py", "_run"): "the loop's exception handler has the net",
    ("emulator/media/testcard/looping.py", "_run"): "threading.excepthook tells whoever runs the test",
}


def find_unheard(source: Source, known: Collection[tuple[str, str]] = tuple(KNOWN)) -> Iterator[str]:
    """Name the functions that run in a thread, or in a pool that nobody asks, and let an exception go unheard.

    A function is heard when it catches Exception somewhere, or when the Future of its ``submit`` is kept. One that
    another module defines cannot be looked into, and counts as unheard.
    """
    defined = {n.name: n for n in source.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    for line, name in sorted(_run_elsewhere(source)):
        if (source.name, name) in known or (name in defined and _has_net(defined[name])):
            continue
        yield (
            f"{source.name}:{line} runs {name} in a thread, and nobody reads what it raises: catch Exception at its "
            "top and write it into the journal as trouble, or keep the Future and ask it"
        )


def find_nameless(source: Source) -> Iterator[str]:
    """Name the lines that make a thread, or a pool of them, that is not called ``offair-...``: leaks are told by it."""
    for node in source.nodes:
        if not isinstance(node, ast.Call) or (made := _last(node.func)) not in NAMED:
            continue
        named = [given.value for given in node.keywords if given.arg == NAMED[made]]
        if not any(ast.unparse(name).lstrip("f").strip("'\"").startswith(OURS) for name in named):
            yield f"{source.name}:{node.lineno} makes a {made} without {NAMED[made]}='{OURS}...': leaks are told by it"


def _run_elsewhere(source: Source) -> Iterator[tuple[int, str]]:
    dropped = {id(node.value) for node in source.nodes if isinstance(node, ast.Expr)}
    pools = _pools(source)
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        holder, _, called = ast.unparse(node.func).rpartition(".")
        targets = [given.value for given in node.keywords if given.arg in {"target", "function"}]
        if called in THREADS:
            yield from ((node.lineno, _last(target)) for target in targets or node.args[:2][-1:])
        elif called == "submit" and holder.split(".")[-1] in pools and id(node) in dropped and node.args:
            yield node.lineno, _last(node.args[0])


def _pools(source: Source) -> set[str]:
    """Name what holds a pool: what one is put into, and what is called so because another module made it."""
    found = {"pool", "_pool", "executor", "_executor"}
    for node in source.nodes:
        made, names = None, []
        if isinstance(node, ast.Assign):
            made, names = node.value, node.targets
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            made, names = node.context_expr, [node.optional_vars]
        if isinstance(made, ast.Call) and _last(made.func).endswith("Executor"):
            found.update(map(_last, names))
    return found


def _last(target: ast.expr) -> str:
    return ast.unparse(target).rpartition(".")[2]


def _has_net(function: ast.AST) -> bool:
    kinds = [node.type for node in ast.walk(function) if isinstance(node, ast.ExceptHandler) and node.type]
    caught = [name for kind in kinds for name in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
    return bool(BROAD & {ast.unparse(name) for name in caught})
