"""Rehearsals: synthetic participants acted out through the very actions the screens use.

    for step in rehearse(...):  perform(step.action, ...); and the entries go back in

A rehearsal is a set of coroutines that yield (action, actor, at), interleaved by date. Nothing here writes: whoever
drives it performs each step and sends back the entries, so that the same conversation runs on any ledger.
"""

from equipoise.simulation.rehearsal.director import Opening, opening, rehearse
from equipoise.simulation.rehearsal.steps import Step

__all__ = ["Opening", "Step", "opening", "rehearse"]
