"""How a part of a document is declared: a frozen dataclass that refuses keys it does not know."""

from dataclasses import dataclass
from typing import Any, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
def part[T](cls: type[T]) -> type[T]:
    """A frozen, keyword-only dataclass; `__pydantic_config__` is read only by the decoders at the doors."""
    setattr(cls, "__pydantic_config__", {"extra": "forbid", "strict": True})  # noqa: B010 - not a declared attribute
    built: Any = dataclass(frozen=True, kw_only=True, slots=True)(cls)
    return built  # type: ignore[no-any-return]
