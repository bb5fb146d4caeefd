"""What there is to explain at this moment: the iteration, the sample, what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.project import Project
from simulator.quantity import Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.trace import Trace
from ui.editor.hover import Target
from ui.formula import places
from ui.selection import Selection

HINT = "Press Step (F10): the network works through one iteration, one operation at a time."
HINTS = {
    RunState.RUNNING: "Training runs. Pause it (F5), then step (F10) to see each operation with "
    "its numbers.",
    RunState.FINISHED: "All epochs are trained. Step (F10) to look at one more iteration, or run "
    "(F5) on for as many epochs again.",
}
CLICK_HINT = "Click a neuron or a link to see how its number came about."


@dataclass
class Moment:
    """A snapshot, the project, and the link chosen in the network, if one is."""

    selection: Selection
    snapshot: Snapshot | None = None
    newest_project: Project | None = None
    link: Target | None = None
    drawing: bool = False
    """Whether the network shows the drawing instead."""

    @property
    def project(self) -> Project:
        """The project this moment was trained with; in the past it may be an older one."""
        assert self.newest_project is not None
        past = None if self.snapshot is None else self.snapshot.project
        return self.newest_project if past is None else past

    @property
    def trace(self) -> Trace | None:
        """The iteration to explain; None while training runs or where there is none."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.state is RunState.RUNNING or self.newest_project is None:
            return None
        trace = snapshot.trace
        if trace is None or trace.spec != snapshot.spec or trace.spec != self.project.network:
            return None
        return trace

    @property
    def row(self) -> int:
        """The sample of the mini-batch on show, from 0."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.trace is None:
            return 0
        return max(0, min(snapshot.row, len(snapshot.trace.x) - 1))

    @property
    def place(self) -> object:
        """What differs after each step."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.trace is None:
            return None
        return snapshot.trace.iteration, snapshot.cursor, snapshot.spec

    def hint(self) -> str:
        """What to do for something to be explained."""
        snapshot = self.snapshot
        if snapshot is None:
            return HINT
        return snapshot.message or HINTS.get(snapshot.state, HINT)

    def root(self) -> Quantity | None:
        """What the card explains by itself: the phase, or what is chosen in the network."""
        snapshot, trace, selection = self.snapshot, self.trace, self.selection
        if snapshot is None or trace is None:
            return None
        phase, layer, neuron = snapshot.phase, selection.layer, selection.neuron
        if phase is not None:
            own = neuron if layer == phase.layer else None
            return places.at_phase(trace, phase, own, self.link, self.row)
        if self.link is not None:
            return places.at_link(snapshot, self.link, self.row)
        if layer is None or neuron is None or layer > trace.spec.depth:
            return None
        return places.at_neuron(snapshot, layer, neuron, self.row)

    def beside_phase(self) -> Quantity | None:
        """The number of the selected neuron where it is of another layer than the phase's."""
        snapshot, selection = self.snapshot, self.selection
        if snapshot is None or snapshot.phase is None or self.trace is None:
            return None
        layer, neuron = selection.layer, selection.neuron
        if layer is None or neuron is None or layer > snapshot.spec.depth:
            return None
        if layer == snapshot.phase.layer:
            return None
        return places.at_neuron(snapshot, layer, neuron, self.row)

    def at(self, target: Target) -> Quantity | None:
        """The number of a neuron or link at this moment."""
        if self.snapshot is None or self.trace is None or target.neuron is None:
            return None
        if target.is_link:
            return places.at_link(self.snapshot, target, self.row)
        return places.at_neuron(self.snapshot, target.layer, target.neuron, self.row)
