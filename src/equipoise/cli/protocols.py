"""Protocol files as commands take them: a path, or the name of one that is shipped."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    from equipoise.protocol.load import Loaded


def shipped() -> tuple[str, ...]:
    """The names of the shipped protocols."""
    folder = files("equipoise") / "protocols"
    names = (entry.name for entry in folder.iterdir()) if folder.is_dir() else ()
    return tuple(
        sorted(name.removesuffix(".yaml") for name in names if name.count(".") == 1 and name.endswith(".yaml"))
    )


def open_protocol(file: str) -> "Loaded":
    """Read a protocol by path or shipped name. Raises ProtocolError for a wrong one, InputError where there is none."""
    from equipoise.protocol.load import load

    path = Path(file)
    try:
        if path.is_file():
            return load(path.read_bytes().decode(), file)
        if file in shipped():
            return load((files("equipoise") / "protocols" / f"{file}.yaml").read_text(encoding="utf-8"), f"{file}.yaml")
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", file=file, seen=f"byte {error.start}") from error
    raise InputError("there is no such protocol file", file=file, wanted=f"a path, or one of: {', '.join(shipped())}")
