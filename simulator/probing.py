"""One input, sent through the test-time network with any parameters."""

from __future__ import annotations

import numpy as np

from simulator.arrays import Array
from simulator.backprop import Pass
from simulator.losses import make_loss
from simulator.network import Network
from simulator.project import Project
from simulator.recording import frozen
from simulator.snapshot import Probe


class Prober:
    """Has parameters of its own: while stepping, those on show are not the live ones."""

    def __init__(self, project: Project) -> None:
        network = Network(project.network, precision=project.training.precision)
        loss = make_loss(project.loss, dict(project.loss_parameters))
        self._pass = Pass(network, loss, 1)
        self._scaler = project.prepared.scaler

    def probe(self, x: Array, theta: Array, moving: Array) -> Probe:
        """Send ``x`` (n_in,), as it is in the data set, through the network."""
        current = self._pass
        current.network.theta[...] = theta
        current.network.moving[...] = moving
        current.x[0] = x if self._scaler is None else self._scaler.transform(x[None])[0]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            current.infer()
        return Probe(
            x=frozen(current.x[0]),
            z=tuple(frozen(array[0]) for array in current.z),
            activation=tuple(frozen(array[0]) for array in current.output),
        )
