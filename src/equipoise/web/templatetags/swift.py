"""`{% url %}` and `|date` as Django has them, quicker: a page of ours asks for some sixty addresses and as many days.

With Django's own a participant's page takes an eighth longer, at the limit of what it may (`benchmarks/w8_screens.py`).
Built into every template (see `settings`). An address is reversed once with marks in the places of its parts, and
filled in from then on; whatever is out of the ordinary is left to Django.
"""

from datetime import date
from functools import cache
from typing import Any
from urllib.parse import quote

from django import template
from django.template.base import Node, Parser, Token
from django.template.defaultfilters import date as any_date
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.http import RFC3986_SUBDELIMS

register = template.Library()

_MARK = "mark~{}~"
_UNQUOTED = RFC3986_SUBDELIMS + "/~:@"


def address(name: str, *parts: str) -> str:
    """The address of a view whose places are filled by texts. Raises NoReverseMatch as Django does."""
    pieces = _pieces(name, len(parts), get_script_prefix())
    if not pieces or any("/" in part or not part for part in parts):
        return reverse(name, args=parts)
    filled = [piece + quote(part, safe=_UNQUOTED) for piece, part in zip(pieces, parts, strict=False)]
    return "".join(filled) + pieces[-1]


@cache
def _pieces(name: str, count: int, prefix: str) -> tuple[str, ...]:
    """An address cut at the places of its parts; nothing where these cannot be any text.

    `prefix` is where the application is served; it keys the cache.
    """
    marks = [_MARK.format(number) for number in range(count)]
    try:
        rest, pieces = reverse(name, args=marks), []
    except NoReverseMatch:
        return ()
    for mark in marks:
        piece, _mark, rest = rest.partition(mark)
        pieces.append(piece)
    return (*pieces, rest)


class _Address(URLNode):
    """`{% url 'name' part part %}`."""

    def render(self, context: Any) -> str:
        """The address; as Django renders it where the tag names parts or keeps the address under a name."""
        if self.kwargs or self.asvar:
            return str(super().render(context))
        name = self.view_name.resolve(context)
        parts = [part.resolve(context) for part in self.args]
        if not isinstance(name, str) or not all(isinstance(part, str) for part in parts):
            return str(super().render(context))
        found = address(name, *parts)
        return str(conditional_escape(found)) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's tag."""
    node = parsed(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date_(value: Any, form: str | None = None) -> Any:
    """Django's filter; days and moments in ISO 8601's order are cut from their own text."""
    if form == "Y-m-d H:i" and hasattr(value, "hour") and isinstance(value, date):
        return value.isoformat(" ", "minutes")[:16]
    if form in ("Y-m-d", "m-d") and isinstance(value, date):
        text = value.isoformat()[:10]
        return text if form == "Y-m-d" else text[5:]
    return any_date(value, form)
