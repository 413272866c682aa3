#!/usr/bin/env python3
"""Measure the shape of Python code bases, one row per repository.

Standard library only.  Reads either a work tree or a bare git directory (the
newest commit), so a fetched snapshot and our own checkout are measured alike.

Usage
-----
    measure_style.py TARGET [TARGET ...] [--json FILE] [--markdown] [--detail]
                     [--skip PART] [--limit 'KEY<=N'] [--limit 'KEY>=N']

    TARGET = [LABEL=]PATH[:CODE[,CODE...]]

PATH is a work tree or a git directory; CODE are the folders holding shipped
code (default: every non-test .py file outside docs/examples/vendored folders).

    measure_style.py ours=.:workstation --detail
    measure_style.py ours=.:workstation --limit 'file_max<=500' --limit 'cycles<=0'
    measure_style.py napari=PATH/TO/napari:src/napari

What is counted
---------------
* A *test file* has a path part test/tests/_tests/testing, or is named test_*.py,
  *_test.py or conftest.py.  Everything else under CODE is code.
* *Lines* are physical lines; ``sloc`` drops blanks, comments and docstrings.
* *Data modules* (over 500 lines, no function and no class: generated tables) are
  counted apart and left out of every file-length figure.
* *Function length* is last line - first line + 1, from ``def`` (not its
  decorators), less the docstring, so good documentation is not punished; nested
  functions are counted by themselves as well.
* *Complexity* is McCabe's: 1 + branches; nested functions not included.
* *Docstring coverage*: public classes, functions and methods of public owners,
  not overloads, not property setters, not ``@override``.
* *Annotation coverage*: share of parameters (without self/cls) and returns that
  carry an annotation, ``__init__`` needing no return.
* *Import cycles*: strongly connected components (>1 module) of the graph of
  imports that run when a module is imported; imports under TYPE_CHECKING and
  inside functions do not count.
* *Layer leaks*: files importing Qt, files importing VTK, files importing both.
* *Habits*: over the newest non-merge, non-bot commits that touch Python: files
  and lines per commit, share of code-changing commits that change a test too,
  share of subjects of at most 72 characters.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import math
import re
import subprocess
import sys
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from statistics import mean, median

TEST_PARTS = {"test", "tests", "_tests", "testing"}
SKIP_PARTS = {
    "docs",
    "doc",
    "examples",
    "example",
    "vendor",
    "_vendor",
    "vendored",
    "node_modules",
    "build",
    "dist",
    ".git",
    ".venv",
    "venv",
    "site-packages",
    "benchmarks",
    "asv_bench",
    "__pycache__",
    ".tox",
    ".mypy_cache",
}
QT_ROOTS = {"PySide6", "PySide2", "PyQt5", "PyQt6", "qtpy", "aqt.qt", "qt"}
VTK_ROOTS = {"vtk", "vtkmodules", "pyvista"}
LONG_FUNCTION = 60
LONG_FILE = 500
HABIT_COMMITS = 300


class Tree:
    """The files of a work tree or of the newest commit of a git directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
        self.git = ["git", f"--git-dir={path}"] if self.bare else ["git", "-C", str(path)]

    def names(self) -> list[str]:
        """Return every tracked path (or every file, outside git)."""
        args = (
            ["ls-tree", "-r", "-z", "--name-only", "HEAD"]
            if self.bare
            else ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        )
        done = subprocess.run([*self.git, *args], capture_output=True, check=False)
        if done.returncode == 0:
            return [n for n in done.stdout.decode("utf8", "replace").split("\0") if n]
        return [p.relative_to(self.path).as_posix() for p in self.path.rglob("*") if p.is_file()]

    def read(self, names: list[str]) -> Iterator[tuple[str, str]]:
        """Yield (path, text) for the paths that can be read."""
        if not self.bare:
            for name in names:
                try:
                    yield name, (self.path / name).read_text("utf8", "replace")
                except OSError:
                    continue
            return
        # one batch process; answers are streamed back in the order asked
        asked = "".join(f"HEAD:{n}\n" for n in names if "\n" not in n)
        done = subprocess.run(
            [*self.git, "cat-file", "--batch"],
            check=False,
            input=asked.encode(),
            capture_output=True,
        )
        data, pos = done.stdout, 0
        for name in (n for n in names if "\n" not in n):
            end = data.find(b"\n", pos)
            if end < 0:
                return
            head = data[pos:end].split()
            pos = end + 1
            if len(head) < 3 or head[-1] == b"missing":
                continue
            size = int(head[-1])
            if head[-2] == b"blob":
                yield name, data[pos : pos + size].decode("utf8", "replace")
            pos += size + 1

    def commits(self, count: int) -> str:
        """Return a numstat log of the newest non-merge commits."""
        done = subprocess.run(
            [
                *self.git,
                "log",
                f"-{count}",
                "--no-merges",
                "--numstat",
                "--format=%x01%an%x02%s",
                "--",
                "*.py",
            ],
            capture_output=True,
            check=False,
        )
        # a snapshot may lack some blobs: keep what was listed before that
        return done.stdout.decode("utf8", "replace")


