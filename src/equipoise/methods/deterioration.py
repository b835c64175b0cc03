"""Time to deterioration of a questionnaire score: first or lasting, against baseline, best or previous.

The definitions are those of Anota et al., Qual Life Res 2015;24:5-18 (time to deterioration, and until definitive
deterioration); every choice is a named part of the rule, so that the protocol states it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Literal

Handling = Literal["censored", "event", "excluded"]


class Lasting(StrEnum):
    """When a deterioration is definitive."""

    FIRST = "first"
    """It need not last."""
    NOT_ABOVE_REFERENCE = "not_above_reference"
    """No later score is better than the reference by more than the threshold (definition 1)."""
    AT_ALL_LATER = "at_all_later"
    """Every later score is worse than the reference by at least the threshold too (definition 2)."""
    NOT_ABOVE_ITSELF = "not_above_itself"
    """No later score is better than the deteriorated one by more than the threshold (definition 3)."""


@dataclass(frozen=True, slots=True)
class DeteriorationRule:
    """What counts as deterioration. `threshold` in points; `worse` says which way a score is worse."""

    threshold: Fraction
    worse: Literal["lower", "higher"]
    reference: Literal["baseline", "best", "previous"] = "baseline"
    lasting: Lasting = Lasting.FIRST
    death: Literal["censored", "event"] = "censored"
    """Death without deterioration: censored at the last score, or an event of its own kind on its day."""
    without_baseline: Handling = "censored"
    without_follow_up: Handling = "censored"

    def __post_init__(self) -> None:
        if self.threshold <= 0:
            raise ValueError(f"A threshold of deterioration is positive; seen {self.threshold}.")


@dataclass(frozen=True, slots=True)
class Score:
    """A score on a day; None where the form was returned but the scale could not be scored."""

    on: date
    value: Fraction | None
    is_baseline: bool = False


class Ending(StrEnum):
    """How observation ended."""

    DETERIORATED = "deteriorated"
    DIED = "died"
    CENSORED = "censored"


@dataclass(frozen=True, slots=True)
class Deterioration:
    """When and how observation ended. `reason` names a missing baseline or follow-up, else is ''."""

    on: date
    ending: Ending
    reason: Literal["", "no baseline", "no follow-up"] = ""


def time_to_deterioration(
    scores: Sequence[Score], rule: DeteriorationRule, *, died: date | None = None
) -> Deterioration | None:
    """When a participant's score deteriorated; None where nothing was ever scored, or the rule excludes.

    Without a baseline score the day is that of the first form; without a later score, that of the baseline. With the
    reference `best` or `previous`, the first score there is stands for a missing baseline. Raises ValueError for two
    scores of one day.
    """
    forms = sorted(scores, key=lambda one: one.on)
    if len({one.on for one in forms}) < len(forms):
        raise ValueError("Two scores stand on one day; one score a day and scale is needed.")
    known = [(one.on, one.value) for one in forms if one.value is not None]
    if not known:
        return None
    has_baseline = any(one.is_baseline and one.value is not None for one in forms)
    if not has_baseline and rule.reference == "baseline":
        return _handled(rule.without_baseline, forms[0].on, "no baseline")
    later = known[1:]
    if not later:
        if died is not None and rule.death == "event" and has_baseline:
            return Deterioration(died, Ending.DIED)
        reason: Literal["no baseline", "no follow-up"] = "no follow-up" if has_baseline else "no baseline"
        handling = rule.without_follow_up if has_baseline else rule.without_baseline
        return _handled(handling, known[0][0], reason)
    sign = 1 if rule.worse == "lower" else -1
    values = [sign * value for _, value in known]  # lower is worse from here on
    for place in range(1, len(values)):
        reference = _reference(values[:place], rule)
        if values[place] <= reference - rule.threshold and _lasts(values[place:], reference, rule):
            return Deterioration(known[place][0], Ending.DETERIORATED)
    if died is not None and rule.death == "event":
        return Deterioration(died, Ending.DIED)
    return Deterioration(known[-1][0], Ending.CENSORED)


def _reference(before: Sequence[Fraction], rule: DeteriorationRule) -> Fraction:
    match rule.reference:
        case "baseline":
            return before[0]
        case "best":
            return max(before)
        case "previous":
            return before[-1]


def _lasts(deteriorated: Sequence[Fraction], reference: Fraction, rule: DeteriorationRule) -> bool:
    """Whether the first of these scores is a deterioration that the later ones leave standing."""
    itself, later = deteriorated[0], deteriorated[1:]
    match rule.lasting:
        case Lasting.FIRST:
            return True
        case Lasting.NOT_ABOVE_REFERENCE:
            return all(value <= reference + rule.threshold for value in later)
        case Lasting.AT_ALL_LATER:
            return all(value <= reference - rule.threshold for value in later)
        case Lasting.NOT_ABOVE_ITSELF:
            return all(value <= itself + rule.threshold for value in later)


def _handled(handling: Handling, on: date, reason: Literal["no baseline", "no follow-up"]) -> Deterioration | None:
    if handling == "excluded":
        return None
    return Deterioration(on, Ending.DETERIORATED if handling == "event" else Ending.CENSORED, reason)
