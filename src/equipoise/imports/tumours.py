"""SDTM TU and TR (tumour identification and results) read as lesions, baselines and visits, reader by reader.

Sources: CDISC SDTMIG 3.4, domains TU and TR, and the CDISC RECIST 1.1 supplement (a result "TOO SMALL TO MEASURE"
counts as 5 mm). Lesions are those of TU; a diameter needs its unit; nothing missing becomes zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Sight
from equipoise.clinical.recist.course import Baseline, Visit
from equipoise.clinical.recist.target import NODE_NORMAL_MM, Reading, TargetLesion
from equipoise.imports.tables import Table
from equipoise.imports.tumour_lesions import GROUPS, Lesion, Reader, lesion_of, lesions_of, own_lesions, parents
from equipoise.imports.tumour_results import (
    GONE,
    MERGED,
    NEW_LESION_STATES,
    NON_TARGET_STATES,
    NOT_READ,
    SMALL,
    TESTS,
    Results,
    texts,
    visit_number,
    wrong,
)
from equipoise.imports.tumour_visits import Cell, VisitRows, apart, disagreements, is_unscheduled, ordered
from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import Message
from equipoise.kernel.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Series:
    """A reader's whole series: baseline, later visits, and the rows of TR behind each (the first row of data is 0)."""

    reader: Reader
    baseline: Baseline
    visits: tuple[Visit, ...]
    numbers: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    dates: tuple[str, ...]
    """The earliest date of each visit as written, or ''."""
    notes: tuple[Message, ...]
    """Where the dates of the visits and their numbers disagree."""


def read_series(tu: Table, tr: Table) -> list[Series]:
    """Every reader's series, in the order of the readers. Raises InputError naming file, row and column."""
    lesions = lesions_of(tu)
    return [_series(reader, lesions, visits, tu, tr) for reader, visits in sorted(_visits(tr, lesions, tu).items())]


# RESULTS


def _visits(tr: Table, lesions: Mapping[Reader, Mapping[str, Lesion]], tu: Table) -> dict[Reader, list[VisitRows]]:
    """Every reader's visits, in no order; of an unscheduled number there may be several."""
    found: dict[Reader, dict[tuple[Decimal, str], VisitRows]] = {}
    labels = texts(tr, "VISIT")
    dates = tr.dates("TRDTC") if tr.has("TRDTC") else [None] * len(tr)
    columns = zip(
        tr.codes("USUBJID"), texts(tr, "TREVAL"), texts(tr, "TREVALID"), tr.codes("TRLNKID"),
        tr.codes("VISITNUM"), tr.codes("TRTESTCD"), texts(tr, "TRGRPID"), dates, strict=True,
    )  # fmt: skip
    results = Results(tr)
    for row, (subject, evaluator, evaluator_id, name, number, test, group, day) in enumerate(columns, start=1):
        if not subject:
            raise wrong(tr, "the row names no subject", row, "USUBJID")
        if test.upper() not in TESTS:
            continue
        reader = Reader(subject, evaluator, evaluator_id)
        own = own_lesions(lesions, reader)
        lesion = lesion_of(own, name)
        if lesion is None:
            raise wrong(
                tr, f"lesion {name} of {subject} is not in {tu.file}" if name else "the row names no lesion", row,
                "TRLNKID", name, "a lesion identified by the same reader",
            )  # fmt: skip
        if group and GROUPS.get(group.upper(), lesion.group) != lesion.group:
            raise wrong(tr, f"lesion {name} is {lesion.group} in {tu.file}", row, "TRGRPID", group, lesion.group)
        position = visit_number(tr, "VISITNUM", number, row)
        if position is None:
            raise wrong(tr, "the visit has no number", row, "VISITNUM", wanted="a number")
        part = str(day or "") if is_unscheduled(position, labels[row - 1]) else ""
        visit = found.setdefault(reader, {}).setdefault((position, part), VisitRows(number, position))
        visit.rows.append(row - 1)
        if day is not None:
            visit.dates.append((day, row))
        cell = visit.cells.setdefault(name, Cell())
        result = results(row)
        before = cell.results.get(test.upper())
        if before is not None and before[0] != result:
            raise wrong(
                tr, f"lesion {name} has two results of {test} at visit {number} (the other in row {before[1]})",
                row, "TRLNKID", name, "one result a lesion, test and visit",
            )  # fmt: skip
        cell.results[test.upper()] = (result, row)
    return {reader: _one_by_one(visits.values()) for reader, visits in found.items()}


