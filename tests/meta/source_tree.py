"""The source as the meta-tests read it: modules by package, as syntax trees, without importing anything."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "equipoise"

PURE = (
    "kernel", "clinical", "statistics", "methods", "protocol", "conduct", "analysis", "simulation", "reports",
    "exports", "imports",
)  # fmt: skip
"""Packages that know no framework, no file system, no clock and no global randomness."""

SHELL = ("ledger", "projections", "accounts", "web", "cli")


@dataclass(frozen=True)
class Module:
    """One module: its path from the repository's root, its package, its syntax tree."""

    path: str
    package: str
    tree: ast.Module


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """The modules of some packages, or of all; Django's generated migrations are left out."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        package = parts[0] if len(parts) > 1 else ""
        if "migrations" in parts or (packages and package not in packages):
            continue
        found.append(Module(str(path.relative_to(ROOT)), package, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


@dataclass(frozen=True)
class Call:
    """One call: its line, the last name called, and the text of what it is called on ('' for a plain name)."""

    line: int
    name: str
    receiver: str


def calls(module: Module) -> Iterator[Call]:
    """Every call by name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield Call(node.lineno, node.func.attr, ast.unparse(node.func.value))
            elif isinstance(node.func, ast.Name):
                yield Call(node.lineno, node.func.id, "")


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every absolute import: its line and the full name of the module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
