"""SDTM TU and TR (tumour identification and results) read as lesions, baselines and visits, reader by reader.

Sources: CDISC SDTMIG 3.4, domains TU and TR, and the CDISC RECIST 1.1 supplement (a result "TOO SMALL TO MEASURE"
counts as 5 mm). Lesions are those of TU; a diameter needs its unit; nothing missing becomes zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Sight
from equipoise.clinical.recist.course import Baseline, Visit
from equipoise.clinical.recist.target import NODE_NORMAL_MM, Reading, TargetLesion
from equipoise.imports.tables import Table
from equipoise.imports.tumour_results import (
    GONE,
    MERGED,
    NEW_LESION_STATES,
    NON_TARGET_STATES,
    NOT_READ,
    TESTS,
    Results,
    texts,
    visit_number,
    wrong,
)
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import Quantity

GROUPS = {
    "TARGET": "TARGET", "NON-TARGET": "NON-TARGET", "NON TARGET": "NON-TARGET", "NONTARGET": "NON-TARGET",
    "NEW": "NEW", "NEW LESION": "NEW",
}  # fmt: skip


IDENTIFIES = frozenset({"", "TUMIDENT", "LESIDENT", "TUSPLIT", "TUMERGE"})
"""The tests of TU that identify a lesion; others (previous irradiation, say) describe one."""


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """Whose reading of whom: subject, evaluator, evaluator's id."""

    subject: str
    evaluator: str
    evaluator_id: str


@dataclass(frozen=True, slots=True)
class Lesion:
    """A lesion of TU: its group, whether it is a node, and the row that names it (1 is the first)."""

    id: str
    group: str
    is_node: bool
    visit: Decimal | None
    row: int


@dataclass(slots=True)
class Cell:
    """The results of one lesion at one visit, by test, with the rows they stand in."""

    results: dict[str, tuple[Reading | str | None, int]] = field(default_factory=dict)


