"""Text cells of CSV files, which people open in spreadsheet programs: none of them begins as a formula does.

A spreadsheet program computes a cell that begins with one of `STARTS`, and a formula can call other programs or send
what stands beside it elsewhere (OWASP, "CSV Injection"). Free text comes from many hands, so it is written with an
apostrophe before it, which is how one types text into a spreadsheet; our own readers take it off again. Numbers stay
as they are.
"""

import re
from collections.abc import Iterable

STARTS = "=+-@\t\r\n＝＋－＠"
"""What a formula begins with; the wide forms are read alike where wide characters are typed."""

_FORMULA = re.compile(rf"'*[{re.escape(STARTS)}]")  # after whatever apostrophes, so that one more can be told apart
_HARMLESS = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-", re.ASCII)  # a number, or the dash of nothing


def guarded(cell: object) -> object:
    """A cell as it is written to CSV: text that begins as a formula after an apostrophe, anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def guarded_row(cells: Iterable[object]) -> list[object]:
    """A row of cells as it is written to CSV."""
    return [guarded(cell) for cell in cells]


def unguarded(text: str) -> str:
    """A cell as it was before `guarded`."""
    return text[1:] if text[:1] == "'" and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _HARMLESS.fullmatch(text) is None
