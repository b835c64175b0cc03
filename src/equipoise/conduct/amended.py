"""A protocol version among the others of its record: answers are read by the version they were entered under.

An amendment may rename a form or an item, or drop it. What was entered before stays under the old ids, and means what
it meant: an id never changes its meaning, so the other versions can say of each id which concept it held.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from equipoise.kernel.parts import part
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol


@part
class Amended(Protocol):
    """A version, and forms of other versions with items it does not have: nobody fills them in under this one."""

    others: tuple[Form, ...] = ()


def among(protocol: Protocol, versions: Iterable[Protocol]) -> Protocol:
    """The protocol with what other versions asked besides; the same protocol where they asked nothing else."""
    held = {(form.id, item.id) for form in protocol.forms for item in form.items}
    others = tuple(
        form
        for version in versions
        for form in version.forms
        if any(item.concept and (form.id, item.id) not in held for item in form.items)
    )
    if not others:
        return protocol
    return Amended(**{field.name: getattr(protocol, field.name) for field in fields(Protocol)}, others=others)


def forms_besides(protocol: Protocol) -> Sequence[Form]:
    """The forms of other versions that hold items this one does not have."""
    return protocol.others if isinstance(protocol, Amended) else ()
