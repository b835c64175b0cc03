"""The codes of RECIST 1.1, spelled as CDISC controlled terminology spells them.

Source for all of `recist`: Eisenhauer et al., Eur J Cancer 2009;45:228-247 (RECIST 1.1), read with the questions
answered by the RECIST working group (recist.eortc.org) and Schwartz et al., Eur J Cancer 2016;62:132-137.
"""

from enum import StrEnum


class Response(StrEnum):
    """A response of targets, of non-targets or overall."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"
    NA = "NA"
    """There was no lesion of this kind at baseline."""


class BestResponse(StrEnum):
    """A best overall response, best first."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"
    ND = "ND"
    """Not done: an assessment was due and its record says so."""
    MISSING = "MISSING"
    """There is no assessment at all."""


class Sight(StrEnum):
    """How a target lesion was seen at a visit."""

    MEASURED = "measured"
    TOO_SMALL = "too small to measure"
    ABSENT = "absent"
    COALESCED = "coalesced"
    """Grown into another target, whose reading holds the diameter of both (RECIST 1.1, section 4.4.3)."""
    NOT_EVALUABLE = "not evaluable"


class NonTargetState(StrEnum):
    """The state of a non-target lesion, or of a group recorded as one, at a visit."""

    ABSENT = "ABSENT"
    PRESENT = "PRESENT"
    UNEQUIVOCAL_PROGRESSION = "UNEQUIVOCAL PROGRESSION"
    NOT_EVALUABLE = "NOT EVALUABLE"


class NewLesionState(StrEnum):
    """How sure a finding that was not there at baseline is."""

    UNEQUIVOCAL = "UNEQUIVOCAL"
    EQUIVOCAL = "EQUIVOCAL"
    NOT_NEW = "NOT NEW"
    """Explained otherwise: other technique, flare, necrosis of a known lesion, or gone again."""
