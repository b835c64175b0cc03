"""Every module that declares kernels is compiled by `equipoise prepare`: nobody waits for one that was forgotten."""

import re
from pathlib import Path

import equipoise
from equipoise.cli.prepare import KERNELS

SOURCE = Path(equipoise.__file__).parent


def test_every_module_with_kernels_is_prepared() -> None:
    declaring = {
        ".".join(("equipoise", *path.relative_to(SOURCE).with_suffix("").parts))
        for path in SOURCE.rglob("*.py")
        if re.search(r"^@kernel\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert declaring == set(KERNELS)
