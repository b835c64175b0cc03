"""Forms: items in sections, who fills them in, who signs them, and which item dates the record."""

from collections.abc import Iterator
from typing import Any, Literal

from equipoise.kernel.parts import part
from equipoise.methods.items import AnyItem


@part
class Section:
    """A heading and the items under it."""

    label: str
    items: tuple[AnyItem, ...]
    help: str = ""


@part
class Form:
    """A form of the case report.

    `use` says where it stands: once a subject (`subject`), at visits (`visit`), or as a log of any number of
    occurrences (`log`). `dated_by` names the item whose date is the clinical date of the record. `signed_by` names
    the role whose signature completes it. `edits` are rules that should hold; a broken one becomes a finding.
    `collected_for` is how long after the last treatment its records are collected ('90 days'); '' for no end.
    """

    id: str
    label: str
    use: Literal["subject", "visit", "log"]
    sections: tuple[Section, ...]
    filled_by: tuple[str, ...] = ("coordinator", "investigator")
    signed_by: str = ""
    dated_by: str = ""
    from_stage: Literal["prescreening", "screening", "randomized", "any"] = "any"
    only_arms: tuple[str, ...] = ()
    instrument: str = ""
    edits: tuple["EditCheck", ...] = ()
    collected_for: str = ""
    help: str = ""
    source: str | tuple[str, ...] = ()
    assumption: str = ""

    @property
    def items(self) -> Iterator[Any]:
        """Every item, in order."""
        return (item for section in self.sections for item in section.items)

    def item(self, item_id: str) -> Any:
        """An item by id. Raises KeyError."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)


@part
class EditCheck:
    """A rule across the items of a form, in the criteria language, and what to say where it is broken."""

    id: str
    rule: str
    says: str
