"""Links from a number to the rows it counts, and derived rows in words."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from equipoise.analysis.named_arms import Labels
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message
from equipoise.web.traced_words import state_label

register = template.Library()


@register.simple_tag
def behind(query: str, number: Any, tag: str = "", **window: Any) -> SafeString | str:
    """A number as a link to the rows it counts. Zero is no link, and without a query
    (for those who may not see rows) there is none."""
    if not number or not query:
        return str(number)
    label = ngettext("%(n)s: show the row it counts", "%(n)s: show the rows it counts", number) % {"n": number}
    return format_html('<a class="count" href="{}" title="{}">{}</a>', address(query, tag, **window), label, number)


@register.simple_tag
def rows_url(query: str, tag: str = "", **window: Any) -> str:
    """The address of the rows a number counts."""
    return address(query, tag, **window)


def address(query: str, tag: str = "", **window: Any) -> str:
    """The address of the rows that bear a tag, in a group, a site or a window of months."""
    pairs = [("tag", tag)] if tag else []
    pairs += [(name, str(value)) for name, value in window.items() if value not in (None, "", "all")]
    asked = "&".join(part for part in (query, urlencode(pairs)) if part)
    return f"{reverse('derived-rows')}?{asked}"


@register.filter
def described(text: str) -> str:
    """EVNTDESC or the reason of a censoring in the page's language; what is no known description as it is."""
    known = {
        "Progression": _("Progression"), "Death": _("Death"), "Randomization": _("Randomization"),
        "Last assessment": _("Last assessment"), "Alive at the data cutoff": _("Alive at the data cutoff"),
        "New anticancer therapy": _("New anticancer therapy"), "Missed Assessments": _("Missed assessments"),
        "No Baseline Assessment": _("No baseline assessment"), "Local progression": _("Local progression"),
        "Lesion assessment": _("Lesion assessment"), "Deterioration": _("Deterioration"),
        "Last questionnaire": _("Last questionnaire"),
    }  # fmt: skip
    if text.startswith("Last known alive ("):
        return _("Last known alive")
    return known.get(text, text)


@register.filter
def times(estimate: Any, n: int) -> int:
    """How many a proportion of `n` is."""
    return round((estimate.value or 0.0) * n)


@register.filter
def by_group(change: Any, groups: Any) -> list[tuple[int, Any, Any]]:
    """Of a mean change: how many, the mean and the group, a group each."""
    return list(zip(change.n, change.mean, groups, strict=True))


@register.filter
def by_grade(line: Any, groups: Any) -> list[tuple[int, int, list[tuple[int, int]], Any]]:
    """Of a line of adverse events: any grade, severe, (grade, count) by worst grade, and the group, a group each."""
    graded = [list(enumerate(counts, 1)) for counts in line.by_grade]
    return list(zip(line.any_grade, line.severe, graded, groups, strict=True))


@register.filter
def visit_tag(change: Any) -> str:
    """The tag of the rows of a visit."""
    return f"visit:{change.number}"


@register.filter
def kind_tag(kind: str) -> str:
    """The tag of the rows of a kind of adverse events."""
    return f"kind:{kind}"


@register.filter
def severe_kind_tag(kind: str) -> str:
    """The tag of the rows of those whose worst event of a kind is severe."""
    return f"kind:{kind}:severe"


@register.filter
def term_tag(line: Any, grade: int | None = None) -> str:
    """The tag of the rows of a term, of those of a worst grade where one is named."""
    return f"term:{line.term}" if grade is None else f"term:{line.term}:worst:{grade}"


@register.filter
def paired(values: Any, groups: Any) -> list[tuple[Any, Any]]:
    """Values with their groups."""
    return list(zip(values, groups, strict=True))


@register.filter
def flow_tag(reason: str, name: str) -> str:
    """The tag of the rows of the flow that have a reason."""
    return f"{name}:{reason}"


@register.filter
def stopped(box: Any) -> list[tuple[str, int, str]]:
    """Of a box of the flow: the label of each stop, how many, and its id."""
    return [(label, count, stop) for (label, count), stop in zip(box.stopped, box.stops, strict=True)]


@register.filter
def month_or_open(month: float) -> str:
    """A month with one decimal; in words where it is open."""
    return f"{month:.1f}" if month != float("inf") else _("not reached")


@register.filter
def stated(value: str) -> str:
    """The value of a row in words where it is a state: of a cycle, of a lesion's radiotherapy."""
    return state_label(value)


@register.filter
def reasoned(reason: Message | EstimationError, labels: Labels) -> str:
    """A reason or a note in the page's language, arms and strata by their labels."""
    because = reason.because if isinstance(reason, EstimationError) else reason
    return labels.named(because).say(get_language() or "en")
