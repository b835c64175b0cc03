"""W3: one large analysis, 1,000,000 participants with times in days: Kaplan-Meier, stratified log-rank, Cox models.

Beside us in the same run, turn by turn, on the same numbers: R's survival, and of Python's packages those that a second
interpreter can import (`EQUIPOISE_PEERS` names it; statsmodels, lifelines, scikit-survival). CPU seconds on one thread;
the first call of each is dropped; a call over ten seconds is timed once. Medians, and ratios peer : ours.

What is compared: "km" is S, Greenwood's standard errors, pointwise limits, the cumulative hazard and its standard
errors, as our one call gives them; statsmodels' SurvfuncRight leaves out limits and hazard, so that there they are
computed from what it found. "km bare" is SurvfuncRight alone against the same call of ours. lifelines and
scikit-survival test without strata. `coxph.fit` is the bare fit (no formula, no concordance), as our `cox` is. Each
peer has its columns in the type it is fastest with.

Beside curves and tests stands a floor: a compiled pass that does nothing but add up the same columns, turn by turn.

    .venv/bin/python -m benchmarks.w3_survival [participants ...]
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from equipoise.kernel.compiled import kernel
from equipoise.statistics.cox import cox
from equipoise.statistics.logrank import logrank
from equipoise.statistics.survival import kaplan_meier

TASKS = ("km", "km bare", "logrank", "cox5", "coxph.fit 5", "cox1", "cox5 strata")
OWN = {"km bare": "km", "coxph.fit 5": "cox5"}
"""Task -> which of ours is set against it, where the name differs."""
ROUNDS, SLOW = 5, 10.0
GOALS = {"km": (40, 100), "logrank": (40, 100), "cox5": (20, 2)}
"""Task -> at least so many times the best Python peer, and R (its bare fit for Cox)."""

HERE = Path(__file__).parent
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def trial(participants: int) -> dict[str, np.ndarray]:
    """Two arms, four strata, five covariates (the first is the arm), exponential times in whole days, censoring."""
    chance = np.random.default_rng(20261101)
    arm = chance.integers(0, 2, participants)
    x = np.column_stack([arm, chance.standard_normal((participants, 4))])
    latent = chance.exponential(400 / np.exp(x @ np.array([-0.5, 0.3, -0.2, 0.1, 0.0])))
    censored = chance.uniform(100, 900, participants)
    return {
        "time": np.ceil(np.minimum(latent, censored)), "event": latent <= censored,
        "arm": arm, "stratum": chance.integers(0, 4, participants), "x": x,
    }  # fmt: skip


@kernel("f8(f8[::1], u1[::1], i8[::1], i8[::1])", reordering=True)
def read_once(time: Any, event: Any, arm: Any, stratum: Any) -> Any:
    """The sum of all columns, which may be empty."""
    total, count, codes, levels = 0.0, 0, 0, 0
    for index in range(time.size):
        total += time[index]
    for index in range(event.size):
        count += event[index]
    for index in range(arm.size):
        codes += arm[index]
    for index in range(stratum.size):
        levels += stratum[index]
    return total + count + codes + levels


class Floor:
    """The least that any curve or test could cost: reading its columns once, in this process."""

    def __init__(self, data: dict[str, np.ndarray]) -> None:
        days, event, none = data["time"], data["event"].view(np.uint8), np.zeros(0, np.int64)
        self.columns = {
            "km": (days, event, none, none),
            "logrank": (days, event, data["arm"], data["stratum"]),
        }
        read_once(days, event, none, none)

    def seconds(self, task: str) -> float | None:
        """CPU seconds of reading the columns of one task; None where more than a pass over columns is asked."""
        if task not in self.columns:
            return None
        start = time.process_time()
        read_once(*self.columns[task])
        return time.process_time() - start


class Ours:
    """Our own functions, timed in this process."""

    name = "equipoise"

    def __init__(self, data: dict[str, np.ndarray]) -> None:
        time_, event, arm, stratum, x = (data[name] for name in ("time", "event", "arm", "stratum", "x"))
        self.time = time_
        self.calls: dict[str, Callable[[], object]] = {
            "km": lambda: kaplan_meier(time_, event),
            "logrank": lambda: logrank(time_, event, arm, strata=stratum),
            "cox1": lambda: cox(time_, event, x[:, :1]),
            "cox5": lambda: cox(time_, event, x),
            "cox5 strata": lambda: cox(time_, event, x, strata=stratum),
        }
        self.answers = {
            "km": float(kaplan_meier(time_, event).surv[99]),
            "logrank": float(logrank(time_, event, arm, strata=stratum).test.chisq or 0),
            "cox5": float(cox(time_, event, x).coef[0]),
        }

    def seconds(self, task: str) -> float | None:
        """CPU seconds of one call."""
        start = time.process_time()
        self.calls[task]()
        return time.process_time() - start


class Peer:
    """A worker in another process that holds the data, takes a task a line and answers with CPU seconds."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, task: str) -> float | None:
        """CPU seconds of one call; None for a task it has not, or a worker that is gone."""
        answer = self.ask(task)
        return float(answer.split()[0]) if answer else None

    def ask(self, task: str) -> str:
        """The worker's answer: seconds and the figure found; empty where there is none."""
        try:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(task + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().strip().removeprefix("none")
        except BrokenPipeError:
            return ""

    def close(self) -> None:
        """End the worker."""
        self.process.communicate("")


def peers(folder: Path) -> list[Peer]:
    """The workers that can run here; each absent one is named."""
    found = []
    if shutil.which("Rscript"):
        found.append(Peer("R survival", ["Rscript", str(HERE / "_w3_peer.R"), str(folder)]))
    else:
        print("R is absent: apt install r-base-core r-cran-survival")
    interpreter = os.environ.get("EQUIPOISE_PEERS", sys.executable)
    for package in ("statsmodels", "lifelines", "sksurv"):
        probe = [interpreter, "-c", f"import {package}"]
        if shutil.which(interpreter) and not subprocess.run(probe, capture_output=True, check=False).returncode:
            found.append(Peer(package, [interpreter, str(HERE / "_w3_peer.py"), package, str(folder)]))
        else:
            print(f"{package} is absent: EQUIPOISE_PEERS may name an interpreter that has it")
    print(f"equipoise with Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}")
    for peer in found:
        print(f"{peer.name}: {peer.ask('versions')}")
    return found


def save(data: dict[str, np.ndarray], folder: Path) -> None:
    """Raw little-endian float64, column after column, which R and numpy both read at once."""
    for name in ("time", "event", "arm", "stratum"):
        data[name].astype("<f8").tofile(folder / name)
    np.asfortranarray(data["x"]).T.astype("<f8").tofile(folder / "x")


def measure(participants: int) -> None:
    """All tasks at one size, ours and theirs turn by turn."""
    data = trial(participants)
    with tempfile.TemporaryDirectory() as scratch:
        save(data, Path(scratch))
        ours, floor, others = Ours(data), Floor(data), peers(Path(scratch))
        print(
            f"\n{participants:,} participants, {int(data['event'].sum()):,} events, {len(np.unique(data['time']))} days"
        )
        print("CPU seconds, and times ours")
        for task in TASKS:
            compare(task, ours, floor, others)
        for peer in others:
            peer.close()


def compare(task: str, ours: Ours, floor: Floor, others: list[Peer]) -> None:
    """One task: rounds of ours, peer, floor, ours, peer, floor."""
    own_task = OWN.get(task, task)
    first: dict[str, float] = {}
    for peer in others:
        answer = peer.ask(task).split()
        if answer:
            first[peer.name] = float(answer[0])
            agree(own_task, peer.name, float(answer[1]), ours)
    able = [peer for peer in others if peer.name in first]
    if not able:
        return
    ours.seconds(own_task)
    own: list[float] = []
    least: list[float] = []
    theirs: dict[str, list[float]] = {peer.name: [] for peer in able}
    for turn in range(ROUNDS):
        for peer in able:
            if turn and first[peer.name] > SLOW:
                continue
            own.append(ours.seconds(own_task) or 0)
            theirs[peer.name].append(peer.seconds(task) or 0)
            least.append(floor.seconds(task) or 0)
    base = statistics.median(own)
    medians = {name: statistics.median(taken) for name, taken in theirs.items()}
    parts = [f"{name} {seconds:.3g} ({times(seconds / base)})" for name, seconds in medians.items()]
    print(f"{task:12} ours {base:.4g}; " + "; ".join(parts), flush=True)
    if any(least):
        lowest = statistics.median(least)
        print(f"{'':12} floor {lowest:.3g}, reading the columns once: ours takes {base / lowest:.2f} times that")
    if len(ours.time) < 1_000_000:
        return  # the goals are for a million
    judge(task, base, medians)


def times(ratio: float) -> str:
    """A ratio to two digits, or whole from ten on."""
    return f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.2g}x"


