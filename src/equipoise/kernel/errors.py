"""The exception tree.

    Truth.UNKNOWN    a value: not yet known            never an exception, never None
    Finding          for people to resolve             returned in a list, shown as a query
    EquipoiseError   for stopping
      ProtocolError      the document is wrong                            exit 10
      Refusal            the rules forbid this now                        exit 11   HTTP 409
        NotPermitted     ... to this person                               exit 11   HTTP 403
      LedgerError        the record cannot be trusted or written          exit 12   HTTP 503
      EstimationError    no honest number can be given                    exit 13
      InputError         a file given is wrong                            exit 14   HTTP 400

Wording: what is wrong, where, what was seen, what would be right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.messages import Message, literal, message, words


class EquipoiseError(Exception):
    """The base of every error a person may be shown."""

    exit_code = 1
    http_status = 500

    def say(self, language: str = "en") -> str:
        """Return the sentence in a language."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a document: where it stands, what was seen there, what would be right."""

    line: int
    path: str
    problem: str
    seen: str = ""
    wanted: str = ""

    def __str__(self) -> str:
        parts = [f"line {self.line}: {self.path or 'document'}: {self.problem}"]
        if self.seen:
            parts.append(f"seen: {self.seen}")
        if self.wanted:
            parts.append(f"wanted: {self.wanted}")
        return "; ".join(parts)


class ProtocolError(EquipoiseError):
    """The protocol document is wrong. Carries every fault found, in the order of the lines."""

    exit_code = 10
    http_status = 400

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name = name
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        count = len(self.faults)
        heading = f"{name}: {count} error{'s' if count != 1 else ''}"
        super().__init__("\n".join([heading, *(f"  {fault}" for fault in self.faults)]))


class Refusal(EquipoiseError):
    """The rules forbid this act now: why, and what would allow it."""

    exit_code = 11
    http_status = 409

    def __init__(self, because: Message | str, remedy: Message | str = "") -> None:
        self.because = literal(because) if isinstance(because, str) else because
        self.remedy = literal(remedy) if isinstance(remedy, str) else remedy
        super().__init__(self.say())

    @property
    def code(self) -> str:
        """The code of the reason, stable across wordings."""
        return self.because.code

    def say(self, language: str = "en") -> str:
        """Return the reason and the remedy in a language."""
        return " ".join(part for part in (self.because.say(language), self.remedy.say(language)) if part)


class NotPermitted(Refusal):
    """This person, in this role and at this site, may not do this."""

    http_status = 403


class LedgerError(EquipoiseError):
    """The record cannot be trusted, or cannot be written. `position` is the first bad entry, where one is known."""

    exit_code = 12
    http_status = 503

    def __init__(self, text: str, position: int | None = None) -> None:
        self.position = position
        super().__init__(text)


class EstimationError(EquipoiseError):
    """No honest number can be given: which one, and why."""

    exit_code = 13
    http_status = 422

    def __init__(self, because: Message | str) -> None:
        self.because = literal(because) if isinstance(because, str) else because
        super().__init__(self.because.say())

    def say(self, language: str = "en") -> str:
        """Return the reason in a language."""
        return self.because.say(language)


class InputError(EquipoiseError):
    """A file or table given is wrong: the file, the row (1 is the first row of data), the column, seen and wanted.

    What a page may show gives its problem, and what is wanted, as messages; what only the command line shows, as text.
    """

    exit_code = 14
    http_status = 400

    def __init__(
        self,
        problem: Message | str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        seen: object = "",
        wanted: Message | str = "",
    ) -> None:
        self.problem, self.wanted = (literal(one) if isinstance(one, str) else one for one in (problem, wanted))
        self.file, self.row, self.column, self.seen = file, row, column, seen
        super().__init__(self.say())

    def say(self, language: str = "en") -> str:
        """Return where, what, seen and wanted, in a language."""
        places = [
            self.file,
            message("input.row", row=self.row).say(language) if self.row is not None else "",
            message("input.column", column=self.column).say(language) if self.column else "",
        ]
        where, problem = ", ".join(filter(None, places)), self.problem.say(language)
        parts = [message("input.where", where=where, problem=problem).say(language) if where else problem]
        if self.seen != "":
            parts.append(message("input.seen", seen=repr(self.seen)).say(language))
        if wanted := self.wanted.say(language):
            parts.append(message("input.wanted", wanted=wanted).say(language))
        return message("input.parts", parts=tuple(map(literal, parts))).say(language)


words(
    {
        "input.row": ("row {row}", "第 {row} 行"),
        "input.column": ("column {column}", "{column} 列"),
        "input.where": ("{where}: {problem}", "{where}：{problem}"),
        "input.seen": ("seen: {seen}", "现为：{seen}"),
        "input.wanted": ("wanted: {wanted}", "应为：{wanted}"),
        "input.parts": ("{parts}", "{parts}"),
    }
)
