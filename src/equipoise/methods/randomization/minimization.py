"""Minimization: the arm that keeps the margins most alike is preferred, with a random element.

Source: Pocock and Simon, Biometrics 1975;31:103; for unequal ratios Han, Enas and McEntegart,
Stat Med 2009;28:3329 (biased-coin minimization).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from equipoise.kernel.parts import part
from equipoise.methods.randomization.allocation import TRIAL, Draw, Frozen, Working
from equipoise.methods.randomization.arms import arms_of, checked_ratio, checked_strata, exact, holder, shares, tickets
from equipoise.methods.randomization.imbalance import Imbalance, least, margins_of, shown, total_imbalance
from equipoise.methods.randomization.secret import Source


@part
class Minimization:
    """Prefers the arm of least weighted marginal imbalance over the factors, counts divided by the ratio.

    `probability` p is that of the preferred arm when it is one of the smallest share. In full, with R the sum of the
    ratio r, a preferred arm i is allocated with 1 - (1 - p)(R - r_i) / (R - r_min), every other arm j with
    (1 - p) r_j / (R - r_min); with equal shares that is p, and (1 - p) shared out among the others. Ties for
    preference are broken by the ratio. The first participant of an epoch is drawn by the ratio alone.
    """

    method: Literal["minimization"] = "minimization"
    ratio: Mapping[str, int]
    strata: tuple[str, ...]
    probability: Decimal
    imbalance: Imbalance = Imbalance.RANGE
    weights: Mapping[str, Decimal] | None = None
    source: str | tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        checked_ratio(self.ratio)
        checked_strata(self.strata)
        if not self.strata:
            raise ValueError("Minimization needs at least one factor in strata; seen none.")
        least_share = min(shares(self.ratio).values())
        if not self.probability.is_finite() or not least_share < exact(self.probability) <= 1:
            raise ValueError(
                f"The probability of the preferred arm lies above its share of the ratio, {least_share}, "
                f"and is at most 1; seen {self.probability}."
            )
        if self.weights is not None:
            if set(self.weights) != set(self.strata):
                raise ValueError(
                    f"Weights name every factor of strata and no other ({', '.join(self.strata)}); "
                    f"seen {', '.join(self.weights) or 'none'}."
                )
            for factor, weight in self.weights.items():
                if not weight.is_finite() or weight <= 0:
                    raise ValueError(f"The weight of factor {factor!r} is above 0; seen {weight}.")

    def list_of(self, levels: Mapping[str, str]) -> str:
        """One list for the whole trial."""
        return TRIAL

    def draw(
        self, source: Source, list_id: str, slot: int, levels: Mapping[str, str], history: Sequence[Frozen]
    ) -> Working:
        """The arm of a slot, given every earlier allocation of the epoch."""
        margins = margins_of(
            arms_of(self.ratio), self.strata, levels, [(earlier.arm, earlier.levels) for earlier in history]
        )
        totals = self.totals(margins)
        preferred = least(totals) if history else arms_of(self.ratio)
        chances = self.probabilities(preferred)
        held = tickets(chances)
        below = sum(held.values())
        value = source.stream("arm", list_id, slot).below(below)
        return Working(
            arm=holder(held, value),
            draws=(Draw(purpose="arm", below=below, value=value),),
            probabilities={arm: str(chance) for arm, chance in chances.items()},
            margins=margins,
            imbalance={arm: shown(total) for arm, total in totals.items()},
            preferred=preferred,
        )

    def totals(self, margins: Mapping[str, Mapping[str, int]]) -> dict[str, dict[int, Fraction]]:
        """By arm, the exact total imbalance there would be with it."""
        weights = {factor: exact(self.weights[factor]) if self.weights else Fraction(1) for factor in self.strata}
        return {arm: total_imbalance(self.imbalance, margins, self.ratio, weights, arm) for arm in arms_of(self.ratio)}

    def probabilities(self, preferred: Sequence[str]) -> dict[str, Fraction]:
        """By arm, given the preferred ones.

        The rule of Han and colleagues is a mixture: with probability m an arm is drawn by the ratio among all, else by
        the ratio among the preferred, where m = (1 - p) R / (R - r_min). So when each arm is preferred as often as
        its share, it is also allocated as often as its share.
        """
        by_ratio = shares(self.ratio)
        mixed = (1 - exact(self.probability)) / (1 - min(by_ratio.values()))
        favoured = sum(by_ratio[arm] for arm in preferred)
        return {
            arm: mixed * share + ((1 - mixed) * share / favoured if arm in preferred else 0)
            for arm, share in by_ratio.items()
        }