@dataclass
class Function:
    """One function or method."""

    where: str
    lines: int
    complexity: int
    params: int


@dataclass
class Module:
    """What one source file contributes."""

    path: str
    lines: int
    sloc: int = 0
    comments: int = 0
    functions: list[Function] = field(default_factory=list)
    classes: list[tuple[str, int]] = field(default_factory=list)  # name, methods
    documented: int = 0
    documentable: int = 0
    annotated: int = 0
    annotatable: int = 0
    imports: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)
    uses_qt: bool = False
    uses_vtk: bool = False
    broad_excepts: int = 0
    silent_excepts: int = 0
    prints: int = 0
    star_imports: int = 0
    globals: int = 0
    has_module_doc: bool = False


BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp)
FUNCS = (ast.FunctionDef, ast.AsyncFunctionDef)


def own_nodes(func: ast.AST) -> Iterator[ast.AST]:
    """Walk a function's nodes, stopping at nested functions and classes."""
    stack = list(ast.iter_child_nodes(func))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*FUNCS, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))


def doc_lines(node: ast.AST) -> range:
    """Return the line numbers of a definition's docstring."""
    body = getattr(node, "body", None)
    if body and isinstance(body[0], ast.Expr):
        value = body[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
    return range(0)


def complexity(func: ast.AST) -> int:
    """Return McCabe's number for one function."""
    total = 1
    for node in own_nodes(func):
        if isinstance(node, BRANCHES):
            total += 1
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            total += 1 + len(node.ifs)
        elif isinstance(node, ast.Match):
            total += len(node.cases)
    return total


def decorator_names(node: ast.AST) -> list[str]:
    """Return the dotted names of a definition's decorators."""
    names = []
    for deco in getattr(node, "decorator_list", []):
        target = deco.func if isinstance(deco, ast.Call) else deco
        try:
            names.append(ast.unparse(target))
        except (ValueError, RecursionError):
            # An exotic tree has no text; the name is only for the list of offenders.
            names.append("")
    return names


def is_type_checking(test: ast.expr) -> bool:
    """Tell whether an ``if`` test is the TYPE_CHECKING guard."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def import_time(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run when the module is imported."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If):
            if not is_type_checking(node.test):
                yield from import_time(node.body)
            yield from import_time(node.orelse)
        elif isinstance(node, (ast.Try, *([ast.TryStar] if hasattr(ast, "TryStar") else []))):
            for part in (node.body, node.orelse, node.finalbody):
                yield from import_time(part)
            for handler in node.handlers:
                yield from import_time(handler.body)
        elif isinstance(node, (ast.With, ast.ClassDef)):
            yield from import_time(node.body)


def count_lines(text: str, tree: ast.Module) -> tuple[int, int]:
    """Return (source lines, comment lines)."""
    docs: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCS, ast.ClassDef, ast.Module)):
            docs.update(doc_lines(node))
    code: set[int] = set()
    comments = 0
    skip = {
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                comments += 1
            elif token.type not in skip:
                code.update(range(token.start[0], token.end[0] + 1))
    except (tokenize.TokenError, IndentationError):
        pass
    return len(code - docs), comments


def scan_imports(mod: Module, tree: ast.Module) -> None:
    """Record import-time imports, and which toolkits the file uses anywhere."""
    for node in import_time(tree.body):
        if isinstance(node, ast.Import):
            mod.imports += [(0, alias.name, ()) for alias in node.names]
        else:
            names = tuple(alias.name for alias in node.names)
            mod.imports.append((node.level, node.module or "", names))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots = [node.module or ""]
            mod.star_imports += any(alias.name == "*" for alias in node.names)
        else:
            continue
        for name in roots:
            mod.uses_qt |= any(name == r or name.startswith(r + ".") for r in QT_ROOTS)
            mod.uses_vtk |= name.split(".")[0] in VTK_ROOTS


def scan_smells(mod: Module, tree: ast.Module) -> None:
    """Count broad excepts, prints and globals."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            )
            mod.broad_excepts += broad
            mod.silent_excepts += (
                broad and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            )
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ):
            mod.prints += 1
        elif isinstance(node, ast.Global):
            mod.globals += len(node.names)


