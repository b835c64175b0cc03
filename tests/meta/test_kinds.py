"""A kind is a class in a union: none may be without its spec."""

import ast

import pytest

from meta.source_tree import ROOT, modules


def kinds() -> list[tuple[str, str]]:
    """The members of every discriminated union `Any...`: the union's name and the class's."""
    found = []
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name.startswith("Any") and "Discriminator" in ast.unparse(node.value):
                    union = node.value.slice.elts[0]  # type: ignore[attr-defined]
                    found += [(name, each.id) for each in ast.walk(union) if isinstance(each, ast.Name)]
    return found


@pytest.mark.parametrize(("union", "kind"), kinds())
def test_every_kind_has_a_spec(union: str, kind: str) -> None:
    specs = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "spec").rglob("test_*.py"))
    assert f"{kind}(" in specs, f"{kind} of {union} is in no test under tests/spec"


def test_the_unions_are_found() -> None:
    assert {"AnyItem", "AnyMethod"} <= {union for union, _ in kinds()}
