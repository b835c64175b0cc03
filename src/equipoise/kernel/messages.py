"""A sentence that leaves the pure layers: a code with parameters, worded per language from a catalogue.

English and Chinese stand side by side, package by package (`words.py`), so that neither drifts from the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("en", "zh-hans")

_CATALOGUE: dict[str, tuple[str, str]] = {}


def words(entries: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """Declare the wordings of a package: code -> (English, Chinese). A code may be declared once."""
    for code, pair in entries.items():
        if _CATALOGUE.get(code, pair) != pair:
            raise AssertionError(f"Message code declared twice with different wordings: {code}")
        _CATALOGUE[code] = pair
    return entries


def catalogue() -> Mapping[str, tuple[str, str]]:
    """Every wording declared so far, for tests and translators."""
    return dict(_CATALOGUE)


@dataclass(frozen=True, slots=True)
class Message:
    """A code and its parameters. A parameter may itself be a Message, or a tuple of them (joined by semicolons)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str = "en") -> str:
        """Return the sentence in a language ('en' or 'zh-hans')."""
        english, chinese = _CATALOGUE[self.code]
        template = chinese if language.lower().startswith("zh") else english
        return template.format(**{name: _say(value, language) for name, value in self.params.items()})

    def __str__(self) -> str:
        return self.say("en")


def message(code: str, /, **params: Any) -> Message:
    """Build a message: `message("recist.sum", sum="62 mm")`."""
    return Message(code, params)


def _say(value: Any, language: str) -> Any:
    if isinstance(value, Message):
        return value.say(language)
    if isinstance(value, tuple):
        return ("；" if language.lower().startswith("zh") else "; ").join(str(_say(part, language)) for part in value)
    return value


def literal(text: str) -> Message:
    """Wrap prose that is data (a protocol's own sentence, a user's reason): the same in every language."""
    return Message("literal", {"text": text})


words({"literal": ("{text}", "{text}")})
