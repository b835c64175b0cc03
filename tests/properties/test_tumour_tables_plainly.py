"""Tumour tables as people send them, against a plain reading of the paper's tables that was written apart.

Rows come unordered and twice, codes in any case with blanks around them, lengths in mm and cm; lesions are missing,
gone, too small or in fragments, and unscheduled visits share a number. Eisenhauer et al. 2009, sections 4.3-4.4.
"""

import csv
import io
import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from equipoise.cli.derive_tumours import visit_responses
from equipoise.imports.tables import Table, read_table

BASELINE = date(2026, 1, 5)


class Subject:
    """One made-up subject: rows of TU and TR, and what each visit after baseline should say."""

    def __init__(self, chance: random.Random, name: str, *, persists: bool) -> None:
        self.chance, self.name, self.persists = chance, name, persists
        self.nodes = {f"T{number}": chance.random() < 0.35 for number in range(chance.randint(0, 3))}
        self.others = [f"NT{number}" for number in range(chance.randint(0 if self.nodes else 1, 2))]
        self.tu: list[list[str]] = []
        self.tr: list[list[str]] = []
        self.expected: list[tuple[Any, ...]] = []
        self.before: list[tuple[str, Fraction | None]] = []
        for lesion, is_node in self.nodes.items():
            self.tu.append(
                [name, "1", lesion, self.spelled("TARGET"), self.spelled("LYMPH NODE" if is_node else "LUNG")]
            )
        self.tu += [[name, "1", lesion, self.spelled("NON-TARGET"), "BONE"] for lesion in self.others]
        self.size = {lesion: Fraction(chance.randint(150, 500), 10) for lesion in self.nodes}
        self.baseline = sum(self.size.values(), Fraction(0))
        for lesion, size in self.size.items():
            self.measure("1", BASELINE, lesion, size)
        for number, day in self.visits():
            self.visit(number, day)

    def spelled(self, code: str) -> str:
        """A code as somebody may type it."""
        typed = self.chance.choice([code, code, code.lower(), code.title()])
        return self.chance.choice([typed, typed, f" {typed} "])

    def visits(self) -> list[tuple[str, date]]:
        """Planned visits and unscheduled ones that share a number, in order of date."""
        planned, day = [], BASELINE
        for number in range(2, 2 + self.chance.randint(1, 4)):
            day += timedelta(days=self.chance.randint(35, 70))
            planned.append((str(number), day))
        days = [BASELINE + timedelta(days=self.chance.randint(16, 200)) for _ in range(self.chance.randint(0, 2))]
        unscheduled: list[tuple[str, date]] = []
        for day in days:
            if all(abs((day - other).days) > 15 for _, other in (*planned, *unscheduled)):
                unscheduled.append(("99", day))
        return sorted([*planned, *unscheduled], key=lambda visit: visit[1])

    def row(self, number: str, day: date, lesion: str, test: str, result: str, unit: str = "") -> None:
        self.tr.append([self.name, number, str(day), lesion, test, result, unit])

    def measure(self, number: str, day: date, lesion: str, size: Fraction) -> None:
        test = "LPERP" if self.nodes[lesion.partition(".")[0]] else "LDIAM"
        unit = self.chance.choice(["mm", "cm", "MM"])
        self.row(number, day, lesion, test, str(float(size / 10 if unit == "cm" else size)), unit)

    def read_target(self, number: str, day: date, lesion: str) -> Fraction | None:
        """What is found of a target, written down; the value it has in the sum."""
        test = "LPERP" if self.nodes[lesion] else "LDIAM"
        found = self.chance.choices(["none", "unread", "gone", "small", "parts", "size"], [4, 4, 10, 8, 8, 66])[0]
        if found == "none":
            return None
        if found == "unread":
            self.row(number, day, lesion, test, self.spelled(self.chance.choice(["NE", "NOT EVALUABLE", ""])))
            return None
        if found == "gone":
            self.row(number, day, lesion, test, self.spelled("ABSENT"))
            size = Fraction(0)
        elif found == "small":
            self.row(number, day, lesion, test, self.spelled("TOO SMALL TO MEASURE"))
            size = Fraction(5)
        else:
            size = Fraction(int(self.size[lesion] * self.chance.choice([5, 7, 9, 10, 11, 12, 13])), 10)
            if found == "parts" and size > 2:
                self.measure(number, day, f"{lesion}.1", Fraction(1))
                self.measure(number, day, f"{lesion}.2", size - 1)
            else:
                self.measure(number, day, lesion, size)
        self.size[lesion] = size
        return size

    def visit(self, number: str, day: date) -> None:
        rows = len(self.tr)
        sizes = {lesion: self.read_target(number, day, lesion) for lesion in self.nodes}
        states = {}
        for lesion in self.others:
            states[lesion] = self.chance.choice(["PRESENT", "PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION", "NE", ""])
            if states[lesion]:
                self.row(number, day, lesion, "TUMSTATE", self.spelled(states[lesion]))
        is_new = self.chance.random() < 0.05
        if is_new:
            lesion = f"N{len(self.tu)}"
            self.tu.append([self.name, number, lesion, self.spelled("NEW"), "LIVER"])
            self.row(number, day, lesion, "TUMSTATE", self.spelled("UNEQUIVOCAL"))
        if len(self.tr) == rows:
            return  # nothing recorded is no visit
        target, total = self.target(sizes)
        other = self.non_target(list(states.values()))
        nadir = min([self.baseline, *(one for _, one in self.before if one is not None)])
        self.before.append((target, total))
        overall = self.overall(target, other, is_new=is_new)
        shown = (str(day), total, self.baseline, nadir) if self.nodes else (str(day), None, None, None)
        self.expected.append((number, *shown, target, other, "Y" if is_new else "N", overall))

    def target(self, sizes: dict[str, Fraction | None]) -> tuple[str, Fraction | None]:
        """The target response and the sum, where every target was read."""
        if not sizes:
            return "NA", None
        read = {lesion: size for lesion, size in sizes.items() if size is not None}
        known, is_whole = sum(read.values(), Fraction(0)), len(read) == len(sizes)
        total = known if is_whole else None
        if is_whole and all(size < 10 if self.nodes[lesion] else size == 0 for lesion, size in read.items()):
            return "CR", total
        was_complete = any(response == "CR" for response, _ in self.before)
        if was_complete and any(size > 0 and not self.nodes[lesion] for lesion, size in read.items()):
            return "PD", total
        nadir = min([self.baseline, *(one for _, one in self.before if one is not None)])
        if known - nadir >= 5 and (nadir == 0 or (known - nadir) / nadir >= Fraction(1, 5)):
            return "PD", total
        if not is_whole:
            return "NE", None
        if (self.baseline - known) / self.baseline >= Fraction(3, 10):
            return "PR", total
        since = [response for response, _ in self.before]
        if "PD" in since:
            since = since[len(since) - since[::-1].index("PD") :]
        return ("PR" if self.persists and {"CR", "PR"} & set(since) else "SD"), total

    def non_target(self, states: list[str]) -> str:
        if not states:
            return "NA"
        if "UNEQUIVOCAL PROGRESSION" in states:
            return "PD"
        if "NE" in states or "" in states:
            return "NE"
        return "NON-CR/NON-PD" if "PRESENT" in states else "CR"

    def overall(self, target: str, other: str, *, is_new: bool) -> str:
        if is_new or "PD" in (target, other):
            return "PD"
        if target == "NA":
            return other
        return "PR" if target == "CR" and other in ("NON-CR/NON-PD", "NE") else target


