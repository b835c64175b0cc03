"""The flagship after an amendment that changes a form: one label reworded, one question dropped, one added."""

from functools import cache

from equipoise.protocol.load import Loaded, load
from equipoise.protocols import shipped

_CHANGES = (
    ('version: "1.0"', 'version: "1.1"'),
    ("label: COPD or interstitial lung disease,", "label: Chronic lung disease,"),
    (
        "          - {id: thyroid_disease, kind: yes_no, label: Thyroid disease, concept: history.thyroid}\n",
        "          - {id: diabetes, kind: yes_no, label: Diabetes, concept: history.diabetes}\n",
    ),
)


@cache
def amended() -> Loaded:
    """Version 1.1 of the shipped protocol of NCT07014202."""
    text = shipped("nct07014202")
    for old, new in _CHANGES:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return load(text, "nct07014202 1.1")
