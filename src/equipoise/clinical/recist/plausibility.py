"""What looks like a slip while a reading is typed: shown before it is saved, never a refusal."""

from decimal import Decimal

from equipoise.clinical.recist.codes import Sight
from equipoise.clinical.recist.target import Reading
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import message

LONG_MM = Decimal(250)
"""A diameter beyond this is rare enough to ask."""
SLIP = 8
"""A lesion eight times as large, or as small, is more often a slip of the decimal point or the unit."""
LEAP_MM = Decimal(40)
"""A change beyond this between two visits is asked about."""


def check_reading(lesion: str, previous: Reading | None, current: Reading) -> list[Finding]:
    """What is implausible in a target's reading, given the one before it; empty where nothing is."""
    if current.value is None:
        return []
    where = f"lesion.{lesion}"
    findings: list[Finding] = []
    if current.value > LONG_MM:
        findings.append(Finding(message("recist.slip.long", lesion=lesion, now=decimal_text(current.value)), where))
    if previous is None or previous.value is None or current.sight is not Sight.MEASURED:
        return findings
    told = {"lesion": lesion, "before": decimal_text(previous.value), "now": decimal_text(current.value)}
    if previous.value == 0 and current.value > 0:
        findings.append(Finding(message("recist.slip.back", **told), where))
    elif previous.value > 0 and current.value > 0 and _is_slip(previous.value, current.value):
        findings.append(Finding(message("recist.slip.decimal", **told), where))
    elif abs(current.value - previous.value) > LEAP_MM:
        findings.append(Finding(message("recist.slip.leap", **told), where))
    return findings


def _is_slip(before: Decimal, now: Decimal) -> bool:
    return now >= SLIP * before or before >= SLIP * now
