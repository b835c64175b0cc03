"""The events of YAML text from libyaml, which is fast, where it is known to say what ruamel.yaml says.

ruamel.yaml reads YAML 1.2 and says what is wrong with a text and where, but takes a quarter of a second for a protocol.
libyaml reads YAML 1.1 as far as events go: what words mean is not its affair, and what is left to tell the two apart
are corners no protocol needs. A text with anything of them is `Doubtful`, and so is one that libyaml refuses.
"""

import re
from collections.abc import Iterator
from typing import Any

try:
    from yaml import CSafeLoader, YAMLError
except ImportError:  # no PyYAML, or one without libyaml: every text is left to ruamel.yaml
    CSafeLoader, YAMLError = None, ValueError  # type: ignore[assignment, misc]

_CORNERS = re.compile(r"\t|[|>][-+0-9]*#")
"""Tabs, which libyaml allows in more places; a comment hard upon a block's sign, which it allows there."""

_ENDS = ("", " ", "\n", ",", "]", "}")


class Doubtful(Exception):
    """libyaml is not there, or refuses the text, or may say something else of it than ruamel.yaml."""


def quick_events(text: str) -> Iterator[Any]:
    """libyaml's events of a text whose lines end in line feeds. Raises Doubtful, at any of them."""
    if CSafeLoader is None or _CORNERS.search(text):
        raise Doubtful
    parser = None
    try:
        parser = CSafeLoader(text)
        while parser.check_event():
            event = parser.get_event()
            if _is_doubtful(event, text):
                raise Doubtful
            yield event
    except (YAMLError, ValueError) as error:
        raise Doubtful from error
    finally:
        if parser is not None:
            parser.dispose()


def _is_doubtful(event: Any, text: str) -> bool:
    kind = type(event).__name__
    if kind == "DocumentStartEvent":
        return bool(event.version or event.tags)
    anchor = getattr(event, "anchor", None)
    if anchor is not None:  # libyaml ends its name before other signs, too
        end = event.start_mark.index + 1 + len(anchor)
        if text[end : end + 1] not in _ENDS:
            return True
    if getattr(event, "tag", None) is not None:
        return True
    if kind == "ScalarEvent":
        # The two disagree on where nothing stands, and on blank lines with spaces ahead of a block's text.
        return event.value.startswith("\n") if event.style in ("|", ">") else not (event.value or event.style)
    return False