@dataclass(slots=True)
class VisitRows:
    """One visit of one reader: its number as written, its dates, its cells, the rows of TR it came from."""

    number: str
    cells: dict[str, Cell] = field(default_factory=dict)
    dates: list[tuple[PartialDate, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


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


def read_series(tu: Table, tr: Table) -> list[Series]:
    """Every reader's series, in the order of the readers. Raises InputError naming file, row and column."""
    lesions = _lesions(tu)
    return [_series(reader, lesions, visits, tu, tr) for reader, visits in sorted(_visits(tr, lesions, tu).items())]


# LESIONS


def _lesions(tu: Table) -> dict[Reader, dict[str, Lesion]]:
    found: dict[Reader, dict[str, Lesion]] = {}
    later: list[tuple[Reader, str, int]] = []
    groups = tu.texts("TUSTRESC") if tu.has("TUSTRESC") else tu.texts("TUORRES")
    column = "TUSTRESC" if tu.has("TUSTRESC") else "TUORRES"
    columns = zip(
        tu.texts("USUBJID"), texts(tu, "TUEVAL"), texts(tu, "TUEVALID"), tu.texts("TULNKID"), groups,
        tu.texts("TULOC"), texts(tu, "VISITNUM"), texts(tu, "TUTESTCD"), strict=True,
    )  # fmt: skip
    for row, (subject, evaluator, evaluator_id, name, group, site, visit, test) in enumerate(columns, start=1):
        if not subject:
            raise wrong(tu, "the row names no subject", row, "USUBJID")
        if not name:
            raise wrong(tu, "the lesion has no id", row, "TULNKID")
        if group.upper() not in GROUPS and test.upper() not in IDENTIFIES:
            continue
        if group.upper() not in GROUPS:
            raise wrong(tu, "the lesion's group is not known", row, column, group, "TARGET, NON-TARGET or NEW")
        lesion = Lesion(
            name, GROUPS[group.upper()], "LYMPH NODE" in site.upper(), visit_number(tu, "VISITNUM", visit, row), row
        )
        reader = Reader(subject, evaluator, evaluator_id)
        own = found.setdefault(reader, {})
        if test.upper() in ("TUSPLIT", "TUMERGE"):
            later.append((reader, name, row))
            continue
        if name in own:
            raise wrong(
                tu, f"lesion {name} is identified twice (first in row {own[name].row})", row, "TULNKID", name,
                "one id for one lesion",
            )  # fmt: skip
        own[name] = lesion
    for reader, name, row in later:
        if not any(part in found[reader] for part in (name, *_parents(name))):
            raise wrong(
                tu, f"lesion {name} split or merged from none that is identified", row, "TULNKID", name,
                "T01.1 for a part of T01, T01/T02 for two grown together",
            )  # fmt: skip
    return found


def _parents(name: str) -> tuple[str, ...]:
    """The lesions an id is made of: `T01.1` is a part of T01; `T01/T02` is T01 and T02 grown together."""
    merged = tuple(part.strip() for part in name.replace("+", "/").split("/"))
    if len(merged) > 1:
        return merged
    whole = name.rpartition(".")[0]
    return (whole,) if whole else ()


# RESULTS


def _visits(
    tr: Table, lesions: Mapping[Reader, Mapping[str, Lesion]], tu: Table
) -> dict[Reader, dict[Decimal, VisitRows]]:
    found: dict[Reader, dict[Decimal, VisitRows]] = {}
    dates = tr.dates("TRDTC") if tr.has("TRDTC") else [None] * len(tr)
    columns = zip(
        tr.texts("USUBJID"), texts(tr, "TREVAL"), texts(tr, "TREVALID"), tr.texts("TRLNKID"),
        tr.texts("VISITNUM"), tr.texts("TRTESTCD"), texts(tr, "TRGRPID"), dates, strict=True,
    )  # fmt: skip
    results = Results(tr)
    for row, (subject, evaluator, evaluator_id, name, number, test, group, day) in enumerate(columns, start=1):
        if not subject:
            raise wrong(tr, "the row names no subject", row, "USUBJID")
        if test.upper() not in TESTS:
            continue
        reader = Reader(subject, evaluator, evaluator_id)
        own = _own_lesions(lesions, reader)
        lesion = _lesion_of(own, name)
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
        visit = found.setdefault(reader, {}).setdefault(position, VisitRows(number))
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
    return found


def _own_lesions(lesions: Mapping[Reader, Mapping[str, Lesion]], reader: Reader) -> Mapping[str, Lesion]:
    """The reader's lesions; where TU names no reader, or no evaluator, those identified for all of them."""
    shared = (Reader(reader.subject, reader.evaluator, ""), Reader(reader.subject, "", ""))
    return next((lesions[one] for one in (reader, *shared) if one in lesions), {})


def _lesion_of(own: Mapping[str, Lesion], name: str) -> Lesion | None:
    """The lesion a result belongs to: the one of that id, else the first it is a part of or grew together with."""
    return own.get(name) or next((own[part] for part in _parents(name) if part in own), None)


# SERIES


def _series(
    reader: Reader,
    lesions: Mapping[Reader, Mapping[str, Lesion]],
    visits: Mapping[Decimal, VisitRows],
    tu: Table,
    tr: Table,
) -> Series:
    own = _own_lesions(lesions, reader)
    ordered = sorted(visits.items())
    chosen = [one for one in own.values() if one.group != "NEW"]
    first = _baseline_visit(chosen, ordered[0][0])
    early = next((visit for number, visit in ordered if number < first), None)
    if early is not None:
        raise wrong(
            tr, f"the measurement stands before the baseline of {reader.subject}", early.rows[0] + 1, "VISITNUM",
            early.number, f"visit {first} or later",
        )  # fmt: skip
    _check_dates(tr, ordered)
    targets = tuple(TargetLesion(one.id, one.is_node) for one in chosen if one.group == "TARGET")
    baseline_rows = visits.get(first)
    readings = {lesion.id: _target(lesion, own, baseline_rows) for lesion in targets}
    for lesion in targets:
        if not readings[lesion.id].value:
            raise wrong(
                tu, f"target lesion {lesion.id} of {reader.subject} has no diameter at its baseline in {tr.file}",
                own[lesion.id].row, "TULNKID", lesion.id,
                f"{'LPERP' if lesion.is_node else 'LDIAM'} at visit {first}",
            )  # fmt: skip
    non_targets = tuple(one for one in chosen if one.group == "NON-TARGET")
    new = [one for one in own.values() if one.group == "NEW"]
    found = dict(visits)
    for one in new:  # a visit at which nothing but a new lesion was recorded is a visit
        if one.visit is None and not any(one.id in visit.cells for visit in visits.values()):
            raise wrong(
                tu, f"the new lesion {one.id} of {reader.subject} has neither a visit nor a result in {tr.file}",
                one.row, "TULNKID", one.id, "the VISITNUM at which it was found",
            )  # fmt: skip
        if one.visit is not None and one.visit > first:
            found.setdefault(one.visit, VisitRows(str(one.visit)))
    later = [(number, visit) for number, visit in sorted(found.items()) if number > first]
    return Series(
        reader,
        Baseline(targets, readings, tuple(one.id for one in non_targets)),
        tuple(
            Visit(
                {lesion.id: _target(lesion, own, visit) for lesion in targets},
                {one.id: _non_target(tr, one, visit) for one in non_targets},
                dict(_new(tr, new, number, visit)),
            )
            for number, visit in later
        ),
        tuple(visit.number for _, visit in later),
        tuple(tuple(visit.rows) for _, visit in later),
        tuple(
            str(min((day for day, _ in visit.dates), key=lambda day: day.earliest, default="")) for _, visit in later
        ),
    )


def _baseline_visit(chosen: Sequence[Lesion], first: Decimal) -> Decimal:
    """The visit that identifies the lesions chosen, else the first there is; where none was chosen, one before all."""
    if not chosen:
        return Decimal("-Infinity")
    return min((one.visit for one in chosen if one.visit is not None), default=first)


def _check_dates(tr: Table, ordered: Iterable[tuple[Decimal, VisitRows]]) -> None:
    """Visits in the order of their numbers must not run backwards in time."""
    latest: tuple[PartialDate, str] | None = None
    for _, visit in ordered:
        for day, row in visit.dates:
            if latest is not None and day.latest < latest[0].earliest:
                raise wrong(
                    tr, f"the visits are out of order: visit {visit.number} is dated before visit {latest[1]}", row,
                    "TRDTC", str(day), f"{latest[0]} or later",
                )  # fmt: skip
        if visit.dates:
            start = min((day for day, _ in visit.dates), key=lambda day: day.earliest)
            if latest is None or start.earliest > latest[0].earliest:
                latest = (start, visit.number)


def _target(lesion: TargetLesion, own: Mapping[str, Lesion], visit: VisitRows | None) -> Reading:
    """A target's reading at a visit: the short axis of a node, the longest diameter of anything else.

    Fragments (`T01.1`, `T01.2`) are added up and stand for the whole; lesions grown together (`T01/T02`) count in the
    first of them.
    """
    if visit is None:
        return Reading.not_evaluable()
    parts = [name for name in visit.cells if name not in own and lesion.id in _parents(name)]
    if any(_parents(name)[0] != lesion.id for name in parts):
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
        if isinstance(result, Reading):
            return result
    state = cell.results.get("TUMSTATE", (None, 0))[0]
    if isinstance(state, str) and state in GONE:
        return Reading.absent()
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
    tr: Table, lesions: Iterable[Lesion], number: Decimal, visit: VisitRows
) -> Iterable[tuple[str, NewLesionState]]:
    """New lesions seen at a visit: by a result there, or by being identified at it."""
    for lesion in lesions:
        cell = visit.cells.get(lesion.id)
        if cell is None:
            if lesion.visit == number:
                yield lesion.id, NewLesionState.UNEQUIVOCAL
            continue
        state = cell.results.get("TUMSTATE")
        if state is None:
            is_seen = any(isinstance(one, Reading) and one.value for one, _ in cell.results.values())
            if is_seen or lesion.visit == number:
                yield lesion.id, NewLesionState.UNEQUIVOCAL
            continue
        code, row = state
        if isinstance(code, str) and code in NOT_READ:
            continue
        if not isinstance(code, str) or code not in NEW_LESION_STATES:
            wanted = "PRESENT, UNEQUIVOCAL, EQUIVOCAL, ABSENT or NOT EVALUABLE"
            raise wrong(tr, "the state of the new lesion is not known", row, _state_column(tr), code, wanted)
        yield lesion.id, NEW_LESION_STATES[code]
