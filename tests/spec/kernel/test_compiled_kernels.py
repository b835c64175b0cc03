"""Machine code is out of date as soon as anything it was made from has changed."""

import json
import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from equipoise.kernel.compiled import fingerprint, kernel, stage

SHARED = """
import numpy as np
TABLE = np.array([{entry}, 2.0])
LIMIT = {limit}
@stage
def inner(number):
    return number {sign} LIMIT
@stage
def middle(number):
    return inner(number) + TABLE[0]
def outer(number):
    return middle(number)
"""


def made(limit: int = 3, sign: str = "+", entry: float = 1.0) -> str:
    """The fingerprint of a function two stages above what differs."""
    names: dict[str, object] = {"stage": stage}
    exec(SHARED.format(limit=limit, sign=sign, entry=entry), names)
    return fingerprint(names["outer"])  # type: ignore[arg-type]


def test_the_same_source_has_the_same_stamp():
    assert made() == made()


@pytest.mark.parametrize("changed", [{"limit": 4}, {"sign": "-"}, {"entry": 7.0}])
def test_a_change_two_stages_down_changes_the_stamp(changed):
    assert made(**changed) != made()


def test_a_kernel_that_refers_to_what_cannot_be_seen_is_refused():
    names: dict[str, object] = {"things": {"a": 1}}
    exec("def outer(number):\n    return number + len(things)\n", names)
    with pytest.raises(TypeError, match="things"):
        fingerprint(names["outer"])  # type: ignore[arg-type]


def test_a_kernel_is_compiled_when_it_is_first_called():
    @kernel("f8(f8[::1])")
    def largest(values):
        found = values[0]
        for index in range(values.size):
            found = max(found, values[index])
        return found

    assert largest._code is None
    assert largest(np.array([1.0, 5.0, 2.0])) == 5.0
    assert isinstance(largest._code, numba.core.dispatcher.Dispatcher)


KEPT = """
import json, math, sys
import numpy as np
from equipoise.kernel.compiled import kernel
@kernel("f8(f8[::1])")
def grown(values):
    total = np.zeros(values.size)
    for index in range(values.size):
        total[index] = math.exp(values[index])
    return total.sum()
@kernel("f8(f8)")
def fresh(number):
    return number * {factor}
found = [grown(np.array([0.0, 1.0])), "numba.core.inline_closurecall" in sys.modules, fresh(2.0)]
print(json.dumps([*found, "numba.core.inline_closurecall" in sys.modules]))
"""


def test_kept_machine_code_runs_without_the_compiler_which_comes_when_it_is_needed(tmp_path):
    def ran(factor: float) -> list[object]:
        (tmp_path / "kept.py").write_text(KEPT.format(factor=factor))
        known = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        done = subprocess.run([sys.executable, "kept.py"], cwd=tmp_path, env=known, capture_output=True, check=True)
        found: list[object] = json.loads(done.stdout)
        return found

    total = pytest.approx(1.0 + np.e)
    assert ran(3.0) == [total, True, 6.0, True]
    assert ran(3.0) == [total, False, 6.0, False]
    assert ran(4.0) == [total, False, 8.0, True]


def test_a_folder_that_cannot_be_written_is_no_error(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(blocked / "below"))

    @kernel("f8(f8)")
    def doubled(number):
        return 2.0 * number

    assert doubled(1.5) == 3.0
