"""What the documents promise exists: links, make targets, commands."""

import importlib
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from equipoise.cli.main import COMMANDS
from meta.source_tree import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def code_blocks(document: Path) -> str:
    """The fenced code of a document."""
    return "\n".join(re.findall(r"^```\w*\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
            path = (document.parent / target).resolve()
            if "://" not in target and not path.exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert not broken


def test_every_make_target_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {name for document in DOCUMENTS for name in re.findall(r"^make (\w+)", code_blocks(document), re.MULTILINE)}
    assert shown
    assert shown <= targets


def test_every_command_that_is_shown_exists() -> None:
    shown = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"^equipoise ([a-z]\S*)", code_blocks(document), re.MULTILINE)
    }
    assert shown
    assert shown <= set(COMMANDS)


def shown_commands() -> list[tuple[str, str]]:
    """(document, command) of every `equipoise` command line in the documents, whole with the lines it goes on over."""
    found = []
    for document in DOCUMENTS:
        text = re.sub(r"\n {8,}", " ", document.read_text(encoding="utf-8"))
        found += [
            (document.name, line) for line in re.findall(r"^(?: {4})?equipoise (.+?)(?:\s+#.*)?$", text, re.MULTILINE)
        ]
    return found


@pytest.mark.parametrize(("document", "line"), shown_commands())
def test_every_option_that_is_shown_exists(document: str, line: str) -> None:
    name, *words = line.split()
    if name.startswith("-"):
        return
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    while isinstance(command, click.Group):
        _, command, words = command.resolve_command(click.Context(command), words)
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    shown = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(words)))
    assert shown <= known, f"{document}: {line}"


def test_the_python_that_is_shown_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "clinical-engines.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    exec(compile(block, "clinical-engines.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^print\(.*\)\s+# (.+)$", block, re.MULTILINE)


def test_decisions_are_numbered_once_and_say_their_status() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [path.name[:4] for path in records]
    assert numbers == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for path in records:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {path.name[:4]} ")
        assert lines[2].startswith("Status: ")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_in_the_help_is_there_and_helps(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0
    assert "Usage:" in shown.output
    assert command.help or command.short_help