def _one_by_one(days: Iterable[VisitRows]) -> list[VisitRows]:
    """Visits from rows held by number and, of unscheduled numbers, by day."""
    by_number: dict[Decimal, list[VisitRows]] = {}
    for day in days:
        by_number.setdefault(day.position, []).append(day)
    return [visit for same in by_number.values() for visit in (apart(same) if len(same) > 1 else same)]


# SERIES


def _series(
    reader: Reader,
    lesions: Mapping[Reader, Mapping[str, Lesion]],
    visits: Sequence[VisitRows],
    tu: Table,
    tr: Table,
) -> Series:
    own = own_lesions(lesions, reader)
    chosen = [one for one in own.values() if one.group != "NEW"]
    first = _baseline_visit(chosen, min(visit.position for visit in visits))
    new = [one for one in own.values() if one.group == "NEW"]
    found_at, unseen = _new_lesion_visits(reader, new, visits, first, tu, tr)
    baseline_rows, later = _since_baseline(reader, chosen, first, [*visits, *unseen], tu, tr)
    targets = tuple(TargetLesion(one.id, one.is_node) for one in chosen if one.group == "TARGET")
    readings = {lesion.id: _target(lesion, own, baseline_rows) for lesion in targets}
    for lesion in targets:
        if not (size := readings[lesion.id].value):
            has = "no diameter" if size is None else "a diameter of 0 mm"
            raise wrong(
                tu, f"target lesion {lesion.id} of {reader.subject} has {has} at its baseline in {tr.file}",
                own[lesion.id].row, "TULNKID", lesion.id,
                f"{'LPERP' if lesion.is_node else 'LDIAM'} at visit {first}",
            )  # fmt: skip
    non_targets = tuple(one for one in chosen if one.group == "NON-TARGET")
    return Series(
        reader,
        Baseline(targets, readings, tuple(one.id for one in non_targets)),
        tuple(
            Visit(
                {lesion.id: _target(lesion, own, visit) for lesion in targets},
                {one.id: _non_target(tr, one, visit) for one in non_targets},
                dict(_new(tr, new, found_at, visit)),
                number=visit.number,
            )
            for visit in later
        ),
        tuple(visit.number for visit in later),
        tuple(tuple(visit.rows) for visit in later),
        tuple(visit.started for visit in later),
        tuple(disagreements(reader.subject, later)),
    )


def _baseline_visit(chosen: Sequence[Lesion], first: Decimal) -> Decimal:
    """The visit that identifies the lesions chosen, else the first there is; where none was chosen, one before all."""
    if not chosen:
        return Decimal("-Infinity")
    return min((one.visit for one in chosen if one.visit is not None), default=first)


def _since_baseline(
    reader: Reader, chosen: Sequence[Lesion], first: Decimal, visits: Sequence[VisitRows], tu: Table, tr: Table
) -> tuple[VisitRows, list[VisitRows]]:
    """The rows of the baseline and the visits after it, in order. Raises InputError where there is no such order."""
    own = [visit for visit in visits if visit.position == first]
    baseline = min(own, key=lambda visit: visit.first_day or date.max, default=None)
    if baseline is None:  # nothing was measured there, as where all disease is non-target
        days = [(one.on, one.row) for one in chosen if one.visit == first and one.on is not None]
        baseline = VisitRows(str(first), first, dates=days)
        visits = [baseline, *visits]
    line = ordered(visits)
    if isinstance(line, tuple):
        raise _not_in_order(reader, line, tu, tr)
    place = next(number for number, visit in enumerate(line) if visit is baseline)
    if place:
        early = line[0]
        table, row, column = _where(early, tu, tr)
        problem = f"the measurement stands before the baseline of {reader.subject}"
        if early.position < first:
            raise wrong(table, problem, row, "VISITNUM", early.number, f"visit {first} or later")
        raise wrong(table, problem, row, column, early.started, f"{baseline.started} or later")
    return baseline, line[1:]


