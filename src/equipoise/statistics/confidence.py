"""Confidence limits of a survival probability on the five scales of R's survfit, and of quantiles of a curve."""

from typing import Literal, cast, get_args

import numpy as np

from equipoise.kernel.errors import InputError
from equipoise.statistics.follow_up import Floats

Scale = Literal["log", "log-log", "plain", "logit", "arcsin"]
"""The scale on which a symmetric interval is built."""

_SCALES = get_args(Scale)

TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


def scale_of(name: str) -> Scale:
    """The scale of that name. Raises InputError."""
    if name not in _SCALES:
        raise InputError("there is no such confidence scale", seen=name, wanted="one of " + ", ".join(_SCALES))
    return cast(Scale, name)


def limits(surv: Floats, std_err_log: Floats, scale: Scale, z: float) -> tuple[Floats, Floats]:
    """Lower and upper limits of survival probabilities from the standard error of their logarithm.

    Kalbfleisch and Prentice 2002, section 1.4. Before the first event (S = 1) both limits are 1; at S = 0 no
    scale gives limits (NaN).
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        lasting = surv > 0
        p, width = np.where(lasting, surv, np.nan), z * np.where(lasting, std_err_log, np.nan)
        match scale:
            case "plain":
                lower, upper = np.maximum(p - width * p, 0), np.minimum(p + width * p, 1)
            case "log":
                lower, upper = p * np.exp(-width), np.minimum(p * np.exp(width), 1)
            case "log-log":
                log = np.log(p)
                lower, upper = np.exp(log * np.exp(-width / log)), np.exp(log * np.exp(width / log))
            case "logit":
                odds, factor = p / (1 - p), np.exp(width / (1 - p))
                lower, upper = 1 - 1 / (1 + odds / factor), 1 - 1 / (1 + odds * factor)
            case "arcsin":
                angle, half = np.arcsin(np.sqrt(p)), 0.5 * width * np.sqrt(p / (1 - p))
                lower = np.sin(np.maximum(0, angle - half)) ** 2
                upper = np.sin(np.minimum(np.pi / 2, angle + half)) ** 2
    certain = surv >= 1
    return np.where(certain, 1.0, lower), np.where(certain, 1.0, upper)


def crossing(time: Floats, surv: Floats, probability: float, start: float = 0.0) -> float:
    """The time at which 1 - S reaches a probability; NaN where it does not.

    Where S stays exactly at 1 - probability, up to rounding, the midpoint of the flat stretch, as R's quantile.survfit.
    """
    x = np.concatenate([[min(start, time[0])], time])
    y = np.concatenate([[0.0], 1 - surv])
    last_time = x[-1]
    _, first = np.unique(y, return_index=True)
    keep = np.sort(first)
    x, y = x[keep], y[keep]
    if probability <= 0:
        return float(x[0])
    final = y[-1]
    known = ~np.isnan(y)
    by_height = np.argsort(y[known], kind="stable")
    x, y = x[known][by_height], y[known][by_height]
    at = int(np.searchsorted(y + TOLERANCE, probability, side="left"))
    if at == len(y):
        return float("nan")
    if abs(probability - final) < TOLERANCE:
        return float(x[at] + last_time) / 2
    beyond = int(np.searchsorted(y - TOLERANCE, probability, side="left"))
    return float(x[at] + x[beyond]) / 2 if beyond < len(y) else float("nan")
