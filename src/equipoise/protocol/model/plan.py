"""Endpoints, the analysis plan, accrual, scenarios and monitoring: what is estimated, assumed and looked at."""

from decimal import Decimal
from typing import Literal

from equipoise.kernel.parts import part
from equipoise.protocol.model.sourced import Sourced


@part
class IntercurrentEvent(Sourced):
    """An event after randomization that changes what is measured, and its one strategy (ICH E9(R1))."""

    id: str
    says: str
    strategy: Literal["treatment_policy", "composite", "hypothetical", "while_on_treatment", "principal_stratum"]


@part
class Estimand(Sourced):
    """The estimand of an endpoint: population, variable, summary, and a strategy per intercurrent event."""

    population: str
    variable: str
    summary: str
    events: tuple[IntercurrentEvent, ...] = ()


@part
class Endpoint(Sourced):
    """An endpoint. For time to event: the first of `events` from `origin`, with death `competing` where it competes.

    `reader` says whose reading of the scans dates a progression: the investigator's, or the central review's, where an
    adjudicated reading stands above the central reader's own. `dated` moves a progression to the scan due after
    or before it; `analysis_set` is whom the endpoint is estimated in. An `interval_censored` progression lies between
    two scans. A `deterioration` of any of `scales` by `points`, lasting or not, or death, whichever is first. A
    `confirmed` response was seen again after `confirm_days`.
    """

    id: str
    label: str
    rank: Literal["primary", "secondary", "supplementary", "exploratory"]
    kind: Literal[
        "time_to_event", "interval_censored", "competing_risks", "response", "scores", "deterioration", "adverse_events"
    ]
    origin: Literal["randomization"] = "randomization"
    events: tuple[str, ...] = ()
    competing: tuple[str, ...] = ()
    censoring: Literal["simple", "treatment_policy", "fda"] = "treatment_policy"
    reader: Literal["investigator", "central"] = "investigator"
    dated: Literal["observed", "next_scan", "previous_scan"] = "observed"
    analysis_set: Literal["randomized", "per_protocol"] = "randomized"
    scales: tuple[str, ...] = ()
    points: Decimal = Decimal(10)
    lasting: Literal["first", "not_above_reference", "at_all_later", "not_above_itself"] = "at_all_later"
    confirmed: bool = False
    confirm_days: int = 28
    estimand: Estimand | None = None

    @property
    def depends_on_arm(self) -> bool:
        """Whether what counts, or who, depends on the arm, so that even a pooled figure would tell of it."""
        return self.analysis_set != "randomized" or "contamination" in self.events


@part
class Analysis(Sourced):
    """The analysis plan: error rates, intervals, strata, ties and the events that trigger the analysis."""

    primary: str
    alpha: Decimal
    sides: Literal[1, 2]
    intervals: tuple[Decimal, ...]
    ties: Literal["efron", "breslow", "exact"] = "efron"
    strata: tuple[str, ...] = ()
    target_events: int
    target_hazard_ratio: Decimal
    power: Decimal
    rmst_tau_months: Decimal | None = None


@part
class Look(Sourced):
    """An interim or final look, at a fraction of the planned information.

    At a hazard ratio above `futility_hazard_ratio` the look advises to stop; `binding_futility` makes it an order.
    """

    id: str
    label: str
    information: Decimal
    spending: str = ""
    futility_hazard_ratio: Decimal | None = None
    binding_futility: bool = False


@part
class Accrual(Sourced):
    """How participants arrive: how many, over how long, at how many sites, how often screening fails."""

    subjects: int
    months: Decimal
    sites: int
    follow_up_months: Decimal
    screen_failure: Decimal = Decimal(0)
    dropout_per_year: Decimal = Decimal(0)


@part
class Scenario(Sourced):
    """A world to imagine: medians in months, hazard ratio, and whether a median is latent or observed at scans.

    `medians` says which: `latent` (the tumour grows) or `scan_observed` (a scan shows it). `os_median_after` is the
    median survival after progression. `local_share` is the share of progressions at residual sites in control,
    `death_share` that of deaths before progression among first events. `later` changes the hazard ratio from a month
    on (delayed, fading or crossing effects). `lesion_hazard_ratio` puts the effect on residual lesions alone: then
    `hazard_ratio` is not used, and that of progression-free survival is an output. The last three are shares: of scans
    missed, of controls irradiated, and of the experimental arm never irradiated.

    All experimental arms share the effect, but for those of which `by_arm` says otherwise.
    """

    id: str
    label: str
    control_pfs_median: Decimal
    hazard_ratio: Decimal
    os_median_after: Decimal
    medians: Literal["latent", "scan_observed"]
    local_share: Decimal = Decimal("0.5")
    death_share: Decimal = Decimal(0)
    later: tuple["LaterEffect", ...] = ()
    lesion_hazard_ratio: Decimal | None = None
    missed_scans: Decimal = Decimal(0)
    controls_irradiated: Decimal = Decimal(0)
    experimental_not_irradiated: Decimal = Decimal(0)
    levels: tuple["LevelShare", ...] = ()
    by_arm: tuple["ArmEffect", ...] = ()

    def effect_on(self, arm: str) -> "ArmEffect | None":
        """What the scenario says of one experimental arm; None where that arm shares the scenario's effect."""
        return next((one for one in self.by_arm if one.arm == arm), None)


@part
class ArmEffect:
    """The effect on one experimental arm, wholly in the place of the scenario's: a hazard ratio, or a median.

    Either `hazard_ratio`, which `later` may change from a month on, or `pfs_median`: the arm's own median in months,
    latent or observed at scans as the scenario's `medians` says. `os_median_after` is this arm's median survival after
    progression, the scenario's where it is left out.
    """

    arm: str
    hazard_ratio: Decimal | None = None
    pfs_median: Decimal | None = None
    later: tuple["LaterEffect", ...] = ()
    os_median_after: Decimal | None = None


@part
class LaterEffect:
    """A hazard ratio that holds from so many months after randomization, until the next."""

    from_months: Decimal
    hazard_ratio: Decimal


@part
class LevelShare:
    """How often a level of a factor occurs, and how it bears on the hazard.

    `lesions` are the shares of participants with 1, 2, ... residual lesions at this level; each lesion then fails by
    itself, and who has more of them progresses earlier.
    """

    factor: str
    level: str
    share: Decimal
    hazard_ratio: Decimal = Decimal(1)
    lesions: tuple[Decimal, ...] = ()


@part
class Sample(Sourced):
    """A sample participants may give, under its own consent."""

    id: str
    label: str
    consent: str
    visits: tuple[str, ...] = ()
