"""Text into tokens."""

import re
from dataclasses import dataclass

from equipoise.methods.criteria.faults import RuleError, RuleFault
from equipoise.methods.criteria.nodes import Position

MAX_LENGTH = 10_000
"""A rule longer than this is not a rule but an accident."""

MAX_DIGITS = 40

KEYWORDS = frozenset({"and", "or", "not", "if", "else", "where", "in", "between"})

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<date>\d{4}-\d{2}(?:-\d{2})?(?![\w-]))
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
      | (?P<quoted>"[^"\n]*")
      | (?P<sign>==|!=|<=|>=|[≤≥≠×]|[-+*/<>=(){},])
    """,
    re.VERBOSE | re.ASCII,
)
_SYNONYMS = {"≤": "<=", "≥": ">=", "≠": "!=", "×": "*"}
_TEACH = {
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` to compare",
    "'": 'write text between double quotation marks, "as here"',
    '"': "close the quotation mark on the same line",
    ".": "write a digit before the point, as in 0.5",
    "[": "a unit stands after its number, as in 1.5 [10*9/L]",
    "]": "a unit stands between brackets after its number, as in 1.5 [10*9/L]",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, unit, date, quoted text or sign, and where it stands. The last token of a rule is `end`."""

    kind: str
    text: str
    at: Position


def tokens(text: str) -> list[Token]:
    """Split a rule into tokens. Raises RuleError naming every character that has no meaning (the first 20)."""
    if len(text) > MAX_LENGTH:
        fault = RuleFault(
            Position(), "the rule is too long", f"{len(text)} characters", f"at most {MAX_LENGTH} characters"
        )
        raise RuleError([fault])
    found: list[Token] = []
    faults: list[RuleFault] = []
    place, line, start = 0, 1, 0
    while place < len(text) and len(faults) < 20:
        at = Position(line, place - start + 1)
        if text[place] == "[" and found and found[-1].kind == "number":
            end = _closing(text, place)
            if end is None:
                faults.append(RuleFault(at, "the unit's bracket is not closed", text[place : place + 20], "]"))
                break
            found.append(Token("unit", text[place + 1 : end].strip(), at))
            place = end + 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            seen = text[place]
            wanted = _TEACH.get(seen, "a name, a number with its unit, a comparison, and, or, not")
            faults.append(RuleFault(at, "this character has no meaning here", repr(seen), wanted))
            place += 1
            continue
        kind, piece = str(match.lastgroup), match.group()
        if kind == "number" and len(piece) > MAX_DIGITS:
            faults.append(RuleFault(at, "the number is too long", f"{len(piece)} digits", f"at most {MAX_DIGITS}"))
        elif kind == "word":
            found.append(Token("keyword" if piece in KEYWORDS else "word", piece, at))
        elif kind != "space":
            found.append(Token(kind, _SYNONYMS.get(piece, piece), at))
        line += piece.count("\n")
        if "\n" in piece:
            start = place + piece.rindex("\n") + 1
        place = match.end()
    if faults:
        raise RuleError(faults)
    found.append(Token("end", "", Position(line, len(text) - start + 1)))
    return found


def _closing(text: str, opening: int) -> int | None:
    depth = 0
    for place in range(opening, len(text)):
        if text[place] == "[":
            depth += 1
        elif text[place] == "]":
            depth -= 1
            if depth == 0:
                return place
        elif text[place] == "\n":
            return None
    return None
