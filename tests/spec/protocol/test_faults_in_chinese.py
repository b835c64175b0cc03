"""What is wrong in a document is said in Chinese too: every sentence the sources can say, and every broken example."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from equipoise.kernel.errors import Fault, ProtocolError
from equipoise.protocol.fault_words import told
from equipoise.protocol.load import load
from meta.source_tree import ROOT

BROKEN = Path(__file__).parent / "broken"
HAN = re.compile(r"[\u4e00-\u9fff]")
MAKERS = {"Fault": 2, "Problem": 1, "RuleFault": 1}
"""What makes a fault, and the place of its sentence among the arguments."""


def sentences() -> dict[str, str]:
    """Every sentence written where a fault is made, its places filled with a word; and where it stands."""
    found: dict[str, str] = {}
    for folder in ("protocol", "methods"):
        for path in (ROOT / "src" / "equipoise" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                maker = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
                if maker in MAKERS and len(node.args) > MAKERS[maker]:  # type: ignore[attr-defined]
                    text = _text(node.args[MAKERS[maker]])  # type: ignore[attr-defined]
                    if text:
                        found[text] = f"{path.name}:{node.lineno}"  # type: ignore[attr-defined]
    return found


def _text(node: Any) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "word" for part in node.values)  # type: ignore[misc]
    return ""


def test_every_sentence_has_its_chinese() -> None:
    said = sentences()
    assert len(said) > 70
    assert not {where: text for text, where in said.items() if told(Fault(1, "arms", text), "zh-hans").problem == text}


@pytest.mark.parametrize("file", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_broken_example(file: Path) -> None:
    with pytest.raises(ProtocolError) as caught:
        load(file.read_text(encoding="utf-8"), file.name)
    for fault in caught.value.faults:
        chinese = told(fault, "zh-hans")
        assert HAN.search(chinese.problem), fault.problem
        assert (chinese.line, chinese.path, chinese.seen) == (fault.line, fault.path, fault.seen)
        assert told(fault, "en") == fault


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (("there is no key `rational` here", "one of rule, says"), ("此处没有键 `rational`", "以下之一：rule, says")),
        (("this is not a whole number", "a whole number"), ("这不是整数", "整数")),
        (("two items have one id", "an id of its own; the first is number 3 of the list"),
         ("两个 items 使用同一标识", "使用自己的标识；首个为列表第 3 项")),
        (("something nobody foresaw", "a marvel"), ("something nobody foresaw", "a marvel")),
    ],
)  # fmt: skip
def test_what_was_typed_stays_as_it_was(english: tuple[str, str], chinese: tuple[str, str]) -> None:
    fault = told(Fault(4, "arms.0", english[0], "seen {so}", english[1]), "zh-hans")
    assert (fault.problem, fault.wanted, fault.seen) == (*chinese, "seen {so}")
