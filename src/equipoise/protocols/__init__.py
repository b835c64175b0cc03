"""The protocols shipped with Equipoise, as text: `NAME.yaml`, and translations beside them as `NAME.zh-hans.yaml`.

For the shell only (commands, the ledger): reading a file is nothing the pure layers do.
"""

from importlib.resources import files

SUFFIX = ".yaml"


def names() -> tuple[str, ...]:
    """The names of the shipped protocols, in order."""
    found = (entry.name.removesuffix(SUFFIX) for entry in files(__name__).iterdir() if entry.name.endswith(SUFFIX))
    return tuple(sorted(name for name in found if "." not in name))


def shipped(name: str) -> str:
    """The text of a shipped protocol. Raises KeyError where none has the name."""
    if name not in names():
        raise KeyError(name)
    return (files(__name__) / f"{name}{SUFFIX}").read_text(encoding="utf-8")


def translation(name: str, language: str = "zh-hans") -> str | None:
    """The text of a shipped protocol's translation, where there is one. Raises KeyError for an unknown protocol."""
    if name not in names():
        raise KeyError(name)
    beside = files(__name__) / f"{name}.{language}{SUFFIX}"
    return beside.read_text(encoding="utf-8") if beside.is_file() else None
