"""What the factors of subgroups, and their levels, are called in the reader's language."""

from equipoise.analysis.datasets.adsl import CHARACTERISTICS
from equipoise.conduct.concepts import concepts_of
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol
from equipoise.reports import words as _words  # noqa: F401  (declares the wordings)


def factor_words(protocol: Protocol, factor: str, language: str) -> tuple[str, dict[str, str]]:
    """The label of a factor and of its levels. `protocol` is in the reader's language; an unknown factor is its id."""
    if factor == "age":
        under, over = (message(code).say(language) for code in ("report.under_65", "report.from_65"))
        return message("report.age").say(language), {"64": under, "65": over}
    for one in protocol.strata:
        if one.id == factor:
            return one.label, {level.id: level.label for level in one.levels}
    concepts, concept = concepts_of(protocol), dict(CHARACTERISTICS).get(factor, "")
    if not concepts.asks(concept):
        return factor, {}
    item = concepts.asked(concept)
    return item.label, {option.id: option.label for option in getattr(item, "options", ())}
