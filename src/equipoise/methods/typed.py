"""What was typed, read strictly: text that can be kept, numbers, codes, values. A fault says what would be right."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import Message, message
from equipoise.methods import words as _words

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


class AnswerError(ValueError):
    """An answer that cannot be taken: what was seen and what would be right, as a message."""

    def __init__(self, says: Message) -> None:
        self.says = says
        super().__init__(str(says))


def is_writable(text: str) -> bool:
    """Whether text holds only characters that can be kept and shown: no control characters, no half characters.

    Marks that turn the direction of writing are refused too: they make a record read otherwise than it is.
    """
    return all(
        sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _TURNING) for sign in text
    )


def number_of(text: str, decimals: int, least: Decimal | None, most: Decimal | None) -> str:
    """A number as its canonical text: so many decimals at most, within its limits. Raises AnswerError."""
    text = text.strip()
    # Only plain ASCII digits with a point: '1,5' could be 1.5 or 15, '1e3' and full-width digits are slips.
    if not _NUMBER.fullmatch(text) or len(text) > 24:
        raise AnswerError(message("item.number", seen=text[:40]))
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        raise AnswerError(message("item.decimals", seen=text, decimals=decimals))
    if least is not None and number < least:
        raise AnswerError(message("item.too_low", seen=text, least=decimal_text(least)))
    if most is not None and number > most:
        raise AnswerError(message("item.too_high", seen=text, most=decimal_text(most)))
    return format(abs(number) if number == 0 else number, "f")


def several_of(raw: Mapping[str, Any]) -> list[str]:
    """The values given, each once, whether one or a list came."""
    given = raw.get("value", ())
    return list(dict.fromkeys(map(str, given if isinstance(given, list | tuple) else [given])))


def option_of(given: str, known: Collection[str]) -> str:
    """A code that is one of those known. Raises AnswerError."""
    if given not in known:
        raise AnswerError(message("item.option", seen=given[:80], options=", ".join(known)))
    return given


assert _words  # the wordings above are declared on import
