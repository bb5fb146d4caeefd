"""Parameters that are no numbers: refused, and given their start values where the user wants that.

Training cannot go on from them, but all else in the file can be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.project import Project, ProjectError
from simulator.trainer import Trainer

if TYPE_CHECKING:
    from simulator.document.training import Training

_ADVICE = {
    "save": "step back or reset first",
    "open": "open the file in the window to start these anew, or open a copy from before",
}


class NotFiniteError(ProjectError):
    """Parameters from which nothing could go on.

    Attributes
    ----------
    what : which they are, as the start of a sentence.
    advice : what to do, its end.
    more : a sentence behind that, with a space before it, or "".
    """

    def __init__(self, what: str, advice: str, more: str = "") -> None:
        super().__init__(f"{what}; {advice}.{more}")
        self.what, self.advice, self.more = what, advice, more


def check_finite(
    theta: Array, moving: NDArray[Any], slots: Mapping[str, Array], project: Project, verb: str
) -> None:
    """Refuse parameters from which nothing could go on; ``verb`` is save or open.

    What the optimizer remembers may be infinite: of a gradient that was too large Adam's step is 0
    from then on, and training goes on.

    Raises
    ------
    NotFiniteError : one sentence that names the layer.
    """
    forgetful = any(np.isnan(own).any() for own in slots.values())
    if np.isfinite(theta).all() and np.isfinite(moving).all() and not forgetful:
        return
    for place, part in enumerate(project.network.layer_slices, start=1):
        own = theta[part]
        if not np.isfinite(own).all():
            kind = "not numbers (NaN)" if np.isnan(own).any() else "infinite"
            raise NotFiniteError(f"layer {place} has parameters that are {kind}", _ADVICE[verb])
        if any(np.isnan(slot[part]).any() for slot in slots.values()):
            raise NotFiniteError(
                f"what the optimizer remembers of layer {place} is not numbers (NaN)", _ADVICE[verb]
            )
    raise NotFiniteError("batch normalization has averages that are not finite", _ADVICE[verb])


def started_anew(training: Training, project: Project) -> tuple[Training, str]:
    """The training with start values for what is not finite, and a sentence on them.

    What the optimizer remembers of such a parameter starts anew too; all others are as they were.
    The sentence is "" where everything is finite, and the training then the same.
    """
    state = training.state
    bad = ~np.isfinite(state.theta)
    lost = bad.copy()
    for own in state.slots.values():
        lost |= np.isnan(own)
    averages = ~np.isfinite(state.moving)
    if not (lost.any() or averages.any()):
        return training, ""
    fresh = Trainer(project).state()
    theta = np.where(bad, fresh.theta, state.theta)
    state = replace(
        state,
        theta=theta,
        moving=np.where(averages, fresh.moving, state.moving),
        slots={name: np.where(lost, fresh.slots[name], own) for name, own in state.slots.items()},
        epoch_start=np.where(np.isfinite(state.epoch_start), state.epoch_start, theta),
    )
    count, memories = int(bad.sum() + averages.sum()), int((lost & ~bad).sum())
    if count:
        words = (
            "1 parameter was no number and has its"
            if count == 1
            else (f"{count:,} parameters were no numbers and have their")
        )
        return replace(training, state=state), f"{words} start value again."
    words = f"What the optimizer remembered of {memories:,} of the parameters was no number"
    return replace(training, state=state), f"{words} and starts anew."
