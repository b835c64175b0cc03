"""The firewall: outcomes by arm exist only under an authority, and an authority says where it comes from."""

from dataclasses import dataclass
from typing import Literal

from equipoise.conduct.entry import Actor
from equipoise.conduct.permissions import Permission, allows
from equipoise.conduct.study import Study
from equipoise.kernel.errors import NotPermitted
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class Authority:
    """Leave to compute by arm: a rehearsal, released results, or a recorded look."""

    ground: Literal["rehearsal", "released", "look"]
    look: str = ""


def authority(study: Study, actor: Actor | None, *, look: str = "", plan: str = "") -> Authority:
    """The authority of an actor to see outcomes by arm. Raises NotPermitted where there is none.

    A rehearsal is exempt and says so on every output. Otherwise results must be released, or this very person must
    have taken an authorised look under this plan; taking it is an act of its own, written before anything is shown.
    """
    if study.is_rehearsal:
        return Authority("rehearsal")
    if study.released:
        return Authority("released")
    if actor is not None and allows(actor, Permission.SEE_BY_ARM) and look:
        for taken, header in study.looks_taken:
            if taken.look == look and header.actor.user == actor.user and taken.plan == plan:
                return Authority("look", look)
    raise NotPermitted(message("refuse.by_arm"), message("refuse.by_arm_remedy"))
