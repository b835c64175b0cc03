"""Facts of randomization. What the allocation was computed from is kept on the trial's stream, for replay."""

from equipoise.conduct.facts.base import Audience, fact


@fact("randomization_committed", audience=Audience.TRIAL)
class RandomizationCommitted:
    """An epoch's key was committed to before anyone was allocated; the commitment is published outside too."""

    epoch: int
    commitment: str
    configuration: str
    algorithm: str
    protocol: str


@fact("randomization_seasoned", audience=Audience.TRIAL)
class RandomizationSeasoned:
    """An independent value, fixed after the commitment, was mixed in."""

    epoch: int
    season: str
    origin: str


@fact("slot_allocated", audience=Audience.SECRET)
class SlotAllocated:
    """A slot of a list was used: everything a replay needs, in the form that `methods.randomization` gives it."""

    subject: str
    site: str
    sequence: int
    epoch: int
    levels: dict[str, str]
    arm: str
    allocation: str


@fact("contingency_allocated", audience=Audience.SECRET)
class ContingencyAllocated:
    """A subject was allocated outside the system by the published contingency procedure, and it is recorded afterwards.

    `allocation` is its place as later allocations see it, without a slot. `at` is the moment it was made, `by` whom,
    `procedure` which procedure and where in it.
    """

    subject: str
    site: str
    sequence: int
    epoch: int
    levels: dict[str, str]
    arm: str
    allocation: str
    at: str
    by: str
    procedure: str
    because: str


@fact("randomization_opened", audience=Audience.TRIAL)
class RandomizationOpened:
    """The key of an epoch was opened at the end, so that anyone can replay every allocation."""

    epoch: int
    key: str


@fact("randomized", audience=Audience.ARM)
class Randomized:
    """A subject was allocated. Never undone. Strata are as derived at this moment and frozen.

    `contingency` names the procedure where the allocation was made outside the system and recorded afterwards.
    """

    arm: str
    sequence: int
    epoch: int
    on: str
    levels: dict[str, str]
    evaluation: str
    residual_lesions: tuple[str, ...] = ()
    contingency: str = ""