def table(header: str, rows: list[list[str]]) -> Table:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return read_table(text.getvalue().encode(), "made-up.csv")


def millimetres(cell: str | None) -> Fraction | None:
    return None if cell is None else Fraction(cell)


@pytest.mark.parametrize("persists", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_every_visit_of_many_subjects(seed: int, persists: bool) -> None:
    chance = random.Random(seed)
    subjects = [Subject(chance, f"S{number}", persists=persists) for number in range(60)]
    tu = [row for one in subjects for row in one.tu]
    tr = [row for one in subjects for row in one.tr]
    tr += chance.sample(tr, len(tr) // 20)
    chance.shuffle(tu)
    chance.shuffle(tr)
    found, _ = visit_responses(
        table("USUBJID,VISITNUM,TULNKID,TUSTRESC,TULOC", tu),
        table("USUBJID,VISITNUM,TRDTC,TRLNKID,TRTESTCD,TRORRES,TRORRESU", tr),
        pr_persists=persists,
        language="en",
    )
    ours: dict[str, list[tuple[Any, ...]]] = {one.name: [] for one in subjects}
    for row in found.iter_rows(named=True):
        sums = (millimetres(row[name]) for name in ("SUMDIAM", "BASE", "NADIR"))
        said = (row[name] for name in ("TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP"))
        ours[row["USUBJID"]].append((row["VISITNUM"], row["TRDTC"], *sums, *said))
    assert sum(len(one.expected) for one in subjects) > 100
    for one in subjects:
        assert ours[one.name] == one.expected, one.tr