def is_decorated(node: ast.AST, names: set[str]) -> bool:
    """Tell whether a definition carries one of these decorators."""
    return any(deco.split(".")[-1] in names for deco in decorator_names(node))


def add_function(mod: Module, node: ast.FunctionDef, where: str, method: bool, shown: bool) -> None:
    """Record one function; ``shown`` when it is part of the public surface."""
    if is_decorated(node, {"overload"}):
        return
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    if method and args and not is_decorated(node, {"staticmethod"}):
        args = args[1:]
    extra = [a for a in (node.args.vararg, node.args.kwarg) if a]
    slots = [a.annotation is not None for a in (*args, *extra)]
    if node.name != "__init__":
        slots.append(node.returns is not None)
    mod.annotatable += len(slots)
    mod.annotated += sum(slots)
    length = (node.end_lineno or node.lineno) - node.lineno + 1 - len(doc_lines(node))
    mod.functions.append(Function(where, length, complexity(node), len(args)))
    if (
        shown
        and not node.name.startswith("_")
        and not is_decorated(node, {"override", "setter", "deleter"})
    ):
        mod.documentable += 1
        mod.documented += bool(doc_lines(node))


def scan_definitions(
    mod: Module, owner: ast.AST, prefix: str = "", public: bool = True, in_func: bool = False
) -> None:
    """Record every class and function below a node."""
    for node in ast.iter_child_nodes(owner):
        if isinstance(node, ast.ClassDef):
            shown = public and not node.name.startswith("_")
            methods = sum(isinstance(child, FUNCS) for child in node.body)
            mod.classes.append((f"{mod.path}:{prefix}{node.name}", methods))
            if shown and not in_func:
                mod.documentable += 1
                mod.documented += bool(doc_lines(node))
            scan_definitions(mod, node, f"{prefix}{node.name}.", shown, in_func)
        elif isinstance(node, FUNCS):
            add_function(
                mod,
                node,
                f"{mod.path}:{prefix}{node.name}",
                isinstance(owner, ast.ClassDef),
                public and not in_func,
            )
            scan_definitions(mod, node, f"{prefix}{node.name}.", False, True)
        else:
            scan_definitions(mod, node, prefix, public, in_func)


def parse(path: str, text: str) -> Module | None:
    """Measure one file; None when it is not valid Python 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    mod = Module(path, text.count("\n") + (not text.endswith("\n") and bool(text)))
    mod.sloc, mod.comments = count_lines(text, tree)
    mod.has_module_doc = bool(doc_lines(tree))
    scan_imports(mod, tree)
    scan_smells(mod, tree)
    scan_definitions(mod, tree)
    return mod


def dotted(path: str, roots: list[str]) -> tuple[str, bool]:
    """Return (module name, is package) of a file, relative to its source root."""
    pure = PurePosixPath(path)
    for root in sorted(roots, key=len, reverse=True):
        if root and (path == root or path.startswith(root + "/")):
            pure = pure.relative_to(PurePosixPath(root).parent)
            break
    parts = list(pure.with_suffix("").parts)
    package = parts[-1] == "__init__"
    return ".".join(parts[:-1] if package else parts), package


def import_graph(modules: list[Module], roots: list[str]) -> dict[str, set[str]]:
    """Return the import-time edges between the given modules."""
    known: dict[str, tuple[Module, bool]] = {}
    for mod in modules:
        name, package = dotted(mod.path, roots)
        known[name] = (mod, package)
    graph: dict[str, set[str]] = {name: set() for name in known}
    for name, (mod, package) in known.items():
        for level, target, names in mod.imports:
            base = target
            if level:
                parts = name.split(".")
                up = level - 1 if package else level
                parts = parts[: len(parts) - up] if up else parts
                base = ".".join([*parts, *([target] if target else [])])
            if names:
                hits = {f"{base}.{n}" if f"{base}.{n}" in known else base for n in names}
            else:
                hits = {base}
            graph[name] |= {h for h in hits if h in known and h != name}
    return graph


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for start in graph:
        if start in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(start, iter(graph[start]))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, edges = work[-1]
            step = next(edges, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.append(member)
                        if member == node:
                            break
                    if len(group) > 1:
                        found.append(sorted(group))
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(graph[step])))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return sorted(found, key=len, reverse=True)


def is_test(path: str) -> bool:
    """Tell test files from shipped code by their path."""
    pure = PurePosixPath(path)
    return (
        bool(TEST_PARTS & {part.lower() for part in pure.parts[:-1]})
        or pure.name == "conftest.py"
        or (pure.name.startswith("test_") or pure.stem.endswith("_test"))
    )


def quantile(values: list[int], share: float) -> int:
    """Return the nearest-rank quantile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def percent(part: int, whole: int) -> int | None:
    """Return a share in whole percent, rounded down; None when there is nothing to share."""
    return 100 * part // whole if whole else None


