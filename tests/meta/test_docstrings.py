"""Everything public says what it is: every module, class, function and method that another module may use."""

import ast
from collections.abc import Iterator

from meta.source_tree import SHELL, Module, modules

DEFINITION = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def undocumented(module: Module, promised: dict[str, set[str]]) -> Iterator[str]:
    """What of a module's public face has no docstring, of its own or of the base or protocol that promises it."""
    if ast.get_docstring(module.tree) is None:
        yield f"{module.path}:1: the module"
    for node in module.tree.body:
        if not isinstance(node, DEFINITION) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield f"{module.path}:{node.lineno}: {node.name}"
        if isinstance(node, ast.ClassDef) and not (node.bases and module.package in SHELL):
            # In the shell a method of a subclass is mostly the framework's, documented there.
            inherited = {name for base in _bases(node) for name in promised.get(base, ())} | promised[module.path]
            for member in node.body:
                named = isinstance(member, DEFINITION) and not member.name.startswith("_") and member.name != "Meta"
                if named and ast.get_docstring(member) is None and member.name not in inherited:
                    yield f"{module.path}:{member.lineno}: {node.name}.{member.name}"


def promises() -> dict[str, set[str]]:
    """By class, the methods it documents; by module's path, those that its protocols document."""
    found: dict[str, set[str]] = {}
    for module in modules():
        found[module.path] = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                documented = {
                    each.name for each in node.body if isinstance(each, DEFINITION) and ast.get_docstring(each)
                }
                found.setdefault(node.name, set()).update(documented)
                if "Protocol" in _bases(node):
                    found[module.path] |= documented
    return found


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).split("[")[0].split(".")[-1] for base in node.bases}


def test_everything_public_has_a_docstring() -> None:
    promised = promises()
    found = [each for module in modules() for each in undocumented(module, promised)]
    assert not found, "no docstring:\n" + "\n".join(found)
