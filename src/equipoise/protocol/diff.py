"""What an amendment changes: each change typed, classed, and saying whom it concerns.

    found = diff(old, new)
    found.changes      in the order of the document; `found.consequential` needs a reason before it is published
    found.reused       ids that came to mean something else: an amendment may not do that, ever

*Cosmetic* changes what is read and nothing that is done. *Additive* asks or allows more and leaves what stands as it
was. An *assumption* is what the design supposes of the world (scenarios, dropout, screen failures): nobody does
anything otherwise, and what the trial is expected to show is another. *Consequential* is everything else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.errors import Fault
from equipoise.methods.forms import Form
from equipoise.methods.schedule import Visit, offsets
from equipoise.protocol.model import Accrual, Estimand, Protocol, Radiotherapy, Statement
from equipoise.protocol.translation import PROSE, key_of_element


class Weight(StrEnum):
    """How much a change matters."""

    COSMETIC = "cosmetic"
    ADDITIVE = "additive"
    ASSUMPTION = "assumption"
    CONSEQUENTIAL = "consequential"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where, what stood there and what stands there now ('' for nothing), and whom it concerns."""

    path: str
    before: str
    after: str
    weight: Weight
    concerns: str = ""

    def __str__(self) -> str:
        what = f"{self.before} -> {self.after}" if self.before and self.after else ""
        what = what or (f"added: {self.after}" if self.after else f"removed: {self.before}")
        return f"{self.path}: {what}" + (f" (concerns {self.concerns})" if self.concerns else "")


