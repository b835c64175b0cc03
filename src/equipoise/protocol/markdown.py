"""The little Markdown a description needs: cells that cannot break a table, tables, definitions."""

from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """Text as one line of a table; marks that Markdown or HTML would act on stand as themselves."""
    return prose(text).replace("|", "\\|")


def prose(text: object) -> str:
    """Text as one paragraph."""
    line = " ".join(str(text).split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace("*", "\\*").replace("`", "\\`")


def code(text: object) -> str:
    """Text as code: a rule, an id. Back quotes in it do not end it."""
    line = " ".join(str(text).split())
    return f"`{line}`" if "`" not in line else f"`` {line} ``"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table's lines, with an empty line after it. Cells are given as Markdown already (`cell`, `code`)."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return [*lines, *("| " + " | ".join(str(value) for value in row) + " |" for row in rows), ""]
