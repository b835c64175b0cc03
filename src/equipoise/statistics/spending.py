"""Error-spending functions: how much of an error rate may have been spent once a fraction of the information is in.

Lan and DeMets, Biometrika 1983;70:659. Each function has one contract, `spent(total, fraction)`: cumulative, zero at
fraction 0, the whole at 1, never decreasing. `total` is the error of one side of a test.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from equipoise.kernel.errors import InputError
from equipoise.statistics.normal import normal_cdf, normal_quantile


class Spending(Protocol):
    """A spending function."""

    @property
    def name(self) -> str:
        """The spelling `parse_spending` reads."""
        ...

    def spent(self, total: float, fraction: float) -> float:
        """The error spent by an information fraction in 0 ... 1."""
        ...


@dataclass(frozen=True, slots=True)
class OBrienFlemingType:
    """Lan and DeMets' function of O'Brien and Fleming's type: 2 - 2 Phi(z(total / 2) / sqrt(t))."""

    @property
    def name(self) -> str:
        return "of"

    def spent(self, total: float, fraction: float) -> float:
        if fraction <= 0.0:
            return 0.0
        return float(2.0 * normal_cdf(normal_quantile(total / 2.0) / math.sqrt(min(fraction, 1.0))))


@dataclass(frozen=True, slots=True)
class PocockType:
    """Lan and DeMets' function of Pocock's type: total * ln(1 + (e - 1) t)."""

    @property
    def name(self) -> str:
        return "pocock"

    def spent(self, total: float, fraction: float) -> float:
        return total * math.log1p((math.e - 1.0) * min(max(fraction, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class HwangShihDeCani:
    """Hwang, Shih and DeCani's family (Stat Med 1990;9:1439): total * (1 - e^(-gamma t)) / (1 - e^(-gamma))."""

    gamma: float

    def __post_init__(self) -> None:
        if not -40.0 <= self.gamma <= 40.0:
            raise InputError(
                "the gamma of Hwang, Shih and DeCani's spending is out of range",
                seen=self.gamma, wanted="a number from -40 to 40; -4 is close to O'Brien-Fleming, 1 to Pocock",
            )  # fmt: skip

    @property
    def name(self) -> str:
        return f"hsd:{self.gamma:g}"

    def spent(self, total: float, fraction: float) -> float:
        t = min(max(fraction, 0.0), 1.0)
        if self.gamma == 0.0:
            return total * t
        return total * math.expm1(-self.gamma * t) / math.expm1(-self.gamma)


@dataclass(frozen=True, slots=True)
class PowerFamily:
    """Kim and DeMets' power family (Biometrika 1987;74:149): total * t^rho."""

    rho: float

    def __post_init__(self) -> None:
        if not 0.0 < self.rho <= 50.0:
            raise InputError(
                "the exponent of power spending is out of range",
                seen=self.rho, wanted="a number above 0 and at most 50; 3 is close to O'Brien-Fleming, 1 to Pocock",
            )  # fmt: skip

    @property
    def name(self) -> str:
        return f"power:{self.rho:g}"

    def spent(self, total: float, fraction: float) -> float:
        return total * math.pow(min(max(fraction, 0.0), 1.0), self.rho)


def parse_spending(text: str) -> Spending:
    """Read `of`, `pocock`, `hsd:GAMMA` or `power:RHO`. Raises InputError."""
    name, colon, parameter = text.strip().lower().partition(":")
    if not colon and name == "of":
        return OBrienFlemingType()
    if not colon and name == "pocock":
        return PocockType()
    if colon and name in ("hsd", "power"):
        try:
            value = float(parameter)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return HwangShihDeCani(value) if name == "hsd" else PowerFamily(value)
    raise InputError("there is no such spending function", seen=text, wanted="of, pocock, hsd:GAMMA or power:RHO")
