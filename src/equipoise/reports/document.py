"""A report as data: sections of texts, tables and figures. Page, PDF and JSON are made from this and nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

Behind = Mapping[str, str | tuple[str, ...]]
"""What names rows: `of`, `endpoint`, `measure`, `population`, `group`, and `tag`, of which there may be several."""


class Counted(str):
    """A cell, or a line of the flow, that counts rows; `behind` names them.

    Everywhere else it is the text it is: a page with somewhere to go makes a link of it.
    """

    behind: Behind

    def __new__(cls, text: str, behind: Behind) -> "Counted":
        """The text, and what names the rows."""
        made = super().__new__(cls, text)
        made.behind = behind
        return made


def behind_attribute(rows: Behind) -> str:
    """What names the rows that a text of a picture counts, for a page that links to them; '' for none."""
    return f' data-behind="{escape(json.dumps(dict(rows)), {chr(34): "&quot;"})}"' if rows else ""


class Pieced(str):
    """A cell made of pieces, some of which may count rows; everywhere but on a page it is the text they make."""

    pieces: tuple[str, ...]

    def __new__(cls, *pieces: str) -> "Pieced":
        """The pieces, in order."""
        made = super().__new__(cls, "".join(pieces))
        made.pieces = pieces
        return made


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. A heading spans the table; an indented row belongs to the one above."""

    cells: tuple[str, ...]
    is_heading: bool = False
    is_indented: bool = False


@dataclass(frozen=True)
class Table:
    """A table. `spans` are headings over columns: (label, how many columns); `wide` asks for smaller type."""

    id: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    spans: Sequence[tuple[str, int]] = ()
    wide: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure: SVG, a caption, and what a reader who cannot see it is told."""

    id: str
    title: str
    alt: str
    svg: str
    notes: Sequence[str] = ()


Block = Text | Table | Figure


@dataclass(frozen=True)
class Section:
    """A section of blocks."""

    id: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Words:
    """The words of the frame around the content."""

    table: str
    figure: str
    contents: str
    page: str


@dataclass(frozen=True)
class Report:
    """A whole report. `banner` marks a rehearsal, `access` says whether it is by arm and by what leave."""

    language: str
    title: str
    subtitle: str
    banner: str
    access: str
    stamp: Mapping[str, Any]
    stamp_line: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    words: Words
    estimates: Mapping[str, Any]
    """The numbers themselves, unrounded, for programs."""


def as_json(report: Report, *, figures: bool) -> dict[str, Any]:
    """The report as JSON-ready data, tables and figures numbered in their order; with `figures`, their SVG too."""
    numbers = {"table": 0, "figure": 0}

    def block(one: Block) -> dict[str, Any]:
        match one:
            case Text():
                return {"kind": "text", "text": one.text}
            case Table():
                numbers["table"] += 1
                return {
                    "kind": "table", "id": one.id, "name": f"{report.words.table} {numbers['table']}",
                    "title": one.title, "columns": list(one.columns),
                    "spans": [{"label": label, "columns": count} for label, count in one.spans],
                    "rows": [
                        {"cells": list(row.cells), "heading": row.is_heading, "indented": row.is_indented}
                        for row in one.rows
                    ],
                    "notes": list(one.notes), "wide": one.wide,
                }  # fmt: skip
            case Figure():
                numbers["figure"] += 1
                found: dict[str, Any] = {
                    "kind": "figure", "id": one.id, "name": f"{report.words.figure} {numbers['figure']}",
                    "title": one.title, "alt": one.alt, "notes": list(one.notes),
                }  # fmt: skip
                return found | ({"svg": one.svg} if figures else {})

    return {
        "language": report.language, "title": report.title, "subtitle": report.subtitle, "banner": report.banner,
        "access": report.access, "stamp": dict(report.stamp), "stamp_line": report.stamp_line,
        "facts": [{"label": label, "value": value} for label, value in report.facts],
        "words": {"contents": report.words.contents, "page": report.words.page},
        "sections": [
            {"id": one.id, "title": one.title, "blocks": [block(each) for each in one.blocks]}
            for one in report.sections
        ],
        "estimates": dict(report.estimates),
    }  # fmt: skip