def papers(names: list[str]) -> dict[str, str]:
    """Return which process files a repository keeps."""

    def first(pattern: str) -> str:
        hits = [n for n in names if re.search(pattern, n, re.I)]
        return min(hits, key=lambda n: (n.count("/"), len(n))) if hits else ""

    return {
        "ci": first(
            r"^\.github/workflows/.*\.ya?ml$|^\.gitlab-ci\.yml$|azure-pipelines"
            r"|^\.travis|^\.cirrus|^\.buildkite|^\.circleci/"
        ),
        "changelog": first(
            r"(^|/)(changelog|changes|history|release[-_ ]?notes?|news|whats_new)"
            r"[^/]*\.(md|rst|txt|asciidoc)$|(^|/)(release_notes|changelog)/"
        ),
        "contributing": first(
            r"(^|/)contributing[^/]*$|(^|/)hacking[^/]*$"
            r"|^docs?/develop\w*\.(md|rst)$"
        ),
        "architecture": first(
            r"architect[^/]*\.(md|mdx|rst|asciidoc|ipynb)$|(^|/)adr/"
            r"|(^|/)(design|developer|developer_guide|development|dev)"
            r"/[^/]*\.(md|rst)$|(^|/)naps?/"
        ),
        "typed": first(r"py\.typed$"),
        "precommit": first(r"^\.pre-commit-config\.ya?ml$"),
        "layers": first(r"^\.importlinter$"),
    }


def layer_contract(tree: Tree, found: str) -> str:
    """Return where import-layer contracts are kept, '' when nowhere."""
    if found:
        return found
    for name, text in tree.read(["pyproject.toml", "setup.cfg"]):
        if "[tool.importlinter" in text or "[importlinter" in text or "[tool.tach" in text:
            return name
    return ""


def habits(log: str) -> dict[str, float]:
    """Return how commits look, from a numstat log."""
    files, lines, subjects = [], [], []
    code_commits = with_tests = 0
    for entry in log.split("\x01")[1:]:
        head, _, body = entry.partition("\n")
        author, _, subject = head.partition("\x02")
        if "[bot]" in author or author[-3:].lower() == "bot":
            continue
        touched, size = [], 0
        for row in body.strip().splitlines():
            cells = row.split("\t")
            if len(cells) == 3:
                touched.append(cells[2])
                size += sum(int(c) for c in cells[:2] if c.isdigit())
        if not touched:
            continue
        subjects.append(len(subject))
        files.append(len(touched))
        lines.append(size)
        sources = [t for t in touched if t.endswith(".py")]
        if any(not is_test(t) for t in sources):
            code_commits += 1
            with_tests += any(is_test(t) for t in sources)
    if not files:
        return {}
    return {
        "commits": len(files),
        "files_p50": median(files),
        "lines_p50": median(lines),
        "subject_p50": median(subjects),
        "subject_le72_pct": percent(sum(s <= 72 for s in subjects), len(subjects)),
        "with_tests_pct": percent(with_tests, code_commits),
    }


