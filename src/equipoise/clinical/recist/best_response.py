"""Best overall response, confirmed or not, and the date of response. RECIST 1.1, section 4.6, table 3.

Only assessments up to and including the first progression count. Windows are in whole days from a reference date,
randomization or the start of treatment; a window of 42 days is met on the 42nd day after it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.clinical.recist.codes import BestResponse

CR, PR, SD, NON, PD, NE, ND, MISSING = BestResponse
ORDER = (CR, PR, SD, NON, PD, NE, ND, MISSING)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The overall response of one dated assessment."""

    on: date
    response: BestResponse


@dataclass(frozen=True, slots=True)
class Best:
    """A best overall response and the assessment it comes from: the earliest among equals; None where there is none."""

    response: BestResponse
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What confirms a response: a second one at least `days` later, with at most `max_ne` NE between them.

    `accept_sd` lets one SD stand between a partial response and its confirmation.
    """

    days: int = 28
    max_ne: int = 1
    accept_sd: bool = False


def until_progression(assessments: Sequence[Assessment], progressed_on: date | None = None) -> tuple[Assessment, ...]:
    """The assessments in order of date, up to and including the day of progression.

    `progressed_on` is that day where it was determined otherwise (adjudicated, say); by default the first PD.
    """
    ordered = sorted(assessments, key=lambda one: one.on)
    first = progressed_on or next((one.on for one in ordered if one.response is PD), None)
    return tuple(one for one in ordered if first is None or one.on <= first)


def best_response(
    assessments: Sequence[Assessment],
    start: date,
    *,
    min_sd_days: int,
    missing_as_ne: bool = False,
    progressed_on: date | None = None,
) -> Best:
    """The best of the series, in the order CR, PR, SD, NON-CR/NON-PD, PD, NE, ND, MISSING; the earliest among equals.

    Stable disease (and NON-CR/NON-PD) counts from `min_sd_days` after `start`; seen only earlier it leaves NE.
    """
    counted = until_progression(assessments, progressed_on)
    found: dict[BestResponse, date] = {}
    for one in counted:
        response = one.response
        if response in (SD, NON) and (one.on - start).days < min_sd_days:
            response = NE
        found.setdefault(response, one.on)
    return _first_of(found, missing_as_ne)


def confirmed_best_response(
    assessments: Sequence[Assessment],
    start: date,
    *,
    min_sd_days: int,
    confirmation: Confirmation,
    missing_as_ne: bool = False,
    progressed_on: date | None = None,
) -> Best:
    """The best of the series where CR and PR need confirmation (table 3 in its programmed form).

    A CR is confirmed by a CR at least so many days later with only CR and NE between; a PR by a CR or PR with only CR,
    PR and NE between and no PR after a CR. A response not confirmed counts as SD if late enough, else as NE.
    """
    counted = until_progression(assessments, progressed_on)
    found: dict[BestResponse, date] = {}
    for index, one in enumerate(counted):
        response = one.response
        if (response is CR and _is_confirmed(counted, index, confirmation, _confirms_complete)) or (
            response is PR and _is_confirmed(counted, index, confirmation, _confirms_partial)
        ):
            found.setdefault(response, one.on)
            continue
        late = (one.on - start).days >= min_sd_days
        if response in (CR, PR, SD):
            response = SD if late else NE
        elif response is NON:
            response = NON if late else NE
        found.setdefault(response, one.on)
    return _first_of(found, missing_as_ne)


def response_date(
    assessments: Sequence[Assessment],
    *,
    confirmation: Confirmation | None = None,
    progressed_on: date | None = None,
) -> date | None:
    """The date of the first CR or PR, confirmed where a confirmation is asked for; None where there is none."""
    counted = until_progression(assessments, progressed_on)
    for index, one in enumerate(counted):
        if one.response not in (CR, PR):
            continue
        if confirmation is None:
            return one.on
        confirms = _confirms_complete if one.response is CR else _confirms_partial
        if _is_confirmed(counted, index, confirmation, confirms):
            return one.on
    return None


def _first_of(found: dict[BestResponse, date], missing_as_ne: bool) -> Best:
    for response in ORDER:
        if response in found and response is not MISSING:
            return Best(response, found[response])
    return Best(NE if missing_as_ne else MISSING)


def _is_confirmed(
    counted: Sequence[Assessment],
    index: int,
    confirmation: Confirmation,
    confirms: Callable[[BestResponse, Sequence[BestResponse], bool], bool],
) -> bool:
    first = counted[index]
    for later in range(index + 1, len(counted)):
        second = counted[later]
        if (second.on - first.on).days < confirmation.days:
            continue
        between = [one.response for one in counted[index + 1 : later]]
        if between.count(NE) + between.count(MISSING) <= confirmation.max_ne and confirms(
            second.response, [one for one in between if one is not MISSING], confirmation.accept_sd
        ):
            return True
    return False


def _confirms_complete(second: BestResponse, between: Sequence[BestResponse], accept_sd: bool) -> bool:
    return second is CR and all(one in (CR, NE) for one in between)


def _confirms_partial(second: BestResponse, between: Sequence[BestResponse], accept_sd: bool) -> bool:
    if second not in (CR, PR):
        return False
    if not all(one in (CR, PR, NE) or (one is SD and accept_sd) for one in between) or between.count(SD) > 1:
        return False
    responses = [one for one in (*between, second) if one in (CR, PR)]
    return not any(one is PR and CR in responses[:place] for place, one in enumerate(responses))
