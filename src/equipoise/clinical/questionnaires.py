"""Questionnaires as documents, and their scores.

An instrument is a YAML file (`instruments/*.yaml`): items, scales, a summary score. The rule is the EORTC's: the raw
score RS of a scale is the mean of its answered items, given that at least half of them (or all, where the scale
`needs: all`) are answered; a functional scale is (1 - (RS - 1)/range) x 100, a symptom or global scale
((RS - 1)/range) x 100, the range being the highest answer less the lowest.
Source: Fayers et al., The EORTC QLQ-C30 Scoring Manual, 3rd ed., 2001.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, Literal

from ruamel.yaml import YAML


@dataclass(frozen=True, slots=True)
class Item:
    """A question by its number, the lowest and highest answer, and what it asks about, by language."""

    number: int
    lowest: int
    highest: int
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scale:
    """Items scored together, 0-100. High is good for `function` and `global`, bad for `symptom`."""

    code: str
    kind: Literal["function", "symptom", "global"]
    items: tuple[int, ...]
    needs: Literal["half", "all"]
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """The mean of scales, some of them turned around (100 - score); all are required."""

    code: str
    scales: tuple[str, ...]
    turned: tuple[str, ...]
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire: its structure and its scoring, without its wording."""

    id: str
    version: str
    title: Mapping[str, str]
    owner: str
    source: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    summary: Summary | None

    def item(self, number: int) -> Item:
        """The item of a number. Raises KeyError where there is none."""
        for item in self.items:
            if item.number == number:
                return item
        raise KeyError(number)


def read_instrument(text: str) -> Instrument:
    """Read an instrument's YAML. Raises ValueError saying what of it does not fit together."""
    raw: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    try:
        items = tuple(_item(one) for one in raw["items"])
        scales = tuple(
            Scale(one["code"], one["kind"], tuple(one["items"]), one.get("needs", "half"), one["name"])
            for one in raw["scales"]
        )
        own = raw.get("summary")
        summary = Summary(own["code"], tuple(own["scales"]), tuple(own["reversed"]), own["name"]) if own else None
        found = Instrument(
            raw["id"], str(raw["version"]), raw["title"], raw["owner"], raw["source"], items, scales, summary
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"The instrument lacks a part, or one is not what it should be: {error}.") from error
    _check(found)
    return found


def _item(raw: Mapping[str, Any]) -> Item:
    lowest, highest = raw["range"]
    return Item(raw["number"], lowest, highest, raw["about"])


def _check(instrument: Instrument) -> None:
    numbers = [item.number for item in instrument.items]
    codes = [scale.code for scale in instrument.scales]
    seen: set[str] = set()
    for name in [f"Item {number}" for number in numbers] + [f"Scale {code}" for code in codes]:
        if name in seen:
            raise ValueError(f"{name} stands twice in {instrument.id}.")
        seen.add(name)
    for scale in instrument.scales:
        if scale.kind not in ("function", "symptom", "global") or scale.needs not in ("half", "all"):
            raise ValueError(
                f"Scale {scale.code} of {instrument.id} has kind {scale.kind!r} and needs {scale.needs!r}."
            )
        ranges = {(item.lowest, item.highest) for item in instrument.items if item.number in scale.items}
        if not set(scale.items) <= set(numbers) or len(ranges) != 1:
            raise ValueError(f"Scale {scale.code} of {instrument.id} needs known items of one range.")
    if instrument.summary is not None:
        for code in (*instrument.summary.scales, *instrument.summary.turned):
            if code not in codes:
                raise ValueError(f"The summary of {instrument.id} names scale {code}, which it does not have.")


@cache
def shipped_instruments() -> Mapping[str, Instrument]:
    """The instruments that come with the program, by id: one for every YAML file of `clinical.instruments`."""
    folder = resources.files("equipoise.clinical.instruments")
    read = [
        read_instrument(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    ]
    return {instrument.id: instrument for instrument in read}


def score(instrument: Instrument, answers: Mapping[int, int | None]) -> dict[str, Fraction | None]:
    """Scale scores 0-100 by code, exact, the summary last; None where too few items are answered.

    `answers` by item number; None or left out is not answered. Raises ValueError for an answer outside its range or to
    an item the instrument does not have.
    """
    known = {item.number: item for item in instrument.items}
    for number, answer in answers.items():
        if number not in known:
            raise ValueError(f"{instrument.id} has no item {number}.")
        item = known[number]
        if answer is not None and not item.lowest <= answer <= item.highest:
            raise ValueError(f"Item {number} is answered {item.lowest} to {item.highest}; seen {answer}.")
    scores = {scale.code: _score(scale, known, answers) for scale in instrument.scales}
    if instrument.summary is not None:
        scores[instrument.summary.code] = _summary(instrument.summary, scores)
    return scores


def _score(scale: Scale, known: Mapping[int, Item], answers: Mapping[int, int | None]) -> Fraction | None:
    given = [answer for number in scale.items if (answer := answers.get(number)) is not None]
    required = len(scale.items) if scale.needs == "all" else Fraction(len(scale.items), 2)
    if not given or len(given) < required:
        return None
    item = known[scale.items[0]]
    share = (Fraction(sum(given), len(given)) - item.lowest) / (item.highest - item.lowest)
    return 100 * (1 - share if scale.kind == "function" else share)


def _summary(summary: Summary, scores: Mapping[str, Fraction | None]) -> Fraction | None:
    parts: list[Fraction] = []
    for codes, is_turned in ((summary.scales, False), (summary.turned, True)):
        for code in codes:
            value = scores[code]
            if value is None:
                return None
            parts.append(100 - value if is_turned else value)
    return sum(parts, Fraction(0)) / len(parts)