def length_rows(modules: list[Module]) -> dict:
    """Return the figures about file and function size."""
    sizes = [m.lines for m in modules]
    funcs = [f for m in modules for f in m.functions]
    lengths = [f.lines for f in funcs]
    longest = max(funcs, key=lambda f: f.lines, default=None)
    biggest = max(modules, key=lambda m: m.lines, default=None)
    god = max((c for m in modules for c in m.classes), key=lambda c: c[1], default=("", 0))
    over = sum(n > LONG_FUNCTION for n in lengths)
    return {
        "file_p50": int(median(sizes)) if sizes else 0,
        "file_mean": round(mean(sizes)) if sizes else 0,
        "file_p95": quantile(sizes, 0.95),
        "file_max": max(sizes, default=0),
        "file_max_path": biggest.path if biggest else "",
        "files_gt500_pct": percent(sum(s > LONG_FILE for s in sizes), len(sizes)),
        "funcs": len(funcs),
        "func_p50": quantile(lengths, 0.5),
        "func_p95": quantile(lengths, 0.95),
        "func_max": max(lengths, default=0),
        "func_max_path": longest.where if longest else "",
        "func_gt60": over,
        "func_gt60_pct": round(100 * over / max(len(lengths), 1), 1),
        "cc_p95": quantile([f.complexity for f in funcs], 0.95),
        "cc_max": max((f.complexity for f in funcs), default=0),
        "params_p95": quantile([f.params for f in funcs], 0.95),
        "class_max_methods": god[1],
        "class_max_path": god[0],
        "longest_functions": [
            (f.where, f.lines, f.complexity) for f in sorted(funcs, key=lambda f: -f.lines)[:8]
        ],
        "longest_files": sorted(((m.lines, m.path) for m in modules), reverse=True)[:6],
    }


def prose_rows(modules: list[Module]) -> dict:
    """Return the figures about docstrings, annotations and comments."""
    sloc = sum(m.sloc for m in modules)
    return {
        "doc_pct": percent(
            sum(m.documented for m in modules), sum(m.documentable for m in modules)
        ),
        "module_doc_pct": percent(sum(m.has_module_doc for m in modules), len(modules)),
        "ann_pct": percent(sum(m.annotated for m in modules), sum(m.annotatable for m in modules)),
        "comment_per_100": round(100 * sum(m.comments for m in modules) / max(sloc, 1), 1),
    }


def hygiene_rows(modules: list[Module], roots: list[str]) -> dict:
    """Return the figures about import cycles, layer leaks and smells."""
    loops = cycles(import_graph(modules, roots))
    kloc = max(sum(m.sloc for m in modules) / 1000, 0.001)
    return {
        "cycles": len(loops),
        "cycle_max": len(loops[0]) if loops else 0,
        "cycle_modules": sum(map(len, loops)),
        "cycle_list": loops[:5],
        "qt_files": sum(m.uses_qt for m in modules),
        "vtk_files": sum(m.uses_vtk for m in modules),
        "qt_and_vtk_files": sum(m.uses_qt and m.uses_vtk for m in modules),
        "broad_except_kloc": round(sum(m.broad_excepts for m in modules) / kloc, 2),
        "silent_excepts": sum(m.silent_excepts for m in modules),
        "prints_kloc": round(sum(m.prints for m in modules) / kloc, 2),
        "star_imports": sum(m.star_imports for m in modules),
        "globals": sum(m.globals for m in modules),
    }


def measure(label: str, path: Path, roots: list[str], skip: set[str]) -> dict:
    """Measure one repository."""
    tree = Tree(path)
    names = tree.names()
    wanted = [
        n
        for n in names
        if n.endswith(".py") and not (skip | SKIP_PARTS) & set(PurePosixPath(n).parts)
    ]
    code_names = [
        n
        for n in wanted
        if not is_test(n) and (not roots or any(n == r or n.startswith(r + "/") for r in roots))
    ]
    parsed = [m for m in (parse(n, t) for n, t in tree.read(code_names)) if m]
    tests = [m for m in (parse(n, t) for n, t in tree.read([n for n in wanted if is_test(n)])) if m]
    modules = [m for m in parsed if m.lines <= LONG_FILE or m.functions or m.classes]
    loc, test_loc = sum(m.lines for m in modules), sum(m.lines for m in tests)
    paper = papers(names)
    paper["layers"] = layer_contract(tree, paper["layers"])
    return {
        "repo": label,
        "files": len(modules),
        "data_files": len(parsed) - len(modules),
        "loc": loc,
        "sloc": sum(m.sloc for m in modules),
        **length_rows(modules),
        **prose_rows(modules),
        **hygiene_rows(modules, roots),
        "test_ratio": math.floor(100 * test_loc / loc) / 100 if loc else None,
        "test_loc": test_loc,
        "test_func_p50": quantile([f.lines for m in tests for f in m.functions], 0.5),
        "papers": paper,
        "habits": habits(tree.commits(HABIT_COMMITS)),
    }


