"""The lesions that SDTM TU identifies, reader by reader.

Sources: CDISC SDTMIG 3.4, domain TU, and the CDISC RECIST 1.1 supplement (ids of lesions split and grown together).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from equipoise.imports.tables import Table
from equipoise.imports.tumour_results import texts, visit_number, wrong
from equipoise.kernel.dates import PartialDate

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
    """A lesion of TU: its group, whether it is a node, when it was found, and the row that says so (1 is the first)."""

    id: str
    group: str
    is_node: bool
    visit: Decimal | None
    on: PartialDate | None
    row: int


def lesions_of(tu: Table) -> dict[Reader, dict[str, Lesion]]:
    """Every reader's lesions, by id. Raises InputError for what identifies none, or one twice."""
    found: dict[Reader, dict[str, Lesion]] = {}
    later: list[tuple[Reader, str, int]] = []
    groups = tu.codes("TUSTRESC") if tu.has("TUSTRESC") else tu.codes("TUORRES")
    column = "TUSTRESC" if tu.has("TUSTRESC") else "TUORRES"
    days = tu.dates("TUDTC") if tu.has("TUDTC") else [None] * len(tu)
    columns = zip(
        tu.codes("USUBJID"), texts(tu, "TUEVAL"), texts(tu, "TUEVALID"), tu.codes("TULNKID"), groups,
        tu.codes("TULOC"), texts(tu, "VISITNUM"), texts(tu, "TUTESTCD"), days, strict=True,
    )  # fmt: skip
    for row, (subject, evaluator, evaluator_id, name, group, site, visit, test, day) in enumerate(columns, start=1):
        if not subject:
            raise wrong(tu, "the row names no subject", row, "USUBJID")
        if not name:
            raise wrong(tu, "the lesion has no id", row, "TULNKID")
        if group.upper() not in GROUPS and test.upper() not in IDENTIFIES:
            continue
        if group.upper() not in GROUPS:
            raise wrong(tu, "the lesion's group is not known", row, column, group, "TARGET, NON-TARGET or NEW")
        found_at = visit_number(tu, "VISITNUM", visit, row)
        lesion = Lesion(name, GROUPS[group.upper()], "LYMPH NODE" in site.upper(), found_at, day, row)
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
        if not any(part in found[reader] for part in (name, *parents(name))):
            raise wrong(
                tu, f"lesion {name} split or merged from none that is identified", row, "TULNKID", name,
                "T01.1 for a part of T01, T01/T02 for two grown together",
            )  # fmt: skip
    return found


def parents(name: str) -> tuple[str, ...]:
    """The lesions an id is made of: `T01.1` is a part of T01; `T01/T02` is T01 and T02 grown together."""
    merged = tuple(part.strip() for part in name.replace("+", "/").split("/"))
    if len(merged) > 1:
        return merged
    whole = name.rpartition(".")[0]
    return (whole,) if whole else ()


def own_lesions(lesions: Mapping[Reader, Mapping[str, Lesion]], reader: Reader) -> Mapping[str, Lesion]:
    """The reader's lesions; where TU names no reader, or no evaluator, those identified for all of them."""
    shared = (Reader(reader.subject, reader.evaluator, ""), Reader(reader.subject, "", ""))
    return next((lesions[one] for one in (reader, *shared) if one in lesions), {})


def lesion_of(own: Mapping[str, Lesion], name: str) -> Lesion | None:
    """The lesion a result belongs to: the one of that id, else the first it is a part of or grew together with."""
    return own.get(name) or next((own[part] for part in parents(name) if part in own), None)
