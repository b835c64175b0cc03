"""A report as one page of HTML that needs nothing else: no script, no address outside, prints well."""

import json
import re
from collections.abc import Callable
from html import escape, unescape
from importlib.resources import files

from equipoise.reports.document import Behind, Block, Counted, Figure, Pieced, Report, Row, Table, Text

Address = Callable[[Behind], str]
"""Where the rows are that something counts, by what names them (see `document.Counted`)."""


def page(report: Report, rows: Address | None = None) -> bytes:
    """The page, UTF-8. With `rows`, each number that counts rows leads to them."""
    style = (files("equipoise.reports") / "templates" / "report.css").read_text(encoding="utf-8")
    counts = {"table": 0, "figure": 0}
    body = "".join(
        f'<section id="{escape(one.id)}"><h2>{escape(one.title)}</h2>'
        + "".join(_block(report, each, counts, rows) for each in one.blocks)
        + "</section>"
        for one in report.sections
    )
    contents = "".join(f'<li><a href="#{escape(one.id)}">{escape(one.title)}</a></li>' for one in report.sections)
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in report.facts)
    banner = f'<p class="banner" role="note">{escape(report.banner)}</p>' if report.banner else ""
    return (
        f'<!doctype html><html lang="{escape(_tag(report.language))}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.subtitle)}: {escape(report.title)}</title><style>{style}</style></head><body>{banner}"
        f'<header><p class="kind">{escape(report.subtitle)}</p><h1>{escape(report.title)}</h1><dl>{facts}</dl>'
        f"<nav><h2>{escape(report.words.contents)}</h2><ol>{contents}</ol></nav></header><main>{body}</main>"
        f"<footer>{escape(report.stamp_line)}</footer></body></html>\n"
    ).encode()


def _tag(language: str) -> str:
    return "zh-Hans" if language.startswith("zh") else language


def _block(report: Report, one: Block, counts: dict[str, int], rows: Address | None) -> str:
    match one:
        case Text():
            return f"<p>{escape(one.text)}</p>"
        case Table():
            counts["table"] += 1
            return _table(one, f"{report.words.table} {counts['table']}", rows)
        case Figure():
            counts["figure"] += 1
            name = f"{report.words.figure} {counts['figure']}"
            picture = _linked(one.svg[one.svg.index("<svg") :], rows)
            role = "group" if "<a href=" in picture else "img"  # what is in an img is one thing, and holds no links
            return (
                f'<figure id="{escape(one.id)}"><div role="{role}" aria-label="{escape(one.alt)}">'
                f"{_own(picture, one.id)}</div><figcaption><b>{escape(name)}.</b> {escape(one.title)}"
                f"{_notes(one.notes)}</figcaption></figure>"
            )


def _own(svg: str, figure: str) -> str:
    """The identifiers inside a picture made its own, so that several stand on one page."""
    for before in ('id="', 'href="#', "url(#"):
        svg = svg.replace(before, f"{before}{figure}-")
    return svg


def _table(one: Table, name: str, address: Address | None) -> str:
    spans = ""
    if one.spans:
        cells = "".join(f'<th scope="colgroup" colspan="{count}">{escape(label)}</th>' for label, count in one.spans)
        spans = f"<tr>{cells}</tr>"
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in one.columns)
    rows = "".join(_row(row, address) for row in one.rows)
    kind = ' class="wide"' if one.wide else ""
    return (
        f'<div class="scroll"><table id="{escape(one.id)}"{kind}><caption><b>{escape(name)}.</b> {escape(one.title)}'
        f"</caption><thead>{spans}<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{_notes(one.notes)}"
    )


def _row(row: Row, address: Address | None) -> str:
    kind = ' class="heading"' if row.is_heading else ' class="indented"' if row.is_indented else ""
    cells = "".join(f"<td>{_cell(cell, address)}</td>" for cell in row.cells[1:])
    return f'<tr{kind}><th scope="row">{escape(row.cells[0])}</th>{cells}</tr>'


def _cell(cell: str, address: Address | None) -> str:
    if isinstance(cell, Pieced):
        return "".join(_cell(piece, address) for piece in cell.pieces)
    if address is not None and isinstance(cell, Counted):
        return f'<a href="{escape(address(cell.behind))}">{escape(cell)}</a>'
    return escape(cell)


_BEHIND = re.compile(r'<(text|tspan) data-behind="([^"]*)"(.*?)</\1>', re.DOTALL)


def _linked(svg: str, address: Address | None) -> str:
    """Texts of a picture that count rows made links, where there is somewhere to go."""
    if address is None:
        return svg

    def link(found: re.Match[str]) -> str:
        where = escape(address(json.loads(unescape(found[2]))))
        return f'<a href="{where}"><{found[1]}{found[3]}</{found[1]}></a>'

    return _BEHIND.sub(link, svg)


def _notes(notes: object) -> str:
    assert isinstance(notes, list | tuple)
    return "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
