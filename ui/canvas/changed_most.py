"""Which neuron a change of the drawing has changed most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.snapshot import Probe, Snapshot


@dataclass(frozen=True)
class NeuronChange:
    """A neuron's output before and after; layers count from 1, neurons from 0."""

    layer: int
    neuron: int
    before: float
    after: float
    output: bool = False

    @property
    def wordings(self) -> tuple[str, str]:
        """One sentence, and the same without words that can be spared."""
        name = "Output" if self.output else f"Hidden {self.layer}"
        values = f"{_number(self.before)} → {_number(self.after)}"
        who = f"{name}, neuron {self.neuron + 1}"
        return f"{who} changed most: {values}", f"{who}: {values}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def changed_most(before: Probe, after: Probe) -> NeuronChange | None:
    """The hidden neuron whose output differs most between two probes of the same network.

    Without hidden layers it is an output.  None if nothing differs, or the shapes do.
    """
    layers = len(after.activation)
    hidden = range(max(1, layers - 1))
    best: NeuronChange | None = None
    largest = 0.0
    if len(before.activation) != layers:
        return None
    for index in hidden:
        old, new = before.activation[index], after.activation[index]
        if old.shape != new.shape:
            return None
        away = np.nan_to_num(np.abs(new - old), posinf=0.0)
        neuron = int(np.argmax(away))
        if away[neuron] > largest:
            largest = float(away[neuron])
            best = NeuronChange(
                index + 1, neuron, float(old[neuron]), float(new[neuron]), layers == 1
            )
    return best


class ChangeFollower:
    """Looks at consecutive snapshots: what did the last stroke change?

    A stroke begins from the answer to the drawing before it; all changes until the next one are
    compared with that.
    """

    def __init__(self) -> None:
        self._newest: Probe | None = None
        self._before: Probe | None = None
        self._waiting = False
        self.change: NeuronChange | None = None

    def begin(self) -> None:
        """The drawing is about to change."""
        self._before = self._newest
        self._waiting = False

    def drawn(self) -> None:
        """The drawing has changed; the next answer to another drawing is compared."""
        self._waiting = self._before is not None

    def forget(self) -> None:
        """Another drawing altogether is on show."""
        self._before = self.change = None
        self._waiting = False

    def show_snapshot(self, snapshot: Snapshot) -> bool:
        """Take in a snapshot; whether :attr:`change` is another one."""
        probe, self._newest = snapshot.probe, snapshot.probe
        if probe is None or self._before is None:
            return False
        if not self._waiting or np.array_equal(probe.x, self._before.x):
            return False
        self._waiting = False
        change = changed_most(self._before, probe)
        different = change != self.change
        self.change = change
        return different
