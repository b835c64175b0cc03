"""What a test does without a program it needs: it is skipped with its reason, and fails where CI=true."""

import os
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"


def cannot_run(reason: str) -> NoReturn:
    """Skip for want of a program; where CI=true nothing may be wanting, and the test fails."""
    if IN_CI:
        pytest.fail(f"{reason} (CI=true: everything must run)", pytrace=False)
    pytest.skip(reason)