@dataclass(frozen=True, slots=True)
class Reuse:
    """An id that came to mean something else: what it meant, and what it would mean now."""

    path: str
    before: str
    after: str

    def fault(self, line: int) -> Fault:
        """The same as a fault of the new document."""
        seen = f"{self.after}, where it was {self.before}"
        return Fault(line, self.path, "an id never changes its meaning", seen, "a new id for what is new")


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two versions of a protocol."""

    changes: tuple[Change, ...]
    reused: tuple[Reuse, ...]

    @property
    def consequential(self) -> tuple[Change, ...]:
        """The changes that need a reason."""
        return tuple(change for change in self.changes if change.weight is Weight.CONSEQUENTIAL)


CONCERNS = {
    "eligibility": "those not yet randomized", "strata": "those not yet randomized",
    "randomization": "those not yet randomized", "lesions": "those not yet randomized",
    "consents": "everyone who consented and everyone who will",
    "arms": "everyone in the trial", "statements": "everyone in the trial", "drugs": "everyone under treatment",
    "radiotherapy": "everyone whose radiotherapy is not complete", "forms": "everyone still followed",
    "schedule": "everyone still followed", "stops": "everyone still followed", "instruments": "everyone still followed",
    "samples": "those who gave samples", "endpoints": "the analysis", "analysis": "the analysis",
    "central_review": "the central readers",
    "monitoring": "the data monitoring committee", "accrual": "the sites", "objectives": "the analysis",
}  # fmt: skip
"""Part of the protocol -> whom a consequential change in it concerns."""

_ADDS = frozenset({
    "items", "options", "forms", "edits", "schedule", "samples", "instruments", "objectives", "organs", "stops",
    "units", "filled_by", "endpoints", "visits",
})  # fmt: skip
"""Lists to which an addition leaves everything else as it was."""

_SUPPOSED = "scenarios"
"""The part that supposes a world: whatever is not prose in it is an assumption."""

_SILENCE = {"collected_for": "without end"}
"""What a field says where nothing is written in it, and that is an answer of its own."""

_MEANING = {"kind", "unit", "coding", "analyte", "concept", "use", "role", "many"}
"""Fields that say what an id means."""

_LOOSER = {"required": False, "low": None, "high": None, "confirm": True}


def diff(old: Protocol, new: Protocol) -> Difference:
    """Compare two versions of a protocol, by ids."""
    if old.id != new.id:
        return Difference((), (Reuse("id", f"protocol {old.id}", f"protocol {new.id}"),))
    changes: list[Change] = []
    reused: list[Reuse] = []
    for found in _compare(old, new, ""):
        if isinstance(found, Reuse):
            reused.append(found)
        else:
            changes.append(found)
    return Difference(tuple(changes), tuple(reused))


type _Found = Iterator[Change | Reuse]


def _compare(old: Any, new: Any, path: str) -> _Found:
    """Two parts of one kind, field by field."""
    if isinstance(new, Visit) and (moved := _renumbered(old, new)):
        yield Reuse(path, *moved)
    for field in fields(new if path else Protocol):
        before, after = getattr(old, field.name), getattr(new, field.name)
        where = f"{path}.{field.name}".removeprefix(".")
        if before == after or (not path and field.name in ("version", "id")):
            continue
        if isinstance(new, Form) and field.name == "sections":
            yield from _sections(old, new, path)
        elif is_dataclass(before) and is_dataclass(after) and type(before) is type(after):
            yield from _compare(before, after, where)
        elif isinstance(after, tuple) and isinstance(before, tuple) and _are_parts(before, after):
            yield from _lists(old, new, path, field.name)
        elif isinstance(after, tuple) and isinstance(before, tuple):
            yield from _values(before, after, where, field.name)
        elif field.name in _MEANING and path and before and after:
            yield Reuse(path, f"{field.name} {before}", f"{field.name} {after}")
        else:
            yield _change(where, before, after, _weight(new, field.name, before, after))


_LONGEST = 20 * 366
"""Up to so many days after their anchor are the numbers of repeated visits compared."""


def _renumbered(old: Visit, new: Visit) -> tuple[str, str] | None:
    """What a number of a repeated visit stood for and would stand for: records of it are kept under `visit:number`.

    A number keeps its meaning while the day it falls due lies nearest to the day that number was due before.
    """
    if not old.repeat and not new.repeat:
        return None
    if not old.repeat or not new.repeat:
        told = ("one visit without a number", "visits numbered from 1")
        return told if new.repeat else (told[1], told[0])
    if old.anchor != new.anchor:
        return f"numbered from {old.anchor}", f"numbered from {new.anchor}"
    before, after = (list(offsets(one, _LONGEST)) for one in (old, new))
    for number, (was, day) in enumerate(zip(before, after, strict=False), start=1):
        others = [abs(other - day) for other in before[max(number - 2, 0) : number + 1] if other != was]
        if was != day and others and min(others) <= abs(was - day):
            return f"number {number} on day {was} after {old.anchor}", f"number {number} on day {day}"
    return None


def _are_parts(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return any(is_dataclass(element) for element in (*before, *after))


def _lists(old: Any, new: Any, path: str, name: str) -> _Found:
    """Two lists of parts: those in both are compared, the others were added or removed; order is cosmetic."""
    earlier = {key_of_element(old, path, name, one, at): one for at, one in enumerate(getattr(old, name), start=1)}
    later = {key_of_element(new, path, name, one, at): one for at, one in enumerate(getattr(new, name), start=1)}
    yield from _matched(earlier, later, name)


def _matched(earlier: dict[str, Any], later: dict[str, Any], name: str) -> _Found:
    for key, one in earlier.items():
        if key not in later:
            yield _change(key, one, None, Weight.CONSEQUENTIAL)
    for key, one in later.items():
        if key not in earlier:
            yield _change(key, None, one, _weight_of_addition(name, one))
        elif type(earlier[key]) is not type(one):
            yield Reuse(key, f"kind {earlier[key].kind}", f"kind {one.kind}")
        else:
            yield from _compare(earlier[key], one, key)
    shared = [key for key in earlier if key in later]
    if shared != [key for key in later if key in earlier]:
        where = shared[0].rsplit(".", 1)[0]
        yield Change(where, "one order", "another order", Weight.COSMETIC)


def _sections(old: Form, new: Form, path: str) -> _Found:
    """Items are compared across sections; the sections themselves only head them."""
    earlier = {f"{path}.items.{item.id}": item for item in old.items}
    later = {f"{path}.items.{item.id}": item for item in new.items}
    yield from _matched(earlier, later, "items")
    heads = [[(one.label, one.help, [item.id for item in one.items]) for one in form.sections] for form in (old, new)]
    if heads[0] != heads[1] and set(earlier) == set(later):
        yield Change(f"{path}.sections", "sections as before", "sections headed or divided anew", Weight.COSMETIC)


def _values(before: tuple[Any, ...], after: tuple[Any, ...], path: str, name: str) -> _Found:
    """Two lists of plain values."""
    if name == "source":
        yield _change(path, before, after, Weight.COSMETIC)
    elif name == "units" and before[:1] != after[:1]:
        yield Reuse(path.rsplit(".", 1)[0], f"kept in {_shown(before[:1])}", f"kept in {_shown(after[:1])}")
    else:
        is_addition = name in _ADDS and set(before) <= set(after)
        yield _change(path, before, after, Weight.ADDITIVE if is_addition else Weight.CONSEQUENTIAL)


def _weight_of_addition(name: str, element: Any) -> Weight:
    if name == "endpoints" and element.rank == "primary":
        return Weight.CONSEQUENTIAL
    return Weight.ADDITIVE if name in _ADDS else Weight.CONSEQUENTIAL


def _weight(owner: Any, name: str, before: Any, after: Any) -> Weight:
    if isinstance(owner, Statement) or (isinstance(owner, Estimand) and name in PROSE):
        return Weight.COSMETIC if name in ("assumption", "source") else Weight.CONSEQUENTIAL
    if isinstance(owner, Radiotherapy) and name == "holds":
        return Weight.CONSEQUENTIAL
    if name in PROSE or name in ("source", "registry", "lines"):
        return Weight.COSMETIC
    if isinstance(owner, Accrual) and name in ("screen_failure", "dropout_per_year"):
        return Weight.ASSUMPTION
    if name in _LOOSER and after == _LOOSER[name]:
        return Weight.ADDITIVE
    if name in ("low", "high", "concept", "help"):
        return Weight.ADDITIVE
    if name in ("length", "decimals") and after > before:
        return Weight.ADDITIVE
    return Weight.CONSEQUENTIAL


def _change(path: str, before: Any, after: Any, weight: Weight) -> Change:
    if path.split(".")[0] == _SUPPOSED and weight is not Weight.COSMETIC:
        weight = Weight.ASSUMPTION
    concerns = CONCERNS.get(path.split(".")[0], "everyone in the trial") if weight is Weight.CONSEQUENTIAL else ""
    silence = _SILENCE.get(path.rsplit(".", 1)[-1], "")
    return Change(path, _shown(before) or silence, _shown(after) or silence, weight, concerns)


def _shown(value: Any) -> str:
    """A value in a line: text as it stands, a part by its label."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_shown(one) for one in value)
    if is_dataclass(value):
        for name in ("label", "says", "rule", "method", "every"):
            if getattr(value, name, ""):
                return _shown(getattr(value, name))
        told = [(field.name, getattr(value, field.name)) for field in fields(value)]
        return ", ".join(f"{name} {_shown(one)}" for name, one in told if _shown(one))
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else text[:199] + "…"
