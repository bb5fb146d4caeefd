"""Dropout as an ensemble: every network that dropping can make of one, and their mean.

A network in which m inputs and neurons can be dropped is 2^m networks that share their weights.
The test-time pass stands for their mean: exactly for a linear network, else nearly (deck C;
Srivastava et al. 2014, section 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.losses import make_loss
from simulator.network import Network
from simulator.project import Project

MAX_UNITS = 12
"""At most so many inputs and neurons can be dropped where all masks are listed: 4,096 masks."""


@dataclass(frozen=True, eq=False)
class Member:
    """One of the networks.

    ``masks`` : per layer from the input on (L + 1) its mask of 0 and 1, empty without dropout;
    ``probability`` of drawing it; ``output`` (n_out,) its answer, scaled as in training.
    """

    masks: tuple[tuple[int, ...], ...]
    probability: float
    output: Array


@dataclass(frozen=True, eq=False)
class Ensemble:
    """All networks and their answers to one input.

    ``mean`` (n_out,) is weighted with the probabilities; ``test_output`` (n_out,) is that of the
    test-time pass; ``full_output`` (n_out,) that of the whole network without any scaling.
    """

    members: tuple[Member, ...]
    mean: Array
    test_output: Array
    full_output: Array


def dropout_ensemble(project: Project, network: Network, x: Array) -> Ensemble:
    """Send ``x`` (n_in,), scaled as the data are, through every network dropout can make.

    Raises
    ------
    ValueError : when nothing can be dropped, or more than :data:`MAX_UNITS` units, or where there
        is batch normalization.
    """
    spec = network.spec
    layers = [spec.input_layer, *spec.layers]
    sizes = [layer.units if layer.dropout_rate > 0.0 else 0 for layer in layers]
    if any(layer.batch_normalization for layer in spec.layers):
        raise ValueError(
            "Batch normalization needs the other samples of a mini-batch, so the networks cannot "
            "be listed for one input; turn it off."
        )
    if not sum(sizes):
        raise ValueError("No layer has dropout, so there is only one network.")
    if sum(sizes) > MAX_UNITS:
        raise ValueError(
            f"{sum(sizes)} units can be dropped, which makes 2^{sum(sizes)} networks; they are "
            f"listed for up to {MAX_UNITS} units."
        )
    current = Pass(network, make_loss(project.loss, dict(project.loss_parameters)), 1)
    current.x[0] = x
    members = []
    for kept in product((1, 0), repeat=sum(sizes)):
        masks, probability, start = [], 1.0, 0
        for number, (layer, size) in enumerate(zip(layers, sizes, strict=True)):
            mask = kept[start : start + size]
            start += size
            masks.append(mask)
            for bit in mask:
                probability *= layer.keep_probability if bit else layer.dropout_rate
            if size:
                current.set_mask(number, np.array([mask], dtype=current.x.dtype))
        current.forward()
        members.append(Member(tuple(masks), probability, current.output[-1][0].copy()))
    mean = np.sum([own.probability * own.output for own in members], axis=0)
    for number, (layer, size) in enumerate(zip(layers, sizes, strict=True)):
        if size:
            current.set_mask(number, np.full((1, size), 1.0 / layer.training_scale))
    current.forward()
    full = current.output[-1][0].copy()
    current.infer()
    return Ensemble(tuple(members), mean, current.output[-1][0].copy(), full)
