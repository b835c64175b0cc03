"""Reasons, notes and documents with arms, and strata, by their labels: estimators know them by their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from equipoise.kernel.messages import Message
from equipoise.protocol.model import Protocol

ARMS = ("arm", "arms", "control", "covariate")
"""The parameters of messages that may name arms, by themselves or several after one another."""
BESIDE = {"group": "label", "arm": "label", "control": "control_label"}
"""Keys of documents whose values are ids of groups or arms, and the key their label stands under."""
STRATUM = "stratum"
"""The parameter that names a stratum: the level of each factor of the plan, in their order."""


@dataclass(frozen=True)
class Labels:
    """What arms are called, and the levels of each factor that the analysis is stratified by."""

    arms: Mapping[str, str]
    levels: Sequence[Mapping[str, str]]

    def named(self, one: Message) -> Message:
        """The same message, arms and strata by their labels. What is no id stays as it is."""
        return replace(one, params={name: self._named(name, value) for name, value in one.params.items()})

    def _named(self, name: str, value: Any) -> Any:
        if isinstance(value, Message):
            return self.named(value)
        if not isinstance(value, str):
            return value
        if name in ARMS:
            return self._arms(value)
        return self._stratum(value) if name == STRATUM else value

    def _arms(self, value: str) -> str:
        for between in ("; ", ", "):
            parts = value.split(between)
            if len(parts) > 1 and all(part in self.arms for part in parts):
                return between.join(self.arms[part] for part in parts)
        return self.arms.get(value, value)

    def _stratum(self, value: str) -> str:
        parts = value.split(" / ")
        if len(parts) != len(self.levels):
            return value
        return " / ".join(levels.get(part, part) for levels, part in zip(self.levels, parts, strict=True))


def labels_of(shown: Protocol, plan: Protocol | None = None, strata: Sequence[str] | None = None) -> Labels:
    """The labels of a protocol in the reader's language. A label of `plan`, in another language, is replaced too.

    `strata` are the factors stratified by, in their order, where they are not the plan's.
    """
    arms = {arm.id: arm.label for arm in shown.arms}
    if plan is not None:
        arms |= {arm.label: arms.get(arm.id, arm.label) for arm in plan.arms if arm.label not in arms}
    factors = {factor.id: {level.id: level.label for level in factor.levels} for factor in shown.strata}
    return Labels(arms, [factors.get(name, {}) for name in (shown.analysis.strata if strata is None else strata)])


def labelled(value: Any, labels: Mapping[str, str]) -> Any:
    """A JSON-ready value in which each group and arm that stands by its id has its label beside it."""
    if isinstance(value, list | tuple):
        return [labelled(one, labels) for one in value]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    for key, one in value.items():
        found[key] = labelled(one, labels)
        beside = BESIDE.get(key)
        if beside is not None and beside not in value and isinstance(one, str) and one in labels:
            found[beside] = labels[one]
    return found