def _where(visit: VisitRows, tu: Table, tr: Table) -> tuple[Table, int, str]:
    """Table, row (1 is the first) and column of date in which a visit is first dated, else first there."""
    if not visit.rows:  # a visit that TU alone knows of
        return tu, visit.dates[0][1] if visit.dates else 0, "TUDTC"
    earliest = min(visit.dates, key=lambda day: day[0].earliest, default=None)
    return tr, earliest[1] if earliest else visit.rows[0] + 1, "TRDTC"


def _not_in_order(reader: Reader, visits: Sequence[VisitRows], tu: Table, tr: Table) -> InputError:
    """What to say of visits that dates and numbers put in no order."""
    vague = next((one for one in visits if not _is_dated(one)), None)
    named = vague or visits[0]
    pairs = ((one, two) for one in visits for two in visits if one.position < two.position)
    turned = next(((one, two) for one, two in pairs if two.is_dated_before(one)), None)
    because = f", but {turned[1].number} is dated before {turned[0].number}" if turned else ""
    numbers = [one.number for one in visits]
    problem = f"the visits of {reader.subject} cannot be ordered: {', '.join(numbers[:-1])} and {numbers[-1]} by number"
    wanted = f"a complete date for visit {named.number}" if vague else "visits of days that do not overlap"
    table, row, column = _where(named, tu, tr)
    return wrong(table, problem + because, row, column, named.started, wanted)


def _is_dated(visit: VisitRows) -> bool:
    return bool(visit.dates) and all(day.is_complete for day, _ in visit.dates)


def _new_lesion_visits(
    reader: Reader, new: Sequence[Lesion], visits: Sequence[VisitRows], first: Decimal, tu: Table, tr: Table
) -> tuple[dict[str, VisitRows], list[VisitRows]]:
    """The visit at which each new lesion was identified, and those of them at which nothing else was recorded.

    Raises InputError for a new lesion that would be lost.
    """
    found: dict[str, VisitRows] = {}
    unseen: dict[Decimal, VisitRows] = {}
    for one in new:
        has_result = any(one.id in visit.cells for visit in visits if visit.position > first)
        if one.visit is None and not has_result:
            raise wrong(
                tu, f"the new lesion {one.id} of {reader.subject} has neither a visit nor a result in {tr.file}",
                one.row, "TULNKID", one.id, "the VISITNUM at which it was found",
            )  # fmt: skip
        if one.visit is not None and one.visit <= first and not has_result:
            raise wrong(
                tu, f"the new lesion {one.id} of {reader.subject} is identified at the baseline", one.row, "VISITNUM",
                str(one.visit), f"a visit after {first}, or TARGET or NON-TARGET",
            )  # fmt: skip
        if one.visit is None or one.visit <= first:
            continue
        same = [visit for visit in visits if visit.position == one.visit]
        if len(same) > 1:
            if any(one.id in visit.cells for visit in same):
                continue  # its results say at which of them it was seen
            same = [visit for visit in same if any(one.on == day for day, _ in visit.dates)]
            if len(same) != 1:
                raise wrong(
                    tu, f"the new lesion {one.id} of {reader.subject} is of one of several visits {one.visit}", one.row,
                    "TUDTC", str(one.on or ""), f"the date of that visit in {tr.file}",
                )  # fmt: skip
        if not same:
            days = [(one.on, one.row)] if one.on is not None else []
            same = [unseen.setdefault(one.visit, VisitRows(str(one.visit), one.visit, dates=days))]
        found[one.id] = same[0]
    return found, list(unseen.values())


