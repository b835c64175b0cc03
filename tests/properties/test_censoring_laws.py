"""Laws of censoring that hold whatever happened to a participant."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from equipoise.methods.endpoints import Censoring, Followup, GapLimit, Source, progression_free_survival

START = date(2026, 1, 1)
DAYS = st.integers(0, 900)


def _at(days: list[int], what: str) -> tuple[Source, ...]:
    return tuple(Source(START + timedelta(days=day), what, "ADRS", "ADT") for day in days)


FOLLOWUPS = st.builds(
    lambda progressed, died, seen, other, baseline: Followup(
        start=Source(START, "Randomization", "ADSL", "RANDDT"),
        progressions=_at(progressed, "PD"),
        deaths=_at(died, "Death"),
        assessments=_at(sorted({*seen, *progressed}), "Assessment"),
        adequate=_at(sorted({*seen, *progressed}), "Assessment"),
        other_therapy=_at(other, "Other"),
        has_baseline=baseline,
    ),
    st.lists(DAYS, max_size=1),
    st.lists(DAYS, max_size=1),
    st.lists(DAYS, max_size=8),
    st.lists(DAYS, max_size=1),
    st.booleans(),
)


@given(FOLLOWUPS)
def test_fda_never_counts_an_event_that_treatment_policy_does_not(followup: Followup) -> None:
    fda = progression_free_survival(followup, Censoring.FDA, gap=GapLimit(56, 7))
    policy = progression_free_survival(followup, Censoring.TREATMENT_POLICY)
    assert policy.is_event or not fda.is_event
    if fda.is_event:
        assert fda.on == policy.on
    else:
        assert fda.on <= policy.on


@given(FOLLOWUPS, st.sampled_from(list(Censoring)))
def test_no_time_is_under_one_day(followup: Followup, rule: Censoring) -> None:
    days = progression_free_survival(followup, rule, gap=GapLimit(56, 7)).days
    assert days is not None
    assert days >= 1
