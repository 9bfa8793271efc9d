"""A hash of the code that a measurement runs: what it cannot reach, comments, docstrings and the words of checks leave it alone."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"verifier": ROOT / "verifier", "verifier_models": ROOT / "models", "tests": ROOT / "tests"}
SENTENCE = 3
"""Spaces from which on a text of a check is one that people read; names have fewer."""


def code_hash(roots: Iterable[str], files: Iterable[Path], apart: Callable[[str], bool]) -> str:
    """Of all modules that `roots` import, lazily too, and of `files`; apart: modules that are known not to matter."""
    digest = hashlib.sha256()
    for name in sorted(reached(roots, apart)):
        path = _path(name)
        assert path is not None
        digest.update(
            f"{name}\n{meaning(path.read_text('utf-8'), words=not name.startswith('verifier.checks.'))}".encode()
        )
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def reached(roots: Iterable[str], apart: Callable[[str], bool]) -> set[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found and not apart(name) and _path(name) is not None:
            found.add(name)
            waiting += _imports(name)
    return found


def meaning(source: str, *, words: bool = True) -> str:
    """The code as its syntax tree without docstrings; words=False: without sentences, too."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
        elif (
            not words
            and isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.count(" ") >= SENTENCE
        ):
            node.value = ""
    return ast.dump(tree)


@cache
def _path(name: str) -> Path | None:
    package, _, rest = name.partition(".")
    if package not in PACKAGES:
        return None
    base = PACKAGES[package].joinpath(*rest.split(".")) if rest else PACKAGES[package]
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


@cache
def _imports(name: str) -> tuple[str, ...]:
    path = _path(name)
    assert path is not None
    found = [name.rpartition(".")[0]]
    for node in _running(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
    return tuple(n for n in found if n)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)
