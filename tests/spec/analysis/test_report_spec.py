"""The report as a document: the same in every format, nothing by arm without leave, honest where there is nothing."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest

from equipoise.analysis.findings import find
from equipoise.analysis.firewall import Authority
from equipoise.analysis.traced import Selection, select
from equipoise.analysis.traced_lists import LISTS
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Protocol
from equipoise.reports.document import Counted, Figure, Report, Table, as_json
from equipoise.reports.page import page
from equipoise.reports.pdf import pdf
from equipoise.reports.report import report
from hand_built import (
    assessed,
    c30,
    casebook,
    cut,
    cycle,
    day,
    event,
    form,
    irradiated,
    lesion,
    measured,
    progressed,
    trial,
)  # fmt: skip

CUTOFF = date(2027, 6, 1)
LEAVE = Authority("rehearsal")


def story(number: int, arm: str) -> Casebook:
    """Somebody whose course follows from a number, whatever the arm."""
    ended = 60 + 23 * number
    facts: list[Any] = [
        form("demographics", sex="male" if number % 3 else "female", smoking="former"), lesion("L1", "20"),
        c30("baseline", -1, {29: 4, 30: 5}), cycle("1", 1), assessed(1, 56, "SD" if number % 2 else "PR"),
        measured("1", "L1", 56, "18"), c30("questionnaires:1", 56, {29: 3 + number % 3, 30: 4}),
        event("1", "Fatigue", str(1 + number % 3), 20),
    ]  # fmt: skip
    if number % 4 != 3:
        facts.append(progressed("1", ended))
    if number % 5 == 0:
        facts.append(f.Died(on=day(ended + 90), cause="disease"))
    if number % 3 == 0:
        facts += [irradiated("1", ("L1",), 12), measured("2", "L1", 112, "30")]
    levels = {"ecog": str(number % 2), "residual_burden": "low", "maintenance": "io_alone"}
    return casebook(f"S{number}", arm, *facts, levels=levels, age=50 + number)


def books(first: str = "rt", second: str = "control", n: int = 16) -> list[Casebook]:
    return [story(number, first if number // 2 % 2 else second) for number in range(n)]


def written(
    casebooks: Sequence[Casebook], leave: Authority | None, language: str = "en", protocol: Protocol | None = None,
    **sites: str,
) -> Report:  # fmt: skip
    data_cut = cut(CUTOFF) if leave is not None else replace(cut(CUTOFF), rehearsal=False)
    found = find(protocol or trial(), casebooks, data_cut, leave, everyone="All participants", sites=sites)
    return report(found, language)


@pytest.fixture(scope="module")
def by_arm() -> Report:
    return written(books(), LEAVE)


@pytest.fixture(scope="module")
def pooled() -> Report:
    return written(books(), None)


def shown_strings(content: Any) -> list[str]:
    """Every text of a report's sections."""
    match content:
        case str():
            return [content]
        case dict():
            return [text for key, value in content.items() if key != "svg" for text in shown_strings(value)]
        case list():
            return [text for value in content for text in shown_strings(value)]
    return []


def texts_of(made: Report) -> list[str]:
    """Every text of a report's sections, without pictures."""
    return shown_strings(as_json(made, figures=False)["sections"])


def table(made: Report, id_: str) -> dict[str, list[str]]:
    """A table's rows: first cell -> the others."""
    blocks = [block for section in as_json(made, figures=False)["sections"] for block in section["blocks"]]
    (found,) = [block for block in blocks if block.get("id") == id_]
    return {row["cells"][0]: row["cells"][1:] for row in found["rows"]}


def test_page_and_json_say_the_same(by_arm: Report) -> None:
    html = page(by_arm).decode()
    content = as_json(by_arm, figures=False)
    cells = [
        cell for section in content["sections"] for block in section["blocks"] if block["kind"] == "table"
        for row in block["rows"] for cell in row["cells"]
    ]  # fmt: skip
    assert len(cells) > 500
    assert [escape(cell) for cell in cells if cell] == [
        one for one in _body_cells(html) if one
    ], "every cell, in order"  # fmt: skip