def _target(lesion: TargetLesion, own: Mapping[str, Lesion], visit: VisitRows | None) -> Reading:
    """A target's reading at a visit: the short axis of a node, the longest diameter of anything else.

    Fragments (`T01.1`, `T01.2`) are added up and stand for the whole; lesions grown together (`T01/T02`) count in the
    first of them.
    """
    if visit is None:
        return Reading.not_evaluable()
    parts = [name for name in visit.cells if name not in own and lesion.id in parents(name)]
    if any(parents(name)[0] != lesion.id for name in parts):
        return Reading.coalesced()
    names = parts or [name for name in visit.cells if name == lesion.id]
    found = [_reading(lesion, visit.cells[name]) for name in names]
    if not found or any(one.value is None for one in found):
        return Reading.not_evaluable()
    if len(found) == 1:
        return found[0]
    return Reading.measured(*(Quantity(one.value, "mm") for one in found if one.value is not None))


def _reading(lesion: TargetLesion, cell: Cell) -> Reading:
    """What one row, or several of one lesion and visit, say of a target."""
    for test in ("LPERP" if lesion.is_node else "LDIAM", "DIAMETER"):
        result = cell.results.get(test, (None, 0))[0]
        if isinstance(result, Reading) and result.value is not None:
            return result
    state = cell.results.get("TUMSTATE", (None, 0))[0]
    if isinstance(state, str) and state in GONE:
        return Reading.absent()
    if isinstance(state, str) and state in SMALL:
        return Reading.too_small()
    return Reading.coalesced() if isinstance(state, str) and state in MERGED else Reading.not_evaluable()


def _non_target(tr: Table, lesion: Lesion, visit: VisitRows) -> NonTargetState:
    """A non-target's state: as stated, or from its diameter; a node under 10 mm in its short axis is normal."""
    cell = visit.cells.get(lesion.id)
    if cell is None:
        return NonTargetState.NOT_EVALUABLE
    if "TUMSTATE" in cell.results:
        code, row = cell.results["TUMSTATE"]
        if not isinstance(code, str) or code not in NON_TARGET_STATES:
            wanted = "PRESENT, ABSENT, UNEQUIVOCAL PROGRESSION or NOT EVALUABLE"
            raise wrong(tr, "the state of the non-target lesion is not known", row, _state_column(tr), code, wanted)
        return NON_TARGET_STATES[code]
    result = _reading(TargetLesion(lesion.id, lesion.is_node), cell)
    if result.value is None:
        return NonTargetState.NOT_EVALUABLE
    is_small = result.value < NODE_NORMAL_MM if lesion.is_node else result.value == 0
    is_gone = is_small and result.sight is not Sight.COALESCED
    return NonTargetState.ABSENT if is_gone else NonTargetState.PRESENT


def _state_column(tr: Table) -> str:
    return "TRSTRESC" if tr.has("TRSTRESC") else "TRORRES"


def _new(
    tr: Table, lesions: Iterable[Lesion], found_at: Mapping[str, VisitRows], visit: VisitRows
) -> Iterable[tuple[str, NewLesionState]]:
    """New lesions seen at a visit: by a result there, or by being identified at it."""
    for lesion in lesions:
        cell = visit.cells.get(lesion.id)
        is_found_here = found_at.get(lesion.id) is visit
        if cell is None:
            if is_found_here:
                yield lesion.id, NewLesionState.UNEQUIVOCAL
            continue
        state = cell.results.get("TUMSTATE")
        if state is None:
            is_seen = any(isinstance(one, Reading) and one.value for one, _ in cell.results.values())
            if is_seen or is_found_here:
                yield lesion.id, NewLesionState.UNEQUIVOCAL
            continue
        code, row = state
        if isinstance(code, str) and code in NOT_READ:
            continue
        if not isinstance(code, str) or code not in NEW_LESION_STATES:
            wanted = "PRESENT, UNEQUIVOCAL, EQUIVOCAL, ABSENT or NOT EVALUABLE"
            raise wrong(tr, "the state of the new lesion is not known", row, _state_column(tr), code, wanted)
        yield lesion.id, NEW_LESION_STATES[code]
