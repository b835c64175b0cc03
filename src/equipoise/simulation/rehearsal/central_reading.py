"""Central reads of a rehearsal: other eyes on the same lesions, who mostly agree, and a third reader where not.

The central reader chooses almost the same lesions, measures each a little differently, sometimes sees a new lesion the
site did not see or misses one, and never meets the arm. Half of the participants are read by either of the two.
"""

from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from equipoise.clinical.recist.measurability import MAX_TARGETS, MAX_TARGETS_PER_ORGAN
from equipoise.conduct.actions.central import (
    LEAST_MM,
    LEAST_NODE_MM,
    AdjudicateResponse,
    FinishCentralBaseline,
    ReadCentrally,
)
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.assessment import Course, Followed, course
from equipoise.conduct.central import Comparison, Review, baseline_scan_on, central_review
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.entry import Entry
from equipoise.conduct.scans import Measured
from equipoise.methods.items import Answer
from equipoise.protocol.model import CentralReview
from equipoise.simulation.rehearsal.cast import Person
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Acts = Generator[Step, tuple[Entry, ...], None]

READER, ADJUDICATOR = "central_reader", "central_adjudicator"
"""How the two central readers of a participant are called among the people of its story."""

READ_WITHIN, ADJUDICATED_WITHIN = (3, 12), (2, 9)
"""Days from a scan to its central read, and from there to an adjudication."""
CHOOSES_OTHERWISE = 0.12
"""How often a lesion that was a target at the site is none for the central reader, or the other way round."""
BETWEEN_READERS = 0.07
"""Standard deviation of one reader's size against another's, as a share of the size: one lesion keeps most of it."""
WITHIN_READER = 0.03
SEES_NEW, SEES_NEW_ALONE = 0.9, 0.02
SEES_GROWTH, SEES_GROWTH_ALONE = 0.85, 0.01
"""How often the central reader calls a new lesion, or growth of a non-target, where the site did and where not."""
TAKES_CENTRAL = 0.6
"""How often the adjudicator sides with the central reader."""
REASONS = (
    "The sum of diameters is measured at the same slice level at every scan",
    "The targets chosen stand better for the whole burden",
    "The difference lies within the error of measurement; the larger set of targets is followed",
)
OF_PROGRESSION = {
    True: ("The new lesion is unequivocal on thin slices", "The sum has grown beyond the error of measurement"),
    False: ("What was called new is scarring", "Non-target disease taken as a whole did not progress"),
}
"""Reasons of an adjudicator where one reading calls progression: by whether it is upheld."""


def central_readers(people: Iterable[Person], index: int) -> dict[str, Person]:
    """Who reads the scans of a participant and who adjudicates: the two central readers take turns."""
    found = [person for person in people if person.role == READER]
    if len(found) < 2:
        return {READER: found[0]} if found else {}
    return {READER: found[index % 2], ADJUDICATOR: found[1 - index % 2]}


@dataclass(frozen=True, slots=True)
class _Pick:
    """A lesion as the central reader entered it: the site's lesion it is, its size in mm, whether a target."""

    site: Followed
    size: float
    is_target: bool


def read_centrally(tell: Telling, until: date) -> Acts:
    """Read what waits and may be read by a day, and adjudicate where the readings differ."""
    declared = tell.protocol.central_review
    if declared is None or READER not in tell.people or "withdrawal" in tell.book.stopped():
        return
    local = course(tell.protocol, tell.book)
    if not any(scan.visit for scan in local.scans) or not (picks := _picks(tell, local)):
        return
    while (review := central_review(tell.protocol, tell.book)) is not None and (scan := review.next_scan) is not None:
        day = max(scan.on + timedelta(days=tell.chance("central-day", scan.visit).between(*READ_WITHIN)), tell.today)
        if day > until:
            return
        if not review.baseline_read:
            yield from _baseline(tell, declared, picks, day)
        yield from _scan(tell, declared, review, scan, picks, day)
        yield from _adjudicate(tell, scan.visit, day)


def _picks(tell: Telling, local: Course) -> list[_Pick]:
    """The lesions the central reader chooses, in the order entered; the same whenever it is asked."""
    found, organs = [], Counter[str]()
    for one in local.lesions:
        if one.role not in ("target", "non_target") or one.size is None:
            continue
        chance = tell.chance("central-lesion", one.id)
        size = float(one.size) * chance.normal(1.0, BETWEEN_READERS)
        wanted = (one.role == "target") != chance.happens(CHOOSES_OTHERWISE)
        large = size >= float(LEAST_NODE_MM if one.is_node else LEAST_MM)
        room = sum(organs.values()) < MAX_TARGETS and organs[one.lesion.counted_organ] < MAX_TARGETS_PER_ORGAN
        is_target = wanted and large and room
        organs[one.lesion.counted_organ] += is_target
        found.append(_Pick(one, round(size, 1), is_target))
    return found


