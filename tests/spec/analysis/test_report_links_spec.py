"""Numbers of a report that count rows: text everywhere, links on a page that has somewhere to go."""

import json
from urllib.parse import urlencode

from equipoise.reports.document import Behind, Counted, Figure, Pieced, Report, Section, Table, Words, as_json
from equipoise.reports.flow_figure import FlowBoxes, flow_figure
from equipoise.reports.page import page
from equipoise.reports.writing import plain

HOSTILE = {"tag": '"><script>alert(1)</script>', "group": "a&b"}


def report() -> Report:
    table = Table("t", "Counts", ["", "n"], [plain("Died", Counted("7 (10%)", {"of": "flow", "tag": "died"}), "3")])
    boxes = FlowBoxes([Counted("Screened: 71", HOSTILE)], ["Excluded: 0"], ["Randomized: 40"], [])
    flow = Figure("flow", "Flow", "a diagram", flow_figure(boxes).decode())
    sections = [Section("s", "Section", [table, flow])]
    return Report("en", "T", "S", "", "pooled", {}, "stamp", [], sections, Words("Table", "Figure", "C", "p"), {})


def address(behind: Behind) -> str:
    return "/rows?" + ";".join(f"{name}={value}" for name, value in behind.items())


def test_a_page_alone_links_to_nothing() -> None:
    text = page(report()).decode()
    assert "<td>7 (10%)</td>" in text
    assert '<a href="/rows' not in text


def test_a_count_leads_to_its_rows_and_other_numbers_nowhere() -> None:
    text = page(report(), address).decode()
    assert '<td><a href="/rows?of=flow;tag=died">7 (10%)</a></td><td>3</td>' in text


def test_a_cell_of_pieces_is_one_text_and_each_count_leads_to_its_own_rows() -> None:
    behind = {"endpoint": "pfs", "group": "rt"}
    cell = Pieced(Counted("3", {**behind, "tag": ("subgroup:age:64", "event")}), "/", Counted("9", behind), "; 7.1 <8")
    assert cell == "3/9; 7.1 <8"
    table = Table("t", "Counts", ["", "n"], [plain("under 65", cell)])
    made = Report("en", "T", "S", "", "", {}, "", [], [Section("s", "S", [table])], Words("T", "F", "C", "p"), {})
    assert "<td>3/9; 7.1 &lt;8</td>" in page(made).decode()
    linked = page(made, lambda rows: "/rows?" + urlencode(rows, doseq=True)).decode()
    first = "/rows?endpoint=pfs&amp;group=rt&amp;tag=subgroup%3Aage%3A64&amp;tag=event"
    assert f'<td><a href="{first}">3</a>/<a href="/rows?endpoint=pfs&amp;group=rt">9</a>; 7.1 &lt;8</td>' in linked


def test_a_line_of_the_flow_leads_to_its_rows_whatever_is_in_it() -> None:
    text = page(report(), address).decode()
    assert "<script>" not in text
    assert 'href="/rows?tag=&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;;group=a&amp;b"' in text
    assert text.count('href="/rows?') == 2


def test_in_json_a_count_is_its_text() -> None:
    found = json.loads(json.dumps(as_json(report(), figures=False)))
    assert found["sections"][0]["blocks"][0]["rows"][0]["cells"] == ["Died", "7 (10%)", "3"]


def test_colours_of_a_picture_stay_what_they_were() -> None:
    assert 'fill="#15201f"' in page(report()).decode()
