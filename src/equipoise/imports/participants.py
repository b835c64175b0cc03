"""Participants from a file (JSON, CSV or Parquet) into casebooks, so that they are judged as subjects of a trial are.

The shape is documented in `docs/participants.md`. Values are read by the items of the protocol's own forms; a result's
date becomes the date of the form it belongs to.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import SYSTEM, Entry, Header
from equipoise.imports.tables import read_table
from equipoise.kernel.errors import InputError
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, LesionItem, NumberItem, read
from equipoise.methods.typed import AnswerError
from equipoise.protocol.model import Protocol
from equipoise.protocol.vocabulary import COMPUTED, LESIONS

KEYS = ("id", "consent", "items", "logs", "signed", "date")
MOST_AGE = 130
MOST_DIGITS = 400
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Participant:
    """A participant of the file, as a casebook."""

    id: str
    casebook: Casebook


def read_participants(data: bytes, file: str, protocol: Protocol, *, on: date) -> list[Participant]:
    """Read every participant of a file. Raises InputError naming the participant and the field."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    listed = _json(data, file) if start in (b"[", b"{") else list(_rows(data, file, protocol))
    found: dict[str, Participant] = {}
    for row, given in enumerate(listed, start=1):
        reader = _Reader(protocol, on, file, row)
        one = reader.participant(given)
        if one.id in found:
            raise reader.error("id", "two participants have one id", one.id, "an id of its own")
        found[one.id] = one
    return list(found.values())


# JSON AND TABLES


def _json(data: bytes, file: str) -> list[Any]:
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(
            text, parse_int=_whole, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once
        )
        if _SURROGATE.search(text):
            _refuse_halves(document)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"the text is not UTF-8 (line {line})", file=file) from None
    except json.JSONDecodeError as error:
        raise InputError(f"the text is not JSON: {error.msg} (line {error.lineno})", file=file) from None
    except RecursionError:
        raise InputError("the text is nested too deeply", file=file, wanted="as docs/participants.md shows") from None
    except ValueError as error:
        raise InputError(f"the text cannot be read: {str(error)[:200]}", file=file) from None
    if isinstance(document, dict) and isinstance(document.get("participants"), list):
        document = document["participants"]
    if isinstance(document, dict):
        document = [document]
    return list(document)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS} digits")
    return int(digits)


def _refuse_halves(value: Any) -> None:
    """Raise ValueError for half a character (a lone surrogate), which no file can hold."""
    match value:
        case str():
            if any("\ud800" <= sign <= "\udfff" for sign in value):
                raise ValueError("an escape stands for half a character")
        case dict():
            for key, part in value.items():
                _refuse_halves(key)
                _refuse_halves(part)
        case list():
            for part in value:
                _refuse_halves(part)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _rows(data: bytes, file: str, protocol: Protocol) -> Iterator[dict[str, Any]]:
    """A table's rows in the JSON shape: `item`, `item.unit`, `item.date` become one result; a log's cell is JSON."""
    table = read_table(data, file)
    table.name("id")  # raises where there is none
    logs = {form.id for form in protocol.forms if form.use == "log"}
    columns = {name: table.codes(name) for name in table.frame.columns}
    for row in range(table.frame.height):
        given: dict[str, Any] = {"items": {}, "logs": {}, "consent": {}}
        for name, cells in columns.items():
            cell, lower = (cells[row] or "").strip(), name.strip().lower()
            if not cell:
                continue
            if lower in ("id", "date"):
                given[lower] = cell
            elif lower == "age":
                given["consent"]["age"] = cell
            elif lower == "consent_date":
                given["consent"]["date"] = cell
            elif lower == "signed":
                given["signed"] = [form.strip() for form in cell.split(";") if form.strip()]
            elif lower in logs:
                try:
                    given["logs"][lower] = json.loads(cell, parse_float=Decimal, parse_constant=_refuse)
                except (ValueError, RecursionError):
                    raise InputError(
                        "the cell is not JSON", file=file, row=row + 1, column=name, seen=cell[:80],
                        wanted='{"complete": true, "rows": [{...}]}',
                    ) from None  # fmt: skip
            else:
                item, _, part = lower.partition(".")
                given["items"].setdefault(item, {})[part or "value"] = cell
        if not given["consent"]:
            del given["consent"]
        yield given


# ONE PARTICIPANT


