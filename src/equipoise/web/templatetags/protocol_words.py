"""The protocol's own vocabulary in templates: headings, values of the model, shares."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import catalogue, message
from equipoise.protocol import words as _words
from equipoise.protocol.times_in_words import duration as in_words
from equipoise.protocol.times_in_words import window_in_words

register = template.Library()


@register.simple_tag
def term(name: str, **params: Any) -> str:
    """A heading or sentence of the protocol's description, in the page's language."""
    return message(f"describe.{name}", **params).say(get_language() or "en")


@register.filter
def value(name: str) -> str:
    """A value of the protocol's model in words; an id of the protocol stands as it is."""
    code = f"protocol.{name}"
    return message(code).say(get_language() or "en") if code in catalogue() else str(name)


@register.filter
def concerned(whom: str) -> str:
    """Whom a change of the protocol concerns (`Change.concerns`), in the page's language."""
    return message(f"concerns.{whom.replace(' ', '_')}").say(get_language() or "en")


@register.filter
def values(names: Any) -> str:
    """Values of the model in words, as a list."""
    separator = "、" if (get_language() or "en").startswith("zh") else ", "
    return separator.join(value(str(name)) for name in names)


@register.filter
def percent(share: Decimal | float) -> str:
    """A share as a percentage."""
    return f"{decimal_text(Decimal(str(share)) * 100)} %"


@register.filter
def decimal(number: Decimal) -> str:
    """An exact number as it is written."""
    return decimal_text(number)


@register.filter
def within(text: str) -> str:
    """'14 days before randomization' in the page's language."""
    return window_in_words(text, get_language() or "en")


@register.filter
def duration(text: str) -> str:
    """'8 weeks' in the page's language."""
    return in_words(text, get_language() or "en")


assert _words  # the wordings are declared on import
