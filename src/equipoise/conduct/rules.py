"""A protocol's rules, read and checked once: criteria, strata, conditions of items, edit checks."""

from dataclasses import dataclass, field
from typing import Any

from equipoise.kernel.messages import literal
from equipoise.methods.criteria import Criterion, Exempting, Rule, Vocabulary, parse_window, read_rule
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol
from equipoise.protocol.vocabulary import vocabulary


@dataclass(frozen=True)
class Rules:
    """The rules of one protocol version, against its vocabulary."""

    protocol: Protocol
    vocabulary: Vocabulary
    criteria: dict[str, Criterion]
    levels: dict[str, tuple[tuple[str, Rule], ...]]
    conditions: dict[tuple[str, str], Rule] = field(default_factory=dict)


_KEPT: dict[int, Rules] = {}


def rules_of(protocol: Protocol) -> Rules:
    """The rules of a protocol. Kept by identity: documents of the record are read once and live as long as we do."""
    kept = _KEPT.get(id(protocol))
    if kept is None or kept.protocol is not protocol:
        if len(_KEPT) > 64:
            _KEPT.clear()
        kept = _KEPT[id(protocol)] = _compile(protocol)
    return kept


def _compile(protocol: Protocol) -> Rules:
    words = vocabulary(protocol)
    criteria: dict[str, Criterion] = {}
    for stated in protocol.eligibility:
        unless: tuple[Exempting, ...] = ()
        if stated.unless is not None:
            exempting = Exempting(
                f"{stated.id}.unless", literal(stated.unless.says), read_rule(stated.unless.rule, words)
            )
            unless = (exempting,)
        criteria[stated.id] = Criterion(
            rule=read_rule(stated.rule, words),
            within=parse_window(stated.within) if stated.within else None,
            unless=unless,
            excludes=stated.kind == "exclusion",
        )
    levels = {
        factor.id: tuple((level.id, read_rule(level.when, words)) for level in factor.levels)
        for factor in protocol.strata
    }
    conditions = {
        (form.id, item.id): read_rule(item.when, words, row_of=_row_of(form))
        for form in protocol.forms
        for item in form.items
        if item.when
    }
    return Rules(protocol, words, criteria, levels, conditions)


def _row_of(form: Form) -> Any:
    return form.id if form.use == "log" else None
