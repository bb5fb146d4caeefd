"""Records a pass that was just made as a trace: copies, not a second calculation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.trace import Trace

_Number = TypeVar("_Number", bound=np.generic)


def record(
    done: Pass,
    *,
    epoch: int,
    iteration: int,
    samples: NDArray[np.intp],
    before: Array,
    after: Array,
    penalty: float,
    learning_rate: float,
    rule: str,
    slots_before: Mapping[str, Array],
    slots_after: Mapping[str, Array],
    update: int,
) -> Trace:
    """The trace of an iteration whose last pass is ``done``.

    ``before`` and ``after`` (parameter_count,) are the parameters around its update; the copies
    ``before`` and ``slots_before`` become part of the trace.  The rest is as in
    :class:`~simulator.trace.Trace`.
    """
    if done.fused:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            done.output_error()
    x = frozen(done.x)
    before.setflags(write=False)
    return Trace.recorded(
        frozen(done.values),
        [
            None if own is activation else frozen(own)
            for own, activation in zip(done.output, done.activation, strict=True)
        ],
        spec=done.network.spec,
        epoch=epoch,
        iteration=iteration,
        samples=frozen(samples),
        x=x,
        target=frozen(done.target),
        mask=_all_frozen(done.mask),
        loss_per_sample=frozen(done.loss_per_sample),
        loss=done.mean_loss,
        theta_before=before,
        gradient=frozen(done.gradient),
        theta_after=frozen(after),
        fused=done.fused,
        rule=rule,
        penalty=penalty,
        learning_rate=learning_rate,
        normalized=_all_frozen(done.normalized),
        noise=_all_frozen(done.noise),
        input_mask=None if done.input_mask is None else frozen(done.input_mask),
        input_noise=None if done.input_noise is None else frozen(done.input_noise),
        input=x if done.input is done.x else frozen(done.input),
        slots_before=slots_before,
        slots_after={name: frozen(values) for name, values in slots_after.items()},
        update=update,
    )


def _all_frozen(arrays: Sequence[Array | None]) -> tuple[Any, ...]:
    """Read-only copies; None stays None."""
    return tuple([None if array is None else frozen(array) for array in arrays])


def frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    """A read-only copy, safe to hand to another thread."""
    copy = array.copy("C")
    copy.setflags(write=False)
    return copy
