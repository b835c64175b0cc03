"""Eligibility criteria and the factors derived for stratification, both written in the criteria language."""

from typing import Literal

from equipoise.kernel.parts import part
from equipoise.protocol.model.sourced import Sourced


@part
class Exception_(Sourced):
    """A way for a criterion to be met although its rule is not: 'met by exception'."""

    rule: str
    says: str


@part
class Criterion(Sourced):
    """One criterion. `rule` must hold (an exclusion's rule says what excludes, and must not hold).

    `within` is the window of the values it reads ('14 days before randomization'). `reading` notes how an ambiguous
    sentence was read. `confirm` asks an investigator to confirm an assumed criterion before the trial opens.
    """

    id: str
    kind: Literal["inclusion", "exclusion"] = "inclusion"
    says: str
    rule: str
    within: str = ""
    unless: Exception_ | None = None
    reading: str = ""
    confirm: bool = False


@part
class Level:
    """One level of a factor and the rule that puts a subject there."""

    id: str
    label: str
    when: str


@part
class Factor(Sourced):
    """A stratification factor, derived at randomization and frozen; never typed."""

    id: str
    label: str
    levels: tuple[Level, ...]
