"""Whether every rule of a protocol can be read and fits what the forms ask, and every window has its anchor."""

from collections.abc import Iterator

from equipoise.methods.criteria import CURRENT_ANCHORS, RuleError, Vocabulary, parse_window, read_rule
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem, of_rule, unknown
from equipoise.protocol.vocabulary import vocabulary

ANCHORS = (*sorted(CURRENT_ANCHORS), "consent")
"""What the window of a criterion may be anchored to."""


def rule_problems(protocol: Protocol) -> Iterator[Problem]:
    """Everything wrong in criteria, levels, conditions of items, and edit checks."""
    words = vocabulary(protocol)
    for at, criterion in enumerate(protocol.eligibility):
        where: Location = ("eligibility", at)
        yield from _rule((*where, "rule"), criterion.rule, words)
        if criterion.unless is not None:
            yield from _rule((*where, "unless", "rule"), criterion.unless.rule, words)
        if criterion.within:
            yield from _window((*where, "within"), criterion.within)
    for at, factor in enumerate(protocol.strata):
        for number, level in enumerate(factor.levels):
            yield from _rule(("strata", at, "levels", number, "when"), level.when, words)
    for at, form in enumerate(protocol.forms):
        row_of = form.id if form.use == "log" else None
        for number, section in enumerate(form.sections):
            for position, item in enumerate(section.items):
                if item.when:
                    place: Location = ("forms", at, "sections", number, "items", position, "when")
                    yield from _condition(place, item.id, item.when, words, row_of)
        for number, edit in enumerate(form.edits):
            yield from _rule(("forms", at, "edits", number, "rule"), edit.rule, words, row_of)


def _rule(at: Location, text: str, words: Vocabulary, row_of: str | None = None) -> Iterator[Problem]:
    try:
        read_rule(text, words, row_of=row_of)
    except RuleError as error:
        yield from of_rule(at, error.problems)


def _condition(at: Location, item: str, text: str, words: Vocabulary, row_of: str | None) -> Iterator[Problem]:
    try:
        reads = read_rule(text, words, row_of=row_of).reads
    except RuleError as error:
        yield from of_rule(at, error.problems)
        return
    if item in reads.items or (row_of, item) in reads.fields:
        yield Problem(at, "whether an item is asked cannot depend on its own answer", item, "a rule on other items")


def _window(at: Location, phrase: str) -> Iterator[Problem]:
    try:
        spec = parse_window(phrase)
    except RuleError as error:
        yield from (Problem(at, fault.problem, fault.seen, fault.wanted) for fault in error.problems)
        return
    if spec.anchor not in ANCHORS:
        yield unknown(at, "anchor", spec.anchor, ANCHORS)