@dataclass
class _Reader:
    """Reads one participant, knowing where in the file it stands."""

    protocol: Protocol
    on: date
    file: str
    row: int
    name: str = ""
    book: Casebook = field(default_factory=lambda: Casebook(""))
    default: str = ""
    pointed: list[tuple[str, str, str]] = field(default_factory=list)
    """Where a row points at a row of a register: the field, the register, the id it gives."""

    def error(self, where: str, problem: str, seen: object = "", wanted: str = "") -> InputError:
        """The error of a field of this participant."""
        who = f"participant {self.name}: " if self.name else ""
        shown = seen if seen == "" else str(seen)[:80]
        return InputError(who + problem, file=self.file, row=self.row, column=where, seen=shown, wanted=wanted)

    def participant(self, given: Any) -> Participant:
        name = self._mapping("", given).get("id")
        if not isinstance(name, str | int) or isinstance(name, bool) or not str(name).strip():
            raise self.error("id", "the participant has no id", name or "", "text")
        if not str(name).isprintable():
            raise self.error("id", "the participant's id holds a sign that cannot be shown", ascii(name), "plain text")
        self.name = str(name)
        given = self._mapping("", given, KEYS)
        self.book.subject = self.name
        if given.get("date") is not None:
            self.default = self._date("date", given["date"])
        self._consent(given.get("consent"))
        self._items(given.get("items"))
        self._logs(given.get("logs"))
        self._point()
        self._signed(given.get("signed"))
        return Participant(self.name, self.book)

    def _mapping(self, where: str, given: Any, known: Sequence[str] | None = None) -> Mapping[str, Any]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise self.error(where, "an object is wanted here", given, "{...}")
        for key in given:
            if known is not None and key not in known:
                near = get_close_matches(key, known, n=1)
                place = f"{where}.{key}".removeprefix(".")
                raise self.error(place, "there is no such field", key, near[0] if near else ", ".join(known))
        return given

    def _list(self, where: str, given: Any) -> list[Any]:
        if given is None:
            return []
        if not isinstance(given, list):
            raise self.error(where, "a list is wanted here", given, "[...]")
        return given

    def _date(self, where: str, given: Any) -> str:
        try:
            return date.fromisoformat(given).isoformat()
        except (TypeError, ValueError):
            raise self.error(where, "this is no date", given, "a date as 2026-03-05") from None

    def _append(self, fact: Any) -> None:
        version = self.book.version + 1
        at = datetime.combine(self.on, time(), UTC)
        fold_casebook(self.book, Entry(Header(version, self.name, version, at, SYSTEM), fact))

    def _consent(self, given: Any) -> None:
        consent = self._mapping("consent", given, ("date", "age"))
        if not consent:
            return
        if consent.get("date") is None:
            raise self.error("consent.date", "the consent has no date", "", "a date as 2026-03-05")
        on = self._date("consent.date", consent["date"])
        if date.fromisoformat(on) > self.on:
            raise self.error("consent.date", f"the consent lies after {self.on}, the day judged on", on)
        age = str(consent.get("age", ""))
        if not age.isascii() or not age.isdecimal() or len(age) > 3 or int(age) > MOST_AGE:
            raise self.error("consent.age", "the age at consent is missing or no age", age, "whole years, as 61")
        version = next((one.version for one in self.protocol.consents if not one.optional), "")
        self._append(f.Consented(consent="main", version=version, on=on, number=self.name, age=int(age)))

    # ITEMS

    def _items(self, given: Any) -> None:
        forms = [form for form in self.protocol.forms if form.use != "log"]
        known = {item.id: (form, item) for form in reversed(forms) for item in form.items}
        dated: dict[tuple[str, str], dict[str, Answer]] = {}
        undated: dict[str, dict[str, Answer]] = {}
        for name, results in self._mapping("items", given, tuple(known)).items():
            form, item = known[name]
            several = isinstance(results, list) and item.kind not in ("choices", "lesion")
            for number, result in enumerate(results if several else [results], start=1):
                where = f"items.{name}[{number}]" if several else f"items.{name}"
                answer, day = self._answer(where, item, result)
                if answer is None:
                    continue
                if name == form.dated_by:
                    undated.setdefault(form.id, {})[name] = answer
                elif day and form.dated_by:
                    dated.setdefault((form.id, day), {})[name] = answer
                else:
                    undated.setdefault(form.id, {})[name] = answer
        self._file(forms, dated, undated)

    def _file(
        self,
        forms: Sequence[Form],
        dated: dict[tuple[str, str], dict[str, Answer]],
        undated: dict[str, dict[str, Answer]],
    ) -> None:
        """Results of one form and day are one record of it; those without a day join the record that the form dates."""
        for form in forms:
            own = undated.get(form.id, {})
            day = own[form.dated_by].value if form.dated_by in own else self.default if form.dated_by else ""
            if own and isinstance(day, str) and day:
                dated.setdefault((form.id, day), {}).update(own)
                own = {}
            records = sorted((when, items) for (name, when), items in dated.items() if name == form.id)
            if own:
                self._append(f.Recorded(form=form.id, occurrence="undated" if records else "", items=own))
            for number, (when, items) in enumerate(records):
                # The latest of a form filled once is the one that a signature on it covers.
                occurrence = "" if form.use == "subject" and number == len(records) - 1 else when
                self._append(
                    f.Recorded(form=form.id, occurrence=occurrence, items={form.dated_by: Answer(value=when), **items})
                )

    def _answer(self, where: str, item: Any, given: Any) -> tuple[Answer | None, str]:
        """A value as the item reads it, and the day given with it."""
        raw: dict[str, Any] = {"value": given}
        day = ""
        if isinstance(given, dict):
            parts = ("value", "unit", "date", "lower", "upper", "absent", "because")
            raw = {key: value for key, value in self._mapping(where, given, parts).items() if value is not None}
            if "date" in raw:
                day = self._date(f"{where}.date", raw.pop("date"))
                if date.fromisoformat(day) > self.on:
                    raise self.error(f"{where}.date", f"the result lies after {self.on}, the day judged on", day)
        if isinstance(item, NumberItem) and raw.get("unit", item.unit) != item.unit:
            raise self.error(f"{where}.unit", "the number comes in one unit", raw["unit"], item.unit)
        if isinstance(raw.get("value"), dict) or (isinstance(raw.get("value"), list) and item.kind not in _MANY):
            raise self.error(where, "a single value is wanted here", raw["value"], "text, a number, true or false")
        try:
            answer = read(item, _as_typed(raw), today=self.on)
        except AnswerError as error:
            raise self.error(where, error.says.say().rstrip("."), "", "") from None
        if isinstance(item, LesionItem) and answer is not None and answer.is_known:
            ids = answer.value if isinstance(answer.value, tuple) else (str(answer.value),)
            self.pointed += [(where, item.register, one) for one in ids]
        return answer, day

    def _point(self) -> None:
        """Refuse a row that points at one that is not there."""
        for where, register, seen in self.pointed:
            known = [record.occurrence for record in self.book.rows(register)]
            if seen not in known:
                raise self.error(
                    where, f"there is no such row in {register}", seen, ", ".join(known) or "its rows first"
                )

    # LOGS AND SIGNATURES

    def _logs(self, given: Any) -> None:
        forms = {form.id: form for form in self.protocol.forms if form.use == "log"}
        for name, log in self._mapping("logs", given, tuple(forms)).items():
            where = f"logs.{name}"
            log = self._mapping(where, log, ("complete", "rows"))
            complete = log.get("complete", False)
            if not isinstance(complete, bool):
                raise self.error(f"{where}.complete", "whether the list is complete is true or false", complete)
            rows = self._list(f"{where}.rows", log.get("rows"))
            taken: set[str] = set()
            for number, row in enumerate(rows, start=1):
                self._row(forms[name], f"{where}.rows[{number}]", row, number, taken)
            if complete:
                self._append(f.LogCompleted(form=name, rows=len(rows)))

    def _row(self, form: Form, where: str, given: Any, number: int, taken: set[str]) -> None:
        items = {item.id: item for item in form.items}
        row = dict(self._row_fields(form, where, given, items))
        occurrence = str(row.pop("id", f"L{number}" if form.id == LESIONS else number))
        if occurrence in taken:
            raise self.error(f"{where}.id", "two rows have one id", occurrence, "an id of its own")
        taken.add(occurrence)
        answers: dict[str, Answer] = {}
        for name, value in row.items():
            answer, _ = self._answer(f"{where}.{name}", items[name], value)
            if answer is not None:
                answers[name] = answer
        self._append(f.Recorded(form=form.id, occurrence=occurrence, items=answers))

    def _row_fields(self, form: Form, where: str, given: Any, items: Mapping[str, Any]) -> Mapping[str, Any]:
        if isinstance(given, dict):
            for name in COMPUTED if form.id == LESIONS else ():
                if name in given and name not in items:
                    raise self.error(
                        f"{where}.{name}", f"{name} is computed from the register, never given", given[name]
                    )
        return self._mapping(where, given, ("id", *items))

    def _signed(self, given: Any) -> None:
        signable = {form.id: form for form in self.protocol.forms if form.signed_by}
        for number, signed in enumerate(self._list("signed", given), start=1):
            where = f"signed[{number}]"
            if isinstance(signed, dict):
                signed = self._mapping(where, signed, ("form", "date")).get("form")
            if not isinstance(signed, str) or signed not in signable:
                near = get_close_matches(str(signed), signable, n=1)
                wanted = near[0] if near else ", ".join(signable) or "no form of this protocol is signed"
                raise self.error(where, "no form that is signed has this id", signed, wanted)
            record = self.book.record(signed)
            if record is None:
                raise self.error(where, "the form is signed but nothing is entered in it", signed, "its items")
            self._append(
                f.Signed(meaning="form", covers=record.covers(), says="", printed_name="", form=signed, occurrence="")
            )


_MANY = ("choices", "lesion")


def _as_typed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as the text they were written as: a form would have been given text."""
    return {
        key: format(value, "f") if isinstance(value, Decimal) and abs(value.adjusted()) < 40 else value
        for key, value in raw.items()
    }
