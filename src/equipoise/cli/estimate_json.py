"""Estimates and tests as JSON: null where there is no number, and the reason beside it."""

from collections.abc import Callable
from typing import Any

import click
import numpy as np

from equipoise.cli.files import write_json
from equipoise.kernel.errors import EstimationError
from equipoise.statistics.cox import CoxFit
from equipoise.statistics.estimate import Estimate, HypothesisTest
from equipoise.statistics.fine_gray import FineGrayFit

Document = dict[str, Any]


def emit(document: Any, as_json: bool, text: Callable[[Any], str]) -> None:
    """Print a document as JSON, or as text for a person."""
    if as_json:
        write_json(document)
    else:
        click.echo(text(document))


def number(value: float | None) -> float | int | None:
    """A number for JSON: null where there is none, an integer where it is whole and counts."""
    return None if value is None or not np.isfinite(value) else float(value)


def numbers(values: np.ndarray) -> list[float | None]:
    """An array for JSON."""
    return [number(value) for value in values.tolist()]


def counts(values: np.ndarray) -> list[float | int]:
    """Counts for JSON: integers, unless weighted."""
    return [int(value) if float(value).is_integer() else float(value) for value in values.tolist()]


def interval(found: Estimate, value: str, **more: Any) -> Document:
    """An estimate for JSON, under the name of its value."""
    shown = {
        value: number(found.value), "se": number(found.std_err),
        "lower": number(found.lower), "upper": number(found.upper), **more,
    }  # fmt: skip
    return shown | ({"reason": str(found.reason)} if found.reason is not None else {})


def tested(found: HypothesisTest) -> Document:
    """A test for JSON."""
    shown: Document = {"chisq": number(found.chisq), "df": found.df, "p": number(found.p)}
    if found.z is not None:
        shown |= {"z": number(found.z), "p_one_sided": number(found.p_one_sided)}
    return shown | ({"reason": str(found.reason)} if found.reason is not None else {})


def hazard_ratio(fit: CoxFit | FineGrayFit, index: int = 0) -> Document:
    """A coefficient for JSON: coef, se, hr, its limits and p."""
    ratio, test = fit.hazard_ratio(index), fit.test(index)
    return {
        "coef": float(fit.coef[index]), "se": float(fit.std_err[index]), "hr": number(ratio.value),
        "lower": number(ratio.lower), "upper": number(ratio.upper), "z": number(test.z), "p": number(test.p),
        "p_one_sided": number(test.p_one_sided),
    }  # fmt: skip


def no_hazard_ratio(because: EstimationError) -> Document:
    """The same without a fit: nulls and the reason."""
    names = ("coef", "se", "hr", "lower", "upper", "z", "p", "p_one_sided")
    return dict.fromkeys(names) | {"reason": str(because)}