def _baseline(tell: Telling, declared: CentralReview, picks: list[_Pick], day: date) -> Acts:
    concepts, own = concepts_of(tell.protocol, "central."), concepts_of(tell.protocol)
    seen = baseline_scan_on(tell.protocol, tell.book) or day
    entries = []
    for pick in picks:
        values = {
            "lesion.organ": pick.site.lesion.organ,
            "lesion.side": own.text(pick.site.lesion.record, "lesion.side"),
            "lesion.site": own.text(pick.site.lesion.record, "lesion.site"),
            "lesion.found_on": seen.isoformat(),
            "lesion.role": "target" if pick.is_target else "non_target",
            "lesion.short_axis" if pick.site.is_node else "lesion.longest_diameter": f"{pick.size:.1f}",
        }
        entries.append(Enter(tell.book.subject, declared.lesions, _raw(concepts, values), occurrence="new"))
    tell.heard((yield tell.step(day, READER, ReadCentrally(tell.book.subject, _apart(concepts, entries)))))
    tell.heard((yield tell.step(day, READER, FinishCentralBaseline(tell.book.subject))))


def _apart(concepts: Concepts, entries: list[Enter]) -> tuple[Enter, ...]:
    """The entries with the exact site left out where two lesions of one organ and side would bear the same."""
    places = [tuple(str(entry.answers.get(concepts.item(f"lesion.{one}"))) for one in ("organ", "side", "site"))
              for entry in entries]  # fmt: skip
    site = concepts.item("lesion.site")
    return tuple(
        replace(entry, answers={name: one for name, one in entry.answers.items() if name != site})
        if places.count(place) > 1
        else entry
        for entry, place in zip(entries, places, strict=True)
    )


def _scan(
    tell: Telling, declared: CentralReview, review: Review, scan: Comparison, picks: list[_Pick], day: date
) -> Acts:
    concepts, subject = concepts_of(tell.protocol, "central."), tell.book.subject
    chance = tell.chance("central-scan", scan.visit)
    local = scan.local
    assert local is not None
    rows = [row.occurrence for row in tell.book.rows(declared.lesions)]
    entries, book = [], tell.book
    for name, pick in zip(rows, picks, strict=True):
        values = {"measurement.lesion": [name], "measurement.date": scan.on.isoformat()}
        values |= _measured(tell, pick, local.lesions.get(pick.site.id), scan.visit)
        raw = _raw(concepts, values)
        entries.append(Enter(subject, declared.measurements, raw, occurrence="new", visit=scan.visit))
        book = with_draft(book, declared.measurements, f"draft-{name}", _answers(raw))
    non_targets = any(not pick.is_target for pick in picks)
    grew = chance.happens(SEES_GROWTH if local.non_target == "PD" else SEES_GROWTH_ALONE)
    new = chance.happens(SEES_NEW if local.new_lesions == "unequivocal" else SEES_NEW_ALONE)
    told = {
        "assessment.date": scan.on.isoformat(),
        "assessment.quality": chance.weighted(("optimal", "readable"), (0.8, 0.2)),
        "assessment.non_target": ("PD" if grew else "NON_CR_NON_PD") if non_targets else "NA",
        "assessment.new_lesions": "unequivocal" if new else "none",
        **({"assessment.new_site": "Pleura"} if new else {}),
    }
    drafted = with_draft(book, declared.assessment, scan.visit, _answers(_raw(concepts, told)))
    seen = course(tell.protocol, drafted, "central").scan(scan.visit)
    told["assessment.overall"] = seen.response if seen is not None and seen.response else "NE"
    entries.append(Enter(subject, declared.assessment, _raw(concepts, told), occurrence="new", visit=scan.visit))
    tell.heard((yield tell.step(day, READER, ReadCentrally(subject, tuple(entries)))))


def _measured(tell: Telling, pick: _Pick, local: Measured | None, visit: str) -> dict[str, Any]:
    """One lesion at a scan by the central reader, whose own size it keeps following."""
    if local is None or local.state == "not_evaluated":
        return {"measurement.state": "not_evaluated"}
    if local.typed is None or local.state not in ("measured", "split"):
        return {"measurement.state": local.state if local.state in ("too_small", "absent") else "not_evaluated"}
    assert pick.site.size is not None
    own = pick.size / float(pick.site.size)
    size = float(local.typed) * own * tell.chance("central-size", pick.site.id, visit).normal(1.0, WITHIN_READER)
    if size < 5:
        return {"measurement.state": "too_small"}
    return {"measurement.state": "measured", "measurement.diameter": f"{size:.1f}"}


def _adjudicate(tell: Telling, visit: str, read: date) -> Acts:
    review = central_review(tell.protocol, tell.book)
    compared = review.scan(visit) if review is not None else None
    if compared is None or not compared.waits or ADJUDICATOR not in tell.people:
        return
    chance = tell.chance("adjudication", visit)
    day = read + timedelta(days=chance.between(*ADJUDICATED_WITHIN))
    if day > tell.until:
        return
    chosen: Literal["investigator", "central"] = "central" if chance.happens(TAKES_CENTRAL) else "investigator"
    upheld = compared.local if chosen == "investigator" else compared.central
    assert upheld is not None
    reasons = OF_PROGRESSION[upheld.response == "PD"] if compared.moves_progression else REASONS
    act = AdjudicateResponse(tell.book.subject, visit, chosen, compared.covers, chance.choose(list(reasons)))
    tell.heard((yield tell.step(day, ADJUDICATOR, act, signs=True)))


def _raw(concepts: Concepts, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item: {"value": one} for concept, one in values.items() if one and (item := concepts.item(concept))}


def _answers(raw: dict[str, dict[str, Any]]) -> dict[str, Answer]:
    return {name: Answer(value=tuple(one["value"]) if isinstance(one["value"], list) else one["value"])
            for name, one in raw.items()}  # fmt: skip
