"""How well a rehearsal is conducted: as in life, or without a visit late, an answer missing or a death told late.

A clean rehearsal keeps every planned day, so that what it observes is what the simulator observes of the same
participants. As in life, the same participants live the same latent times; only what is seen of them differs.
"""

from dataclasses import dataclass
from typing import Literal

type Name = Literal["usual", "clean"]


@dataclass(frozen=True, slots=True)
class Conduct:
    """Shares of what goes wrong. `drift` is the standard deviation of a visit's day, in days."""

    missed_visit: float = 0.04
    late_visit: float = 0.03
    drift: float = 2.5
    missed_questionnaire: float = 0.06
    missing_value: float = 0.015
    correction: float = 0.02
    partial_death: float = 0.04
    days_to_report_death: int = 14
    status_unknown: float = 0.08
    """Who cannot be reached when the status of everyone is asked for before the data cut."""
    ineligible_after: float = 0.03
    """In how many the verification of source data finds a criterion not met that seemed to be at randomization."""
    life_threatening: float = 0.03
    """The share of adverse events that are of grade 4."""
    fatal_event: float = 0.9
    """How often a death not of the disease is entered as the adverse event it was, while those are collected."""
    palliative_radiotherapy: float = 0.04
    leaves: tuple[tuple[str, float], ...] = (("lost", 0.5), ("withdrawal", 0.25), ("visits_stopped", 0.25))
    """How those who drop out leave."""


USUAL = Conduct()
CLEAN = Conduct(
    missed_visit=0.0, late_visit=0.0, drift=0.0, missed_questionnaire=0.0, missing_value=0.0, correction=0.0,
    partial_death=0.0, days_to_report_death=0, status_unknown=0.0, palliative_radiotherapy=0.0,
    ineligible_after=0.0, life_threatening=0.0, fatal_event=0.0,
    leaves=(("withdrawal", 1.0),),
)  # fmt: skip
CONDUCTS: dict[str, Conduct] = {"usual": USUAL, "clean": CLEAN}
