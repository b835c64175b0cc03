"""Durations and windows of a protocol as people say them, in English or Chinese."""

from equipoise.kernel.messages import catalogue, message
from equipoise.methods.criteria import parse_window
from equipoise.protocol import words as _words


def duration(text: str, language: str) -> str:
    """'8 weeks' in a language."""
    count, _, step = text.strip().partition(" ")
    if not step:
        return text
    plural = "" if count in ("1", "-1") else "s"
    return message(f"protocol.{step.removesuffix('s')}{plural}", count=count).say(language)


def window_in_words(text: str, language: str) -> str:
    """'14 days before randomization' in a language; an anchor of the protocol's own keeps its name."""
    window = parse_window(text)
    span = duration(f"{window.count} {window.step}", language)
    known = f"protocol.{window.anchor}"
    anchor = message(known).say(language) if known in catalogue() else window.anchor
    return message(f"describe.within_{window.side}", span=span, anchor=anchor).say(language)


assert _words  # the wordings above are declared on import