def _body_cells(html: str) -> list[str]:
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return [cell for body in bodies for cell in re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", body)]


def test_a_second_report_has_the_same_bytes() -> None:
    few = books(n=6)
    first, second = (written(few, LEAVE) for _ in range(2))
    assert page(first) == page(second)
    assert pdf(first) == pdf(second)


def test_counts_of_the_hand_built_trial(by_arm: Report) -> None:
    # Numbers 0 to 15, eight an arm; the rt arm has 2, 3, 6, 7, 10, 11, 14 and 15. There 3, 7, 11 and 15 never
    # progressed, and 15 died after the cutoff; in control everyone progressed.
    assert table(by_arm, "estimates-pfs")["Events"] == ["4 (50%)", "8 (100%)"]
    # Died before the cutoff: 10 in rt; 0 and 5 in control.
    assert table(by_arm, "estimates-os")["Events"] == ["1 (13%)", "2 (25%)"]


def led(made: Report, pattern: str) -> list[str]:
    """Where the numbers of a page lead, of the parts that a pattern finds."""
    html = page(made, lambda behind: "/rows?" + urlencode(behind, doseq=True)).decode()
    return [
        where for part in re.findall(pattern, html, re.DOTALL) for where in re.findall(r'<a href="(/rows[^"]*)"', part)
    ]


def test_counts_in_the_forest_picture_lead_where_those_of_its_table_do(by_arm: Report) -> None:
    picture = led(by_arm, r'<figure id="forest-rt".*?</figure>')
    assert picture == led(by_arm, r'<table id="subgroups-rt".*?</table>')
    assert len(picture) > 20
    drawn = next(
        block.svg for section in by_arm.sections for block in section.blocks
        if isinstance(block, Figure) and block.id == "forest-rt"
    )  # fmt: skip
    assert re.sub(r"</?tspan[^>]*>", "", drawn).count(">4/8</text>") >= 1, (
        "events of participants, as the table has them"
    )
    assert b"/rows" not in page(by_arm)


def test_who_misses_a_characteristic_is_counted_and_listed() -> None:
    without = casebook("S90", "rt", form("demographics", sex="female"), levels={"ecog": "1"})
    held = [*books(n=8), without]
    made = written(held, LEAVE)
    rows = [row for row in next(
        block for section in made.sections for block in section.blocks
        if isinstance(block, Table) and block.id == "baseline"
    ).rows if row.cells[0] == "missing"]  # fmt: skip
    counts = [cell for row in rows for cell in row.cells[1:3] if cell != "0"]
    assert counts
    for cell in counts:
        assert isinstance(cell, Counted), "every count leads to its rows"
        behind = cell.behind
        found = select(
            LISTS["subjects"](trial(), held, cut(CUTOFF)), Selection(str(behind["group"]), (str(behind["tag"]),))
        )
        assert len(found) == int(cell)
    smoking = select(LISTS["subjects"](trial(), held, cut(CUTOFF)), Selection("rt", ("SMOKBL:",)))
    assert [row.subject for row in smoking] == ["S90"]


def test_the_summary_says_the_primary_result_in_words(by_arm: Report) -> None:
    # The events counted by hand above: 4 of 8 in rt, 8 of 8 in control.
    said = " ".join(shown_strings(as_json(by_arm, figures=False)["sections"][0]))
    assert "4 of 8 participants with an event" in said
    assert "8 of 8 participants with an event" in said
    ratio = as_json(by_arm, figures=False)["estimates"]["endpoints"][0]["contrasts"][0]["hazard_ratios"][0]["value"]
    assert ratio < 1
    assert f"estimated {(1 - ratio) * 100:.0f}% lower" in said


def test_the_summary_of_nobody_says_so() -> None:
    said = shown_strings(as_json(written([], LEAVE), figures=False)["sections"][0])
    assert "Nobody was randomized by this cutoff." in said


def test_no_number_is_by_arm_without_leave(pooled: Report) -> None:
    content = as_json(pooled, figures=True)
    labels = [arm.label for arm in trial().arms]
    sections = [one for one in content["sections"] if one["id"] not in ("assumptions", "estimands")]
    texts = shown_strings(sections)
    assert not [text for text in texts if any(label in text for label in labels)]
    svgs = [block["svg"] for one in sections for block in one["blocks"] if block["kind"] == "figure"]
    assert svgs
    assert not [svg for svg in svgs if any(escape(label) in svg for label in labels)]
    estimates = json.dumps(content["estimates"])
    assert '"rt"' not in estimates
    assert '"control"' not in estimates
    assert not any(one["contrasts"] for one in content["estimates"]["endpoints"])
    assert "subgroups" not in {one["id"] for one in content["sections"]}
    assert content["access"].startswith("Pooled:")
    assert content["banner"] == ""


def test_a_pooled_report_names_nobody(pooled: Report, by_arm: Report) -> None:
    swimmers = [
        block.svg for made in (pooled, by_arm) for section in made.sections for block in section.blocks
        if isinstance(block, Figure) and block.id == "swimmer"
    ]  # fmt: skip
    assert [">S12<" in svg for svg in swimmers] == [False, True]


def test_a_pooled_report_does_not_change_when_the_arms_are_swapped(pooled: Report) -> None:
    """Whatever is pooled cannot tell the allocation: but for the count of those treated as their arm asks."""
    swapped = written(books("control", "rt"), None)
    one, other = (as_json(made, figures=True) for made in (pooled, swapped))
    for content in (one, other):
        for section in content["sections"]:
            section["blocks"] = [block for block in section["blocks"] if block.get("id") != "populations"]
    assert one == other
    by_arm, turned = written(books(), LEAVE), written(books("control", "rt"), LEAVE)
    assert as_json(by_arm, figures=False) != as_json(turned, figures=False)


def test_a_rehearsal_says_so_everywhere(by_arm: Report) -> None:
    assert by_arm.banner.startswith("REHEARSAL")
    figures = [block for section in as_json(by_arm, figures=True)["sections"] for block in section["blocks"]]
    assert all("REHEARSAL" in block["svg"] for block in figures if block["kind"] == "figure")


@pytest.mark.parametrize("leave", [None, LEAVE])
def test_a_trial_with_nobody_in_it_is_reported_with_reasons(leave: Authority | None) -> None:
    made = written([], leave)
    assert "no estimate" in " ".join(texts_of(made))
    assert not [text for text in texts_of(made) if re.search(r"\b(nan|inf)\b", text) or text == "None"]
    json.dumps(as_json(made, figures=False), allow_nan=False)
    assert pdf(made).startswith(b"%PDF")


def test_one_arm_without_events_has_no_ratio_and_a_reason() -> None:
    quiet = [casebook(f"S{n}", "rt" if n % 2 else "control", assessed(1, 56, "SD")) for n in range(6)]
    made = written(quiet, LEAVE)
    texts = texts_of(made)
    assert any(text.startswith("No hazard ratio") or "no estimate" in text for text in texts)
    json.dumps(as_json(made, figures=False), allow_nan=False)


HOSTILE = '<script>alert(1)</script> #panic("no") $x^2$ *b* \\ "q" & @ref <tag> ${y} `raw`'


def test_texts_of_people_are_never_markup() -> None:
    protocol = replace(trial(), title=HOSTILE, short_title=HOSTILE)
    made = written(books(n=4), LEAVE, protocol=protocol, s1=HOSTILE)
    html = page(made).decode()
    assert "<script" not in html
    assert escape(HOSTILE) in html
    assert pdf(made).startswith(b"%PDF")


def test_the_chinese_report_has_the_same_numbers(by_arm: Report) -> None:
    chinese = written(books(), LEAVE, "zh-hans")
    assert as_json(chinese, figures=False)["estimates"] == as_json(by_arm, figures=False)["estimates"]
    both = zip(by_arm.sections, chinese.sections, strict=True)
    alike = [one.id for one, other in both if one.title == other.title]
    assert alike == ["lesions"], "but for the endpoint's own label, which the protocol gives"
