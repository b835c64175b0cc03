"""Protocol files as commands take them: a path, or the name of one that is shipped."""

from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.cli.files import read_bytes
from equipoise.kernel.errors import InputError
from equipoise.protocols import names, shipped, translation

if TYPE_CHECKING:
    from equipoise.protocol.load import Loaded
    from equipoise.protocol.model import Protocol


def protocol_text(file: str) -> tuple[str, str]:
    """The text of a protocol file, and the name to call it by. Raises InputError; ProtocolError for text not UTF-8."""
    from equipoise.protocol.document import decode

    if Path(file).is_file():
        return decode(read_bytes(file), file), file
    if file in names():
        return shipped(file), f"{file}.yaml"
    raise InputError("there is no such protocol file", file=file, wanted=f"a path, or one of: {', '.join(names())}")


def open_protocol(file: str) -> "Loaded":
    """Read a protocol by path or shipped name. Raises ProtocolError for a wrong one, InputError where there is none."""
    from equipoise.protocol.load import load

    return load(*protocol_text(file))


def open_translated(file: str, protocol: "Protocol", language: str) -> "Protocol | None":
    """The protocol in another language, from the translation beside its file; None where there is none.

    Raises ProtocolError for a translation that is wrong.
    """
    from equipoise.protocol.translation import load_translation, translate

    found = _beside(file, language) if language != "en" else None
    return translate(protocol, load_translation(*found, protocol)) if found else None


def _beside(file: str, language: str) -> tuple[str, str] | None:
    from equipoise.protocol.document import decode

    path = Path(file)
    if path.is_file():
        beside = path.with_name(f"{path.name.removesuffix('.yaml')}.{language}.yaml")
        return (decode(read_bytes(str(beside)), str(beside)), str(beside)) if beside.is_file() else None
    text = translation(file, language)
    return (text, f"{file}.{language}.yaml") if text is not None else None


def translations_of(file: str, protocol: "Protocol") -> tuple[tuple[str, str, str], ...]:
    """Each translation beside a protocol file, for the record: (language, digest, canonical JSON of its texts)."""
    from equipoise.kernel.canonical import canonical_json
    from equipoise.protocol.translation import load_translation

    found = _beside(file, "zh-hans")
    if found is None:
        return ()
    read = load_translation(*found, protocol)
    return ((read.language, read.digest, canonical_json(dict(read.texts))),)
