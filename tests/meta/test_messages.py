"""Every sentence for people exists in English and in Chinese, with the same placeholders, and is called rightly."""

import ast
import importlib
import re
import string
from collections.abc import Iterator

import pytest

from equipoise.kernel.messages import catalogue
from meta.source_tree import PURE, ROOT, SOURCE, Module, modules

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module", autouse=True)
def _every_wording_is_declared() -> None:
    """Import each module that declares words; declaring them is all it does."""
    for path in SOURCE.rglob("*.py"):
        if re.search(r"^(\w+ = )?words\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))


def placeholders(template: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def shared(template: str) -> set[str]:
    """The names both languages must use. A label that is data comes as a pair: `en` in English, `zh` in Chinese."""
    return {"en or zh" if name in ("en", "zh") else name for name in placeholders(template)}


def message_calls(module: Module) -> Iterator[tuple[int, str, set[str] | None]]:
    """Calls of `message` with a literal code: line, code, names of the parameters (None where some are unpacked)."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message"):
            continue
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            names = {keyword.arg for keyword in node.keywords}
            yield node.lineno, node.args[0].value, None if None in names else {name for name in names if name}


def test_both_languages_have_the_same_placeholders() -> None:
    wrong = {
        code: sorted(shared(english) ^ shared(chinese))
        for code, (english, chinese) in catalogue().items()
        if shared(english) != shared(chinese)
    }
    assert not wrong


def test_placeholders_are_names() -> None:
    wrong = [
        code
        for code, pair in catalogue().items()
        for template in pair
        if not all(name.isidentifier() for name in placeholders(template))
    ]
    assert not wrong


def test_no_wording_is_empty_or_left_untranslated() -> None:
    """English words of three letters or more need Chinese ones; symbols and codes may stand as they are."""
    wrong = []
    for code, (english, chinese) in catalogue().items():
        bare = re.sub(r"\{[^{}]*\}", "", english)
        if not english.strip() or not chinese.strip() or (re.search(r"[a-z]{3}", bare) and not HAN.search(chinese)):
            wrong.append(code)
    assert not wrong


def test_every_message_named_in_the_code_is_worded_and_given_its_parameters() -> None:
    known = catalogue()
    wrong = []
    for module in modules():
        for line, code, given in message_calls(module):
            if code not in known:
                wrong.append(f"{module.path}:{line}: {code} is not worded")
            elif given is not None and (lacking := placeholders("".join(known[code])) - given):
                wrong.append(f"{module.path}:{line}: {code} lacks {sorted(lacking)}")
    assert not wrong, "\n".join(wrong)


def test_words_are_declared_in_the_pure_layers_package_by_package() -> None:
    declared = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("words.py")
        if "words(" in path.read_text(encoding="utf-8")
    }
    assert declared & set(PURE)
