"""Codings of terms: which terms a coding holds, and which grades a toxicity term has."""

from functools import lru_cache

from equipoise.clinical.ctcae_5_terms import SYSTEMS

CODINGS = ("ctcae-v5",)
"""The codings known."""


def terms(coding: str) -> tuple[str, ...]:
    """Every term of a coding, in its own order. Raises KeyError for a coding that is not known."""
    return tuple(_grades(coding))


def grades_of(coding: str, term: str) -> tuple[int, ...]:
    """The grades a term has: CTCAE leaves some out. Raises KeyError for a term the coding does not hold."""
    return _grades(coding)[term]


def system_of(coding: str, term: str) -> str:
    """The system organ class of a term."""
    return next(system for system, listed in SYSTEMS.items() if any(one.split("|")[0] == term for one in listed))


@lru_cache(maxsize=4)
def _grades(coding: str) -> dict[str, tuple[int, ...]]:
    if coding not in CODINGS:
        raise KeyError(coding)
    return {
        entry.split("|")[0]: tuple(int(grade) for grade in entry.split("|")[1])
        for listed in SYSTEMS.values()
        for entry in listed
    }
