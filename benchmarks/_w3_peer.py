"""A Python peer of W3: holds the data, reads a task a line, answers CPU seconds and the figure found.

Runs in whatever interpreter has the package, so it uses nothing of ours.
"""

import platform
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np

warnings.simplefilter("ignore")


def statsmodels_tasks(t, e, arm, stratum, x):
    """Kaplan-Meier, stratified log-rank, Cox with Efron ties."""
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    ended = e.astype(bool)  # tests a fifth faster than with integers

    def fit(columns, **more):
        return PHReg(t, columns, status=e, ties="efron", **more).fit()

    def curve():
        """What it finds, and limits and the cumulative hazard from that."""
        found = SurvfuncRight(t, ended)
        surv, risk, events = found.surv_prob, found.n_risk, found.n_events
        width = 1.959963984540054 * found.surv_prob_se / surv
        limits = surv * np.exp(-width), np.minimum(surv * np.exp(width), 1)
        hazard = np.cumsum(events / risk), np.sqrt(np.cumsum(events / risk**2))
        return surv[99], limits, hazard

    return {
        "km": lambda: curve()[0],
        "km bare": lambda: SurvfuncRight(t, ended).surv_prob[99],
        "logrank": lambda: survdiff(t, ended, arm, strata=stratum)[0],
        "cox1": lambda: fit(x[:, :1]).params[0],
        "cox5": lambda: fit(x).params[0],
        "cox5 strata": lambda: fit(x, strata=stratum).params[0],
    }


def lifelines_tasks(t, e, arm, stratum, x):
    """Kaplan-Meier, log-rank without strata, Cox with Efron ties."""
    import pandas
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test

    names = [f"x{column}" for column in range(x.shape[1])]
    frame = pandas.DataFrame(x, columns=names).assign(t=t, e=e)
    stratified = frame.assign(s=stratum)

    def fit(data, **more):
        return CoxPHFitter().fit(data, "t", "e", **more).params_.iloc[0]

    return {
        "km": lambda: KaplanMeierFitter().fit(t, e).survival_function_.iloc[100, 0],
        "logrank": lambda: logrank_test(t[arm == 0], t[arm == 1], e[arm == 0], e[arm == 1]).test_statistic,
        "cox1": lambda: fit(frame[["x0", "t", "e"]]),
        "cox5": lambda: fit(frame),
        "cox5 strata": lambda: fit(stratified, strata=["s"]),
    }


def sksurv_tasks(t, e, arm, stratum, x):
    """Kaplan-Meier with limits, log-rank without strata; its Cox is not timed (ten times lifelines')."""
    from sksurv.compare import compare_survival
    from sksurv.nonparametric import kaplan_meier_estimator
    from sksurv.util import Surv

    y = Surv.from_arrays(e.astype(bool), t)
    return {
        "km": lambda: kaplan_meier_estimator(e.astype(bool), t, conf_type="log-log")[1][99],
        "logrank": lambda: compare_survival(y, arm)[0],
    }


def main() -> None:
    """Answer until the input ends."""
    package, folder = sys.argv[1:]
    t, e, arm, stratum = (np.fromfile(f"{folder}/{name}") for name in ("time", "event", "arm", "stratum"))
    x = np.ascontiguousarray(np.fromfile(f"{folder}/x").reshape(-1, len(t)).T)
    builders = {"statsmodels": statsmodels_tasks, "lifelines": lifelines_tasks, "sksurv": sksurv_tasks}
    tasks = builders[package](t, e.astype(int), arm.astype(int), stratum.astype(int), x)
    distribution = {"sksurv": "scikit-survival"}.get(package, package)
    for line in sys.stdin:
        if line.strip() == "versions":
            names = ", ".join(f"{name} {version(name)}" for name in (distribution, "numpy", "scipy"))
            print(f"{names}, Python {platform.python_version()}", flush=True)
            continue
        task = tasks.get(line.strip())
        if task is None:
            print("none", flush=True)
            continue
        start = time.process_time()
        answer = task()
        print(time.process_time() - start, float(answer), flush=True)


if __name__ == "__main__":
    main()