def agree(task: str, peer: str, figure: float, ours: Ours) -> None:
    """Stop where a peer found another figure: then speeds compare different things."""
    if task not in ours.answers or (task == "logrank" and peer in ("lifelines", "sksurv")):
        return
    if abs(figure / ours.answers[task] - 1) > 1e-5:
        sys.exit(f"{task}: {peer} found {figure}, we {ours.answers[task]}")


def judge(task: str, base: float, medians: dict[str, float]) -> None:
    """Say whether the goal is met."""
    goal = GOALS.get("cox5" if task == "coxph.fit 5" else task)
    if goal is None:
        return
    python = [seconds for name, seconds in medians.items() if name != "R survival"]
    if python:
        ratio = min(python) / base
        print(f"{'':12} {'met' if ratio >= goal[0] else 'MISSED'}: {ratio:.0f}x the best Python peer, goal {goal[0]}x")
    if "R survival" in medians and task != "cox5":
        ratio = medians["R survival"] / base
        print(f"{'':12} {'met' if ratio >= goal[1] else 'MISSED'}: {ratio:.4g}x R, goal {goal[1]}x")


def main() -> None:
    """Measure the sizes named, or one million, in a process whose numpy keeps to one thread."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        again = [sys.executable, "-m", "benchmarks.w3_survival", *sys.argv[1:]]
        sys.exit(subprocess.run(again, env=os.environ | ONE_THREAD, check=False).returncode)
    for participants in [int(size) for size in sys.argv[1:]] or [1_000_000]:
        measure(participants)


if __name__ == "__main__":
    main()
