"""The labels of coded answers in the page's language, by concept."""

from equipoise.conduct.concepts import concepts_of
from equipoise.protocol.model import Protocol


class Labels:
    """The labels of coded answers in the page's language, by concept; with a `prefix`, of another reader's forms."""

    def __init__(self, protocol: Protocol, shown: Protocol, prefix: str = "") -> None:
        self._concepts = concepts_of(protocol, prefix)
        self._shown = shown

    def of(self, concept: str, code: str) -> str:
        """The label of a code; the code itself where the protocol does not offer it."""
        form = self._concepts.form(concept)
        if form is None or not code:
            return code
        item = self._shown.form(form.id).item(self._concepts.item(concept))
        return next((option.label for option in getattr(item, "options", ()) if option.id == code), code)
