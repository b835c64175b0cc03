"""Files in and out of the command line: tables read, results written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from equipoise.imports.tables import Table


def open_table(path: str) -> "Table":
    """Read a CSV or Parquet file. Raises InputError."""
    from equipoise.imports.tables import read_table

    return read_table(read_bytes(path), path)


def read_bytes(path: str) -> bytes:
    """Read a file whole. Raises InputError where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}", file=path) from error


def write_table(frame: "pl.DataFrame", out: str | None) -> None:
    """Write CSV or Parquet by the ending of `out`; CSV to standard output without it. Nothing half-written.

    In CSV, text that begins as a formula is written as `kernel.cells` says; readers of ours take it back.
    """
    if out is None:
        click.echo(_guarded(frame).write_csv(), nl=False)
        return
    if Path(out).suffix.lower() not in (".csv", ".parquet"):
        raise InputError("the ending names no format", file=out, wanted=".csv or .parquet")
    with _whole_or_nothing(out) as temporary:
        if out.lower().endswith(".parquet"):
            frame.write_parquet(temporary)
        else:
            _guarded(frame).write_csv(temporary)


def _guarded(frame: "pl.DataFrame") -> "pl.DataFrame":
    """A table whose text a spreadsheet program computes nowhere; only columns that need it are gone through."""
    import polars as pl

    from equipoise.kernel.cells import STARTS, guarded

    for column in frame.select(pl.col(pl.String)):
        if column.str.slice(0, 1).is_in([*STARTS, "'"]).any():
            cells = pl.Series(column.name, [guarded(cell) for cell in column.to_list()], dtype=pl.String)
            frame = frame.with_columns(cells)
    return frame


def write_file(content: bytes, out: str) -> None:
    """Write a file whole or not at all. Raises InputError."""
    with _whole_or_nothing(out) as temporary:
        Path(temporary).write_bytes(content)


@contextmanager
def _whole_or_nothing(out: str) -> Iterator[str]:
    """A file beside `out` that takes its place once it is written; nothing is left where that fails."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=Path(out).resolve().parent, suffix=Path(out).suffix)
        os.close(handle)
        yield temporary
        os.chmod(temporary, 0o666 & ~_umask())  # as any file the reader makes; a temporary one is its owner's alone
        os.replace(temporary, out)
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror or error}", file=out) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    """What the person running this keeps from others; to be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def write_files(files: Mapping[str, bytes], folder: str) -> None:
    """Write files into a folder, made where there is none. Raises InputError."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder cannot be made: {error.strerror or error}", file=folder) from error
    for name, content in files.items():
        write_file(content, str(Path(folder) / name))


def write_json(value: Any) -> None:
    """Print one JSON document and nothing else. A NaN would be no JSON, so it is refused here."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))