COLUMNS = [
    ("repo", "repo"),
    ("files", "files"),
    ("loc", "LOC"),
    ("file_p50", "f.p50"),
    ("file_mean", "f.mean"),
    ("file_max", "f.max"),
    ("files_gt500_pct", ">500%"),
    ("func_p50", "fn.p50"),
    ("func_p95", "fn.p95"),
    ("func_max", "fn.max"),
    ("func_gt60", "fn>60"),
    ("func_gt60_pct", ">60%"),
    ("cc_p95", "cc.p95"),
    ("cc_max", "cc.max"),
    ("class_max_methods", "cls.max"),
    ("doc_pct", "doc%"),
    ("module_doc_pct", "mdoc%"),
    ("ann_pct", "ann%"),
    ("test_ratio", "test/code"),
    ("cycles", "cyc"),
    ("cycle_max", "cyc.max"),
    ("qt_files", "qt"),
    ("vtk_files", "vtk"),
    ("qt_and_vtk_files", "qt&vtk"),
    ("broad_except_kloc", "bx/k"),
    ("prints_kloc", "pr/k"),
    ("star_imports", "star"),
]


def target(text: str) -> tuple[str, Path, list[str]]:
    """Split a TARGET argument."""
    label, eq, rest = text.partition("=")
    if not eq:
        label, rest = "", text
    where, _, code = rest.partition(":")
    path = Path(where)
    roots = [c.strip("/") for c in code.split(",") if c.strip("/")]
    return label or path.resolve().name, path, roots


def broken_limits(rows: list[dict], limits: list[str]) -> list[str]:
    """Return one line for each limit that a row breaks."""
    broken = []
    for limit in limits:
        match = re.fullmatch(r"(\w+)(<=|>=)([\d.]+)", limit.replace(" ", ""))
        if not match:
            raise SystemExit(f"not a limit: {limit!r} (want KEY<=N or KEY>=N)")
        key, sign, bound = match[1], match[2], float(match[3])
        for row in rows:
            if row.get(key) is None:
                print(f"{row['repo']}: {key} is not measured here, so its limit is not checked")
                continue
            kept = row[key] <= bound if sign == "<=" else row[key] >= bound
            if not kept:
                broken.append(f"{row['repo']}: {key} is {row[key]}, wanted {sign}{match[3]}")
    return broken


def print_table(rows: list[dict], markdown: bool) -> None:
    """Print one line per repository."""
    titles = [title for _, title in COLUMNS]
    cells = [[str(row[key]) for key, _ in COLUMNS] for row in rows]
    if markdown:
        for line in (titles, ["---"] * len(titles), *cells):
            print("| " + " | ".join(line) + " |")
        return
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    for line in (titles, *cells):
        print(
            "  ".join(
                c.rjust(w) if i else c.ljust(w)
                for i, (c, w) in enumerate(zip(line, widths, strict=True))
            )
        )


def print_detail(row: dict) -> None:
    """Name the worst offenders of one repository."""
    print(
        f"\n{row['repo']}: {row['file_max_path']} ({row['file_max']}), "
        f"{row['class_max_path']} ({row['class_max_methods']} methods)"
    )
    for where, lines, branches in row["longest_functions"]:
        print(f"  {lines:5} lines  cc {branches:3}  {where}")
    for loop in row["cycle_list"]:
        print(f"  cycle of {len(loop)}: {', '.join(loop[:8])}")
    print(f"  papers {row['papers']}\n  habits {row['habits']}")


def main(argv: list[str]) -> int:
    """Print one row per repository."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--json", type=Path, help="write everything measured here")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    parser.add_argument("--detail", action="store_true", help="name the worst offenders")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="KEY<=N",
        help="exit 1 when a measured value breaks this",
    )
    parser.add_argument("--skip", action="append", default=[], help="path part to leave out")
    args = parser.parse_args(argv)
    rows = [measure(*target(t), set(args.skip)) for t in args.targets]
    print_table(rows, args.markdown)
    if args.detail:
        for row in rows:
            print_detail(row)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))
    broken = broken_limits(rows, args.limit)
    print(*broken, sep="\n", end="\n" if broken else "")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
