"""How a fact is declared: its kind, and who may read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, dataclass_transform


class Audience(StrEnum):
    """Who may read a fact of this class, beyond the permission to open its stream."""

    STAFF = "staff"
    """Everyone of the subject's site, and trial staff who may read subjects."""
    ARM = "arm"
    """Only roles that may know this subject's arm; never central readers."""
    TRIAL = "trial"
    """Everyone with a role in the trial."""
    OVERSIGHT = "oversight"
    """Sponsor, data management and monitoring; not sites (it may join sites)."""
    SECRET = "secret"
    """Nobody through the application; opened by the replay command alone."""


_KINDS: dict[str, type] = {}
_NAMES: dict[type, str] = {}
_AUDIENCES: dict[type, Audience] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def fact[T](kind: str, *, audience: Audience) -> Callable[[type[T]], type[T]]:
    """Declare a fact class under its kind."""

    def declare(cls: type[T]) -> type[T]:
        setattr(cls, "__pydantic_config__", {"extra": "forbid"})  # noqa: B010 - read only by the codec
        built: Any = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        if kind in _KINDS:
            raise AssertionError(f"Fact kind declared twice: {kind}")
        _NAMES[built] = kind
        _KINDS[kind], _AUDIENCES[built] = built, audience
        return built  # type: ignore[no-any-return]

    return declare


def kinds() -> Mapping[str, type]:
    """Every fact class by its kind."""
    return MappingProxyType(_KINDS)


def kind_of(instance: object) -> str:
    """The kind of a fact."""
    return _NAMES[type(instance)]


def audience_of(cls: type) -> Audience:
    """Who may read facts of a class."""
    return _AUDIENCES[cls]
