"""The effect a scenario imagines, in words: its hazard ratio over time, arm by arm where the arms differ."""

from collections.abc import Sequence
from decimal import Decimal

from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import message
from equipoise.protocol import words as _words
from equipoise.protocol.model import ArmEffect, LaterEffect, Protocol, Scenario


def effects(protocol: Protocol, scenario: Scenario, language: str = "en") -> str:
    """The effect in a line: '0.6', '0.6, 0.9 from month 6', 'High dose: 0.5; other arms 0.7'."""
    if scenario.lesion_hazard_ratio is not None:
        shared = _say("effect_lesions", language, ratio=decimal_text(scenario.lesion_hazard_ratio))
    else:
        shared = _over_time(scenario.hazard_ratio, scenario.later, language)
    if not scenario.by_arm:
        return shared
    labels = {arm.id: arm.label for arm in protocol.arms}
    said = [f"{labels[one.arm]}: {_effect(one, language)}" for one in scenario.by_arm]
    experimental = {arm.id for arm in protocol.arms if arm.role == "experimental"}
    if experimental - {one.arm for one in scenario.by_arm}:
        said.append(_say("effect_others", language, effect=shared))
    return "; ".join(said)


def _effect(one: ArmEffect, language: str) -> str:
    if one.pfs_median is not None:
        said = [_say("effect_median", language, months=decimal_text(one.pfs_median))]
    else:
        said = [_over_time(one.hazard_ratio or Decimal(1), one.later, language)]
    if one.os_median_after is not None:
        said.append(f"{_say('os_after', language)} {decimal_text(one.os_median_after)}")
    return ", ".join(said)


def _over_time(ratio: Decimal, later: Sequence[LaterEffect], language: str) -> str:
    steps = [
        _say("effect_later", language, ratio=decimal_text(one.hazard_ratio), month=decimal_text(one.from_months))
        for one in later
    ]
    return ", ".join([decimal_text(ratio), *steps])


def _say(name: str, language: str, **params: str) -> str:
    return message(f"describe.{name}", **params).say(language)


assert _words  # the wordings above are declared on import
