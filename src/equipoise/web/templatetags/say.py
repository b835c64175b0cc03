"""Messages, marks and days in templates."""

from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_noop

from equipoise.conduct.permissions import ROLES
from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.messages import Message, message
from equipoise.kernel.printed_units import printed_units
from equipoise.web.acting import new_key

register = template.Library()

MARKS = {
    "met": "●", "not met": "✕", "unknown": "?", "due": "◐", "overdue": "!", "signed": "✓", "verified": "⛓",
    "done": "●", "partial": "◐", "missed": "✕", "open": "◐", "ahead": "○",
}  # fmt: skip


@register.filter
def say(value: Any) -> str:
    """A message or an error as a sentence in the page's language; anything else as it is."""
    language = get_language() or "en"
    if isinstance(value, Message | EquipoiseError):
        return value.say(language)
    return str(value)


@register.filter
def printed(text: Any) -> str:
    """Units as they are printed: 10*9/L is ×10⁹/L."""
    return printed_units(say(text))


@register.filter
def stage(code: str) -> str:
    """A stage of the journey in words."""
    return message(f"stage.{code}").say(get_language() or "en")


@register.filter
def role(code: str) -> str:
    """A role in words."""
    known = ROLES.get(code)
    if known is None:
        return code
    return known.chinese if (get_language() or "en").startswith("zh") else known.label


@register.simple_tag
def mark(standing: str) -> str:
    """A status as shape and word, never by colour alone."""
    return _mark(standing, get_language() or "en")


@lru_cache(maxsize=256)
def _mark(standing: str, language: str) -> str:
    words = {
        "met": gettext("met"), "not met": gettext("not met"), "unknown": gettext("unknown"),
        "due": gettext("due"), "overdue": gettext("overdue"), "signed": gettext("signed"),
        "verified": gettext("verified"), "done": gettext("done"), "partial": gettext("partly done"),
        "missed": gettext("missed"), "open": gettext("due"), "ahead": gettext("ahead"),
    }  # fmt: skip
    css = standing.replace(" ", "-")
    return format_html(
        '<span class="mark mark-{}"><span aria-hidden="true">{}</span> {}</span>', css, MARKS[standing], words[standing]
    )


@register.filter
def weekday(day: date) -> str:
    """A visit's day with its weekday, never broken over two lines: 2026-03-05 Thu."""
    return format_html(
        '<span class="day">{} {}</span>', day.isoformat(), _weekdays(get_language() or "en")[day.weekday()]
    )


@lru_cache(maxsize=8)
def _weekdays(language: str) -> tuple[str, ...]:
    return tuple(
        gettext(name) for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    )  # each is named below, where the catalogue is gathered from


_GATHERED = (gettext_noop("Mon"), gettext_noop("Tue"), gettext_noop("Wed"), gettext_noop("Thu"), gettext_noop("Fri"),
             gettext_noop("Sat"), gettext_noop("Sun"))  # fmt: skip


@register.simple_tag
def act_key() -> str:
    """The hidden identity of one act: a double click is one act."""
    return format_html('<input type="hidden" name="key" value="{}">', new_key())


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a variable key; None where there is none."""
    return mapping.get(key)


@register.simple_tag
def answer(item: Any, value: Any) -> str:
    """A recorded answer as people read it."""
    from equipoise.web.views.forms import shown_answer

    return shown_answer(item, value)


@register.filter
def terms(coding: str) -> tuple[str, ...]:
    """The terms of a coding, to choose from."""
    from equipoise.clinical.terminology import terms as known

    return known(coding)


@register.simple_tag(takes_context=True)
def fact(context: Any, instance: Any) -> str:
    """A fact in a few words, for the trail."""
    from equipoise.web.trail import words_of

    return words_of(instance, context.get("protocol"))


@register.simple_tag(takes_context=True)
def visit_name(context: Any, key: str) -> str:
    """A visit by its label and number: check_up:9 is Check-up 9."""
    from equipoise.web.trail import visit_in_words

    return visit_in_words(key, context.get("protocol"))


@register.simple_tag
def truth(value: Any) -> str:
    """Yes, no or unknown as shape and word."""
    from equipoise.kernel.truth import Truth

    shapes = {
        Truth.TRUE: ("●", gettext("yes"), "met"),
        Truth.FALSE: ("✕", gettext("no"), "no"),
        Truth.UNKNOWN: ("?", gettext("unknown"), "unknown"),
    }
    shape, word, css = shapes[value]
    return format_html('<span class="mark mark-{}"><span aria-hidden="true">{}</span> {}</span>', css, shape, word)
