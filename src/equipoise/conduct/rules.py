"""A protocol's rules, read and checked once: criteria, strata, conditions of items, edit checks."""

from dataclasses import dataclass, field
from typing import Any

from equipoise.methods.criteria import Criterion, Exempting, Rule, Vocabulary, label, parse_window, read_rule
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
    edits: dict[tuple[str, str], Rule] = field(default_factory=dict)
    places: dict[str, tuple[tuple[Form, Any], ...]] = field(default_factory=dict)
    translated: Protocol | None = None


_KEPT: dict[tuple[int, int], Rules] = {}


def rules_of(protocol: Protocol, translated: Protocol | None = None) -> Rules:
    """The rules of a protocol, worded in Chinese by its translation where one is given.

    Kept by identity: documents of the record are read once and live as long as we do.
    """
    key = (id(protocol), id(translated))
    kept = _KEPT.get(key)
    if kept is None or kept.protocol is not protocol or kept.translated is not translated:
        if len(_KEPT) > 64:
            _KEPT.clear()
        kept = _KEPT[key] = _compile(protocol, translated)
    return kept


def _compile(protocol: Protocol, translated: Protocol | None) -> Rules:
    words = vocabulary(protocol, translated)
    criteria: dict[str, Criterion] = {}
    for stated in protocol.eligibility:
        unless: tuple[Exempting, ...] = ()
        if stated.unless is not None:
            also = translated.criterion(stated.id).unless if translated is not None else None
            says = label(stated.unless.says, also.says if also is not None else "")
            exempting = Exempting(f"{stated.id}.unless", says, read_rule(stated.unless.rule, words))
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
    edits = {
        (form.id, edit.id): read_rule(edit.rule, words, row_of=_row_of(form))
        for form in protocol.forms
        for edit in form.edits
    }
    return Rules(protocol, words, criteria, levels, conditions, edits, _places(protocol), translated)


def _places(protocol: Protocol) -> dict[str, tuple[tuple[Form, Any], ...]]:
    """Where each name of the vocabulary is answered: forms and items, logs apart."""
    found: dict[str, list[tuple[Form, Any]]] = {}
    for form in protocol.forms:
        if form.use == "log":
            continue
        for item in form.items:
            found.setdefault(item.id, []).append((form, item))
    return {name: tuple(places) for name, places in found.items()}


def _row_of(form: Form) -> Any:
    return form.id if form.use == "log" else None
