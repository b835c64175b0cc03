"""How a lesion fares, in templates: shape and word."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from equipoise.clinical.lesions import Pattern

register = template.Library()


@register.simple_tag
def control(status: str) -> str:
    """The local status of a lesion as shape and word."""
    shapes = {
        "controlled": ("●", gettext("controlled"), "met"),
        "failed": ("✕", gettext("local failure"), "not-met"),
        "unconfirmed": ("!", gettext("grown, not confirmed"), "overdue"),
        "refuted": ("●", gettext("grown, refuted (radiation change)"), "met"),
        "not_assessed": ("○", gettext("not measured yet"), "ahead"),
    }
    shape, word, css = shapes[status]
    return format_html('<span class="mark mark-{}"><span aria-hidden="true">{}</span> {}</span>', css, shape, word)


@register.simple_tag
def pattern(where: Pattern) -> str:
    """Where a failure lies, in words."""
    words = {
        Pattern.IN_FIELD: gettext("in field"), Pattern.MARGINAL: gettext("marginal"),
        Pattern.OUT_OF_FIELD: gettext("out of field"), Pattern.RESIDUAL_SITE: gettext("residual site, not irradiated"),
        Pattern.OTHER_KNOWN: gettext("other known lesion"), Pattern.NEW: gettext("new lesion"),
    }  # fmt: skip
    return words[where]
