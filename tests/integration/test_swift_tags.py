"""Addresses and days in templates are what Django's own tags give."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import Context, Engine, engines
from django.urls import NoReverseMatch, reverse

from equipoise.web.templatetags.swift import address

PARTS = ("NU-001", "visit:2", "a b", "患者", "%2e", "100%", "<script>", '"', "a?b#c&d=1", "..", "a\nb", "mark~0~", "~")

PLAIN = Engine(builtins=["django.templatetags.tz"])
"""Templates with Django's own tags."""


def rendered(text: str, **context: Any) -> str:
    """A template of one line."""
    return str(engines["django"].from_string(text).render(context))


@pytest.mark.parametrize("part", PARTS)
def test_an_address_is_as_django_reverses_it(part: str) -> None:
    for name, parts in (("participant", (part,)), ("form-at", ("NU-001", part, part)), ("lesion-plot", (part,))):
        assert address(name, *parts) == reverse(name, args=parts)
    assert address("today") == reverse("today")
    assert rendered("{% url 'visit' 'x' part %}", part=part) == rendered(
        "{{ a }}", a=reverse("visit", args=("x", part))
    )


@pytest.mark.parametrize("parts", [("",), ("a/b",), (), ("a", "b")])
def test_an_address_that_is_none_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        address("participant", *parts)


def test_other_ways_of_asking_for_an_address() -> None:
    assert rendered("{% url 'participant' subject='x' %}") == "/participants/x/"
    assert rendered("{% url 'participant' number %}", number=7) == "/participants/7/"
    assert rendered("{% url 'nothing' as here %}{{ here }}") == ""
    assert rendered("{% url 'design-randomization-figure' 'power' %}") == "/design/randomization/power.svg"
    with pytest.raises(NoReverseMatch):
        rendered("{% url 'design-randomization-figure' 'another' %}")


@pytest.mark.parametrize("form", ["Y-m-d", "m-d", "Y-m-d H:i", "H:i", "j F Y"])
@pytest.mark.parametrize("filters", ["", "|utc"])
@pytest.mark.parametrize(
    "value",
    [date(2026, 3, 5), date(33, 1, 2), datetime(2026, 3, 5, 23, 59, 58, 999999, tzinfo=UTC), datetime(2026, 1, 1), None,
     "", "2026-03-05"],
)  # fmt: skip
def test_a_day_is_as_django_writes_it(value: Any, filters: str, form: str) -> None:
    if type(value) is date and "H" in form:
        value = datetime(2026, 1, 2, 3, 4)
    text = f"{{{{ value{filters}|date:'{form}' }}}}"
    assert rendered(text, value=value) == PLAIN.from_string(text).render(Context({"value": value}))
