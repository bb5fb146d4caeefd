"""That like is compared with like: the same start and the same mini-batches give the same loss."""

from __future__ import annotations

import threadpoolctl
import torch

from tests.bench.rivals.contender import Contender

STEPS = 40
TOLERANCES = {"float64": 1e-6, "float32": 1e-3}


def check_threads() -> None:
    """Every BLAS and OpenMP library that was loaded uses one thread."""
    pools = threadpoolctl.threadpool_info()
    used = {pool["filepath"]: pool["num_threads"] for pool in pools} | {
        "torch": torch.get_num_threads()
    }
    if any(number != 1 for number in used.values()):
        raise AssertionError(f"more than one thread: {used}")


def check_same_loss(ours: Contender, theirs: Contender, tolerance: float) -> None:
    """After some updates both have the same loss, relative to it, and it is a smaller one."""
    losses = []
    for contender in (ours, theirs):
        contender.reset()
        start = contender.loss()
        contender.run(STEPS)
        losses.append((start, contender.loss()))
    (our_start, our_end), (their_start, their_end) = losses
    same = all(
        abs(a - b) <= tolerance * abs(b)
        for a, b in ((our_start, their_start), (our_end, their_end))
    )
    if not (same and our_end < our_start):
        raise AssertionError(
            f"{ours.name} and {theirs.name} do not train the same: from {our_start!r} and "
            f"{their_start!r} to {our_end!r} and {their_end!r} in {STEPS} updates"
        )
