"""The Chinese of a shipped protocol says all that the English says, with its figures, and in Chinese."""

import re
from functools import cache

import pytest

from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocol.translation import Translation, load_translation, texts_of, translate
from equipoise.protocols import names, shipped, translation

TRANSLATED = [name for name in names() if translation(name) is not None]
_WORD = re.compile(r"[A-Za-z]{3,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FIGURE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?")


@cache
def protocol(name: str) -> Protocol:
    return load(shipped(name), name).protocol


@cache
def chinese(name: str) -> Translation:
    text = translation(name)
    assert text is not None
    return load_translation(text, name, protocol(name))


def test_the_flagship_is_translated() -> None:
    assert "nct07014202" in TRANSLATED


@pytest.mark.parametrize("name", TRANSLATED)
def test_nothing_is_left_untranslated(name: str) -> None:
    assert chinese(name).untranslated == ()
    assert chinese(name).version == protocol(name).version


@pytest.mark.parametrize("name", TRANSLATED)
def test_prose_is_chinese(name: str) -> None:
    """What has two English words or more has Chinese in it; names such as SUVmax and EGFR stay as they are."""
    told = chinese(name).texts
    english = texts_of(protocol(name))
    foreign = {key: text for key, text in told.items() if len(_WORD.findall(english[key])) > 1}
    assert [key for key, text in foreign.items() if not _CHINESE.search(text)] == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_figure_is_kept(name: str) -> None:
    """A figure of the English is one of the Chinese, so that no limit is lost or mistyped."""
    told = chinese(name).texts
    lost = {
        key: missing
        for key, text in texts_of(protocol(name)).items()
        if (missing := [figure for figure in _FIGURE.findall(text) if figure not in _FIGURE.findall(told[key])])
    }
    assert lost == {}


@pytest.mark.parametrize("name", TRANSLATED)
def test_only_prose_changes(name: str) -> None:
    """Rules, ids and numbers of the translated protocol are those of the protocol."""
    own, other = protocol(name), translate(protocol(name), chinese(name))
    assert [one.rule for one in other.eligibility] == [one.rule for one in own.eligibility]
    assert [item.id for form in other.forms for item in form.items] == [
        item.id for form in own.forms for item in form.items
    ]
    assert other.analysis.alpha == own.analysis.alpha
    assert other.title != own.title
