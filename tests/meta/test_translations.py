"""The application speaks Chinese wherever it speaks English: nothing untranslated, nothing doubtful, nothing stale."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from meta.source_tree import ROOT

LOCALE = ROOT / "src" / "equipoise" / "web" / "locale" / "zh_Hans" / "LC_MESSAGES"
PLACE = re.compile(r"%\(\w+\)s|<[^>]+>")

EXTRACT = """
import re, sys
from pathlib import Path
from django.utils.translation.template import templatize
from babel.messages.extract import extract
keywords = {name: None for name in ("_", "gettext", "gettext_lazy", "gettext_noop")}
keywords |= {"ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
found = set()
for path in Path(sys.argv[1]).rglob("*"):
    if path.suffix == ".py":
        for _, said, _, _ in extract("python", path.open("rb"), keywords=keywords):
            found.add(said if isinstance(said, str) else said[0])
    elif path.suffix == ".html":
        import io
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for _, said, _, _ in extract("python", io.BytesIO(source.encode()), keywords=keywords):
            found.add(said if isinstance(said, str) else said[0])
print("\\0".join(sorted(found - {""})))
"""
"""Reads every text of the templates and views as Django's own tool does, in a process of its own."""


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese texts."""
    return read_po(io.BytesIO((LOCALE / "django.po").read_bytes()), locale="zh_Hans")


def _first(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def test_every_text_of_the_application_is_in_the_catalogue(catalogue: Catalog) -> None:
    folders = [ROOT / "src" / "equipoise" / name for name in ("web", "accounts")]
    said: set[str] = set()
    for folder in folders:
        done = subprocess.run(
            [sys.executable, "-c", EXTRACT, str(folder)], capture_output=True, text=True, check=True, encoding="utf-8"
        )
        said |= set(filter(None, done.stdout.rstrip("\n").split("\0")))
    assert len(said) > 300
    known = {_first(message.id) for message in catalogue if message.id}
    assert not sorted(said - known), "no Chinese yet: run makemessages and translate"
    assert not sorted(known - said), "said nowhere any more: run makemessages"


def test_every_text_is_translated_and_none_is_doubtful(catalogue: Catalog) -> None:
    messages = [message for message in catalogue if message.id]
    assert not [message.id for message in messages if not _first(message.string or "").strip()]
    assert not [message.id for message in messages if message.fuzzy]


def test_translations_keep_what_is_filled_in(catalogue: Catalog) -> None:
    wrong = []
    for message in catalogue:
        if message.id and set(PLACE.findall(_last(message.id))) != set(PLACE.findall(_first(message.string))):
            wrong.append(message.id)
    assert not wrong


def _last(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[-1]


def test_compiled_texts_are_those_of_the_source(catalogue: Catalog) -> None:
    with Path(LOCALE / "django.mo").open("rb") as file:
        compiled = read_mo(file)
    told = {_first(message.id): _first(message.string) for message in compiled if message.id}
    assert told == {_first(message.id): _first(message.string) for message in catalogue if message.id}, (
        "compile with: pybabel compile -D django -d src/equipoise/web/locale"
    )
