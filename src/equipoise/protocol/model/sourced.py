"""Where an element of the protocol comes from: the source's statement, or an assumption and its reason."""

from equipoise.kernel.parts import part


@part
class Sourced:
    """Every element says `source: I12c` (one id or several) or `assumption: why`; it may say both."""

    source: str | tuple[str, ...] = ()
    assumption: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the source's statements."""
        return (self.source,) if isinstance(self.source, str) else self.source
